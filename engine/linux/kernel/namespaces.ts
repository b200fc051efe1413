import { Errno } from '../errno.ts';
import type { IdMapping, Namespace, NamespaceOptions } from '../host.ts';
import type { NamespaceKind } from '../syscalls.ts';
import type { DirectoryInode } from '../vfs/directory.ts';
import type { ControlGroup } from './cgroup.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { PidNamespace } from './pid-namespace.ts';

/** The UTS namespace: the host name. */
export class UtsNamespace implements Namespace {
  readonly kind = 'uts';
  readonly inode: number;
  hostname: string;

  constructor(inode: number, hostname: string) {
    this.inode = inode;
    this.hostname = hostname;
  }
}

/** What a user namespace without a mapping shows for everybody. */
const OVERFLOW_ID = 65_534;

/**
 * A user namespace. Processes and files carry the ids that are valid inside, which is what id-mapped mounts make of
 * them; whoever looks from above sees them shifted. https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
 */
export class UserNamespace implements Namespace {
  readonly kind = 'user';
  readonly inode: number;
  readonly parent: UserNamespace | undefined;
  uidMap: readonly IdMapping[];
  gidMap: readonly IdMapping[];

  constructor(inode: number, map: readonly IdMapping[], parent?: UserNamespace) {
    this.inode = inode;
    this.parent = parent;
    this.uidMap = map;
    this.gidMap = map;
  }

  /** An id of this namespace as `viewer` sees it. */
  idSeenFrom(viewer: UserNamespace, map: 'uidMap' | 'gidMap', id: number): number {
    let seen = id;
    for (let namespace: UserNamespace | undefined = this; namespace !== viewer; namespace = namespace.parent) {
      if (namespace === undefined) return OVERFLOW_ID;
      const found = namespace[map].find(({ inside, count }) => seen >= inside && seen < inside + count);
      if (found === undefined) return OVERFLOW_ID;
      seen += found.outside - found.inside;
    }
    return seen;
  }
}

/** The whole range of ids: what the initial namespace shows. */
export const ALL_IDS: readonly IdMapping[] = [{ inside: 0, outside: 0, count: 4_294_967_295 }];

/** System V shared memory: a segment is only its size and who made it. https://man7.org/linux/man-pages/man7/sysvipc.7.html */
export interface SharedMemory {
  readonly id: number;
  readonly key: number;
  readonly uid: number;
  readonly mode: number;
  readonly bytes: number;
}

export class IpcNamespace implements Namespace {
  readonly kind = 'ipc';
  readonly inode: number;
  /** By id. Most namespaces have none. */
  segments: Map<number, SharedMemory> | undefined;
  sysctls: Map<string, string> | undefined;
  /** What those in it have on /dev/shm; see shared-memory.ts. */
  sharedMemory: DirectoryInode | undefined;

  constructor(inode: number) {
    this.inode = inode;
  }

  setSysctl(name: string, value: string): void {
    this.sysctls ??= new Map();
    this.sysctls.set(name, value);
  }
}

/** Shows one control group as the root of all. */
export class CgroupNamespace implements Namespace {
  readonly kind = 'cgroup';
  readonly inode: number;
  /** The group of the first process in it; undefined before that, and in the initial namespace. */
  root: ControlGroup | undefined;

  constructor(inode: number, root?: ControlGroup) {
    this.inode = inode;
    this.root = root;
  }
}

/** A new namespace as a machine's agents make it, all but network and mount namespaces. */
export function plainNamespace(
  kernel: Kernel,
  kind: Exclude<NamespaceKind, 'net' | 'mnt'>,
  options: NamespaceOptions & { readonly root?: ControlGroup },
  creator: TaskStruct | undefined,
): Namespace {
  const inode = kernel.allocateNamespaceInode();
  switch (kind) {
    case 'pid':
      return new PidNamespace<TaskStruct>(inode, creator?.pidNamespace);
    case 'uts':
      return new UtsNamespace(inode, options.hostname ?? kernel.name);
    case 'user':
      return new UserNamespace(inode, options.idMappings ?? [], creator?.namespaces.user as UserNamespace | undefined);
    case 'ipc':
      return new IpcNamespace(inode);
    case 'cgroup':
      return new CgroupNamespace(inode, options.root);
  }
}

/** What is written to /proc/<pid>/uid_map: lines of inside, outside and count. Throws EINVAL. */
export function parseIdMap(text: string): IdMapping[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const fields = line.trim().split(/\s+/).map(Number);
      const [inside, outside, count] = fields;
      if (fields.length !== 3 || fields.some((field) => !Number.isInteger(field) || field < 0) || count === 0) {
        throw new Errno('EINVAL');
      }
      return { inside: inside!, outside: outside!, count: count! };
    });
}

/** What /proc/<pid>/uid_map shows. */
export function idMapText(map: readonly IdMapping[]): string {
  return map
    .map(
      (mapping) => `${[mapping.inside, mapping.outside, mapping.count].map((n) => String(n).padStart(10)).join(' ')}\n`,
    )
    .join('');
}
