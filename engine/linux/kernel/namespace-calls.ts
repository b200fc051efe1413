import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { Namespace, NamespaceSet } from '../host.ts';
import type { NamespaceKind } from '../syscalls.ts';
import type { Location, MountNamespace } from '../vfs/mount.ts';
import type { TaskStruct } from './kernel.ts';
import { plainNamespace, type UtsNamespace } from './namespaces.ts';

// Joining and leaving namespaces.

/**
 * Everything here needs CAP_SYS_ADMIN. Linux itself lets anybody make a user namespace, but the seccomp profile that
 * containers run under does not.
 */
function requireAdministrator(task: TaskStruct): void {
  if (!hasCapability(task.credentials, 'CAP_SYS_ADMIN')) throw new Errno('EPERM');
}

/** setns(2). Joining a pid namespace concerns the children, as on Linux. */
export function setNamespaces(task: TaskStruct, pid: number, kinds: readonly NamespaceKind[]): void {
  requireAdministrator(task);
  const target = task.pidNamespace.members.get(pid);
  if (target === undefined || !target.alive) throw new Errno('ESRCH');
  const joined: Partial<Record<NamespaceKind, Namespace>> = {};
  for (const kind of kinds) joined[kind] = kind === 'pid' ? target.pid.namespace : target.namespaces[kind];
  task.namespaces = { ...task.namespaces, ...joined } as NamespaceSet;
  if (kinds.includes('mnt')) {
    task.root = target.root;
    task.cwd = task.root;
  }
  if (kinds.includes('user')) task.credentials = { ...task.credentials, uid: 0, gid: 0, groups: [] };
}

/** unshare(2) */
export function unshare(task: TaskStruct, kinds: readonly NamespaceKind[]): void {
  requireAdministrator(task);
  const { kernel } = task;
  const fresh: Partial<Record<NamespaceKind, Namespace>> = {};
  for (const kind of kinds) {
    if (kind === 'net') fresh.net = kernel.createNetwork();
    else if (kind === 'mnt') fresh.mnt = unshareMounts(task);
    else fresh[kind] = plainNamespace(kernel, kind, { hostname: hostnameOf(task), root: task.cgroup }, task);
  }
  task.namespaces = { ...task.namespaces, ...fresh } as NamespaceSet;
}

/** The same mounts, private from now on. The process stays where it is. */
function unshareMounts(task: TaskStruct): MountNamespace {
  const { namespace, copies } = task.mountNamespace.copy(task.kernel.allocateNamespaceInode());
  const moved = (location: Location): Location => ({
    mount: copies.get(location.mount) ?? location.mount,
    inode: location.inode,
  });
  task.root = moved(task.root);
  task.cwd = moved(task.cwd);
  return namespace;
}

export function hostnameOf(task: TaskStruct): string {
  return (task.namespaces.uts as UtsNamespace).hostname;
}

/** sethostname(2) */
export function setHostname(task: TaskStruct, hostname: string): void {
  requireAdministrator(task);
  if (hostname.length > 64) throw new Errno('EINVAL');
  (task.namespaces.uts as UtsNamespace).hostname = hostname;
}
