import { Errno } from '../../errno.ts';
import type { TaskStruct } from '../../kernel/kernel.ts';
import type { OpenOptions, Process } from '../../syscalls.ts';
import { type Lookup, lookup, pathOf } from '../../vfs/path.ts';
import type { Gate } from '../confined-calls.ts';
import type { ArmorPolicy } from './policy.ts';

/** What stands before methods of a process with a profile: paths first, then sockets. What is open already stays so. */
export function armorGates(policy: ArmorPolicy): Map<keyof Process, Gate> {
  return new Map<keyof Process, Gate>([...fileGates(policy), ...networkGates(policy)]);
}

interface Wanted {
  readonly operation: string;
  /** Of `rwalmkx`. */
  readonly modes: string;
  /** As the log shows them. */
  readonly shown?: string;
  /** Whether the last link is followed; it is unless told. */
  readonly follow?: boolean;
  /** What will be there is a directory. */
  readonly directory?: boolean;
}

/** A path as a profile knows it, or undefined where the call will fail by itself. */
function found(
  task: TaskStruct,
  path: string,
  follow: boolean,
): { readonly path: string; readonly lookup: Lookup } | undefined {
  try {
    const seen = lookup(task, path, follow);
    const whole =
      seen.name === '' ? pathOf(task.root, seen.location!) : `${pathOf(task.root, seen.parent)}/${seen.name}`;
    return { path: whole.replace(/^\/\//, '/'), lookup: seen };
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function requireFile(policy: ArmorPolicy, task: TaskStruct, path: string, wanted: Wanted): void {
  const profile = policy.profileOf(task);
  if (profile === undefined) return;
  const seen = found(task, path, wanted.follow ?? true);
  if (seen === undefined) return;
  const inode = seen.lookup.location?.inode;
  const isDirectory = inode === undefined ? wanted.directory === true : inode.type === 'directory';
  const name = isDirectory && seen.path !== '/' ? `${seen.path}/` : seen.path;
  const { uid } = task.credentials;
  const owner = inode?.uid ?? uid;
  const shown = wanted.shown ?? wanted.modes;
  policy.require(task, profile, profile.file(name, wanted.modes, owner === uid), {
    operation: wanted.operation,
    class: 'file',
    before: `name=${quoted(name)}`,
    after: `requested_mask="${shown}" denied_mask="${shown}" fsuid=${uid} ouid=${owner}`,
    errno: 'EACCES',
  });
}

/** Names with blanks or quotes are written in hexadecimal. */
function quoted(name: string): string {
  if (!/[\s"\u0080-\uffff]/.test(name)) return `"${name}"`;
  return [...new TextEncoder().encode(name)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}

function fileGates(policy: ArmorPolicy): readonly (readonly [keyof Process, Gate])[] {
  const on =
    (wanted: Wanted, index = 0): Gate =>
    (task, args) =>
      requireFile(policy, task, args[index] as string, wanted);
  const both =
    (one: Gate, other: Gate): Gate =>
    (task, args) => {
      one(task, args);
      other(task, args);
    };
  const read = on({ operation: 'open', modes: 'r' });
  const removed = (operation: string): Gate => on({ operation, modes: 'w', shown: 'd', follow: false });
  const made = (operation: string, index = 0, directory = false): Gate =>
    on({ operation, modes: 'w', shown: 'c', follow: false, directory }, index);
  const changed = (operation: string): Gate => on({ operation, modes: 'w' });
  const writes: Gate = (task, args) => openGate(policy, task, args[0] as string, { write: true, create: true });
  return [
    ['open', (task, args) => openGate(policy, task, args[0] as string, args[1] as OpenOptions)],
    ['readFile', read],
    ['readText', read],
    ['writeFile', writes],
    ['mapFile', writes],
    ['mappedFile', read],
    ['readdir', read],
    ['mkdir', made('mkdir', 0, true)],
    ['makeDirectories', (task, args) => makeGate(policy, task, args[0] as string)],
    ['removeTree', (task, args) => removeGate(policy, task, args[0] as string)],
    ['rmdir', removed('rmdir')],
    ['unlink', removed('unlink')],
    ['rename', both(on({ operation: 'rename_src', modes: 'rw', shown: 'wrd', follow: false }), made('rename_dest', 1))],
    ['link', on({ operation: 'link', modes: 'l', follow: false }, 1)],
    ['symlink', made('symlink', 1)],
    ['mkfifo', made('mknod')],
    ['mknod', made('mknod')],
    ['chmod', changed('chmod')],
    ['chown', changed('chown')],
    ['utimes', changed('utime')],
    ['listenUnix', made('mknod')],
    ['connectUnix', on({ operation: 'connect', modes: 'rw', shown: 'wr' })],
  ];
}

function openGate(policy: ArmorPolicy, task: TaskStruct, path: string, options: OpenOptions): void {
  const write = options.write === true || options.append === true;
  const isThere = options.create !== true || found(task, path, true)?.lookup.location !== undefined;
  if (!isThere) {
    requireFile(policy, task, path, { operation: 'mknod', modes: 'w', shown: 'c' });
    return;
  }
  const read = options.read === true || !write;
  const writing = options.append === true && options.write !== true ? 'a' : 'w';
  const modes = `${write ? writing : ''}${read ? 'r' : ''}`;
  requireFile(policy, task, path, { operation: options.truncate === true && write ? 'truncate' : 'open', modes });
}

/** mkdir -p asks for what is missing, from the top down. */
function makeGate(policy: ArmorPolicy, task: TaskStruct, path: string): void {
  const names = path.split('/');
  for (let count = 1; count <= names.length; count++) {
    const part = names.slice(0, count).join('/');
    if (part === '') continue;
    const seen = found(task, part, true);
    if (seen === undefined || seen.lookup.location === undefined) {
      requireFile(policy, task, part, { operation: 'mkdir', modes: 'w', shown: 'c', directory: true });
      return;
    }
  }
}

/** rm -rf of a tree in which something has to stay removes nothing: it would go a step at a time. */
function removeGate(policy: ArmorPolicy, task: TaskStruct, path: string): void {
  const wanted = { operation: 'unlink', modes: 'w', shown: 'd', follow: false };
  requireFile(policy, task, path, wanted);
  const inode = found(task, path, false)?.lookup.location?.inode;
  if (inode?.type !== 'directory') return;
  for (const { name } of task.process.readdir(path)) removeGate(policy, task, `${path}/${name}`);
}

function networkGates(policy: ArmorPolicy): readonly (readonly [keyof Process, Gate])[] {
  const socket =
    (type: string, protocol: string, number: number): Gate =>
    (task) => {
      const profile = policy.profileOf(task);
      if (profile === undefined) return;
      policy.require(task, profile, profile.network({ family: 'inet', type, protocol }), {
        operation: 'create',
        class: 'net',
        before: '',
        after: `family="inet" sock_type="${type}" protocol=${number} requested="create" denied="create" addr=none`,
        errno: 'EACCES',
      });
    };
  const stream = socket('stream', 'tcp', 6);
  return [
    ['listen', stream],
    ['connect', stream],
    ['openDatagram', socket('dgram', 'udp', 17)],
    ['echo', socket('raw', 'icmp', 1)],
  ];
}
