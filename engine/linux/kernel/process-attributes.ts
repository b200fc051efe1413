import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { Credentials } from '../syscalls.ts';
import { DirectoryInode } from '../vfs/directory.ts';
import { locate } from '../vfs/path.ts';
import { MAY_EXECUTE, requireAccess } from '../vfs/permission.ts';
import type { TaskStruct } from './kernel.ts';

// Who a process is, how nice it is, and where its paths begin.

export function setCredentials(task: TaskStruct, changes: Partial<Credentials>): void {
  const held = task.credentials;
  const { uid = held.uid, gid = held.gid, groups, bounding, ambient } = changes;
  const own = (id: number) => id === held.uid || id === held.realUid;
  if (uid !== held.uid && !own(uid)) requireCapability(held, 'CAP_SETUID');
  if (gid !== held.gid || groups !== undefined) requireCapability(held, 'CAP_SETGID');
  if (bounding !== undefined || ambient !== undefined) requireCapability(held, 'CAP_SETPCAP');
  // Whoever stops being root keeps nothing of it.
  const dropped = held.uid === 0 && uid !== 0 ? { ambient: new Set<never>() } : {};
  task.credentials = { ...held, ...dropped, ...changes, ...(groups && { groups: inOrder(groups) }) };
}

/** As setgroups(2) keeps a process's groups. */
export function inOrder(groups: readonly number[]): readonly number[] {
  return groups.length < 2 ? groups : groups.toSorted((a, b) => a - b);
}

function requireCapability(credentials: Credentials, capability: Parameters<typeof hasCapability>[1]): void {
  if (!hasCapability(credentials, capability)) throw new Errno('EPERM');
}

function subject(task: TaskStruct, pid: number): TaskStruct {
  const found = pid === 0 ? task : task.pidNamespace.members.get(pid);
  if (found === undefined) throw new Errno('ESRCH');
  return found;
}

export function niceness(task: TaskStruct, pid: number): number {
  return subject(task, pid).nice;
}

/** setpriority(2) */
export function setNiceness(task: TaskStruct, pid: number, nice: number): void {
  const target = subject(task, pid);
  const wanted = Math.max(-20, Math.min(19, Math.trunc(nice)));
  const privileged = hasCapability(task.credentials, 'CAP_SYS_NICE');
  if (target.credentials.uid !== task.credentials.uid && !privileged) throw new Errno('EPERM');
  if (wanted < target.nice && !privileged) throw new Errno('EACCES');
  target.nice = wanted;
}

/** chroot(2). The working directory stays where it was. */
export function chroot(task: TaskStruct, path: string): void {
  const location = locate(task, path);
  if (!(location.inode instanceof DirectoryInode)) throw new Errno('ENOTDIR');
  requireAccess(location.inode, task.credentials, MAY_EXECUTE);
  requireCapability(task.credentials, 'CAP_SYS_CHROOT');
  task.root = location;
}
