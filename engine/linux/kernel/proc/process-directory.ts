import { hasCapability } from '../../credentials.ts';
import { Errno } from '../../errno.ts';
import { TerminalSlave } from '../../tty/terminal-slave.ts';
import type { FileDescription } from '../../vfs/description.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { directoryOf, GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import { type Inode, SpecialInode, SymlinkInode } from '../../vfs/inode.ts';
import { MagicLink } from '../../vfs/magic-link.ts';
import type { Location, Mount } from '../../vfs/mount.ts';
import { locate, pathOf } from '../../vfs/path.ts';
import { PipeEnd } from '../../vfs/pipe.ts';
import { OpenDirectory, RegularFile } from '../../vfs/regular-file.ts';
import { MAX_OPEN_FILES } from '../file-table.ts';
import type { TaskStruct } from '../kernel.ts';
import { idMapText, parseIdMap, type UserNamespace } from '../namespaces.ts';
import { oomScore } from '../oom.ts';
import type { PidNamespace } from '../pid-namespace.ts';
import { cgroupPath } from './cgroup-directory.ts';
import { mountInfoText, mountsText } from './mounts-text.ts';
import { networkDirectory } from './network.ts';
import { commandName, ownerSeen, statLine, statusText } from './status-text.ts';

const NAMESPACE_KINDS = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

/** /proc/<pid>. https://man7.org/linux/man-pages/man5/proc.5.html */
export function processDirectory(
  fs: FileSystem,
  task: TaskStruct,
  viewer: PidNamespace<TaskStruct>,
  isThread = false,
): Inode {
  const owner = ownerSeen(task);
  const file =
    (generate: () => string, mode = 0o444, accept?: (text: string) => void) =>
    () =>
      new GeneratedInode(fs, generate, { ...owner, mode, ...(accept !== undefined && { accept }) });
  const link = (text: () => string, follow: () => Location) => () => new MagicLink(fs, owner, text, follow);
  return directoryOf(
    fs,
    {
      stat: file(() => statLine(task, viewer)),
      status: file(() => statusText(task, viewer)),
      cmdline: file(() => (task.alive ? task.argv.map((argument) => `${argument}\0`).join('') : '')),
      environ: file(
        () =>
          Object.entries(task.env)
            .map(([name, value]) => `${name}=${value}\0`)
            .join(''),
        0o400,
      ),
      comm: file(() => `${commandName(task)}\n`),
      cgroup: file(() => `0::${cgroupPath(task, task.kernel.current ?? task.kernel.init)}\n`),
      mounts: file(() => mountsText(task)),
      mountinfo: file(() => mountInfoText(task)),
      limits: file(limitsText),
      maps: file(() => mapsText(task)),
      statm: file(() => `${Math.floor(task.memoryBytes / 2048)} ${Math.floor(task.memoryBytes / 4096)} 0 0 0 0 0\n`),
      attr: () => attributesDirectory(fs, task, owner),
      wchan: file(() => '0'),
      oom_score: file(() => `${oomScore(task)}\n`),
      oom_score_adj: file(
        () => `${task.oomScoreAdj}\n`,
        0o644,
        (text) => setOomScoreAdj(task, text),
      ),
      uid_map: file(
        () => idMapText((task.namespaces.user as UserNamespace).uidMap),
        0o644,
        (text) => setIdMap(task, 'uidMap', text),
      ),
      gid_map: file(
        () => idMapText((task.namespaces.user as UserNamespace).gidMap),
        0o644,
        (text) => setIdMap(task, 'gidMap', text),
      ),
      ...(!isThread && { task: () => threadsDirectory(fs, task, viewer) }),
      cwd: link(
        () => pathOf(task.root, task.cwd),
        () => task.cwd,
      ),
      root: link(
        () => '/',
        () => task.root,
      ),
      exe: link(
        () => task.executable ?? '',
        () => locate(task, task.executable ?? ''),
      ),
      fd: () => descriptorDirectory(fs, task, owner),
      ns: () => namespaceDirectory(fs, task, owner),
      net: () => networkDirectory(fs, task),
    },
    owner,
  );
}

/** Of security modules. */
function attributesDirectory(fs: FileSystem, task: TaskStruct, owner: { uid: number; gid: number }): Inode {
  const current = () => new GeneratedInode(fs, () => `${task.kernel.security?.label(task) ?? 'unconfined'}\n`, owner);
  return directoryOf(fs, { current, apparmor: () => directoryOf(fs, { current }, owner) }, owner);
}

/** Every process is single-threaded: its only thread is itself. */
function threadsDirectory(fs: FileSystem, task: TaskStruct, viewer: PidNamespace<TaskStruct>): Inode {
  return directoryOf(fs, { [String(viewer.numberOf(task.pid))]: () => processDirectory(fs, task, viewer, true) });
}

function namespaceDirectory(fs: FileSystem, task: TaskStruct, owner: { uid: number; gid: number }): Inode {
  const entries: Record<string, () => Inode> = {};
  for (const kind of NAMESPACE_KINDS) {
    const { inode } = kind === 'pid' ? task.pid.namespace : task.namespaces[kind];
    entries[kind] = () => new SymlinkInode(fs, { mode: 0o777, ...owner }, `${kind}:[${inode}]`);
  }
  return directoryOf(fs, entries, owner);
}

function descriptorDirectory(fs: FileSystem, task: TaskStruct, owner: { uid: number; gid: number }): Inode {
  return new GeneratedDirectory(
    fs,
    (name) => {
      const fd = /^\d+$/.test(name) ? Number(name) : -1;
      if (!task.files.has(fd)) return undefined;
      const description = task.files.get(fd);
      return new MagicLink(
        fs,
        owner,
        () => description.path,
        () => locationOf(task, description),
      );
    },
    () => task.files.numbers().map(String),
    { ...owner, mode: 0o500 },
  );
}

/** Where opening /proc/<pid>/fd/<n> leads: to the same file, pipe or terminal again. */
function locationOf(task: TaskStruct, description: FileDescription): Location {
  const inode = inodeOf(task, description);
  const mount: Mount = { root: inode, point: undefined, path: '', readOnly: false, source: 'none', mountsOn: 0 };
  return { mount, inode };
}

function inodeOf(task: TaskStruct, description: FileDescription): Inode {
  if (description instanceof RegularFile || description instanceof OpenDirectory) return description.inode;
  if (description instanceof PipeEnd) return description.pipe.inode;
  if (description instanceof TerminalSlave) return description.terminal.inode;
  if (description.kind === 'device') return locate(task, description.path).inode;
  // A sink or source of the machine's own: opening it again gives the same description.
  const owner = { mode: 0o600, uid: task.credentials.uid, gid: task.credentials.gid };
  return new SpecialInode(task.kernel.anonymous, owner, 'fifo', () => {
    if (description.kind === 'socket' || description.kind === 'listener') throw new Errno('ENXIO');
    return description;
  });
}

function limitsText(): string {
  const line = (name: string, soft: string, hard: string, units: string) =>
    `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}${units.padEnd(10)}\n`;
  const files = String(MAX_OPEN_FILES);
  const rows = LIMITS.map(([name, units]) => line(name, 'unlimited', 'unlimited', units));
  return [
    line('Limit', 'Soft Limit', 'Hard Limit', 'Units'),
    ...rows,
    line('Max open files', files, files, 'files'),
  ].join('');
}

/** Shown, not enforced: what a process may take is limited by its control group. */
const LIMITS = [
  ['Max cpu time', 'seconds'],
  ['Max file size', 'bytes'],
  ['Max data size', 'bytes'],
  ['Max stack size', 'bytes'],
  ['Max core file size', 'bytes'],
  ['Max resident set', 'bytes'],
  ['Max processes', 'processes'],
] as const;

/** What a process that never maps files has: its program, heap and stack. */
function mapsText(task: TaskStruct): string {
  const program = task.executable ?? '';
  const row = (range: string, mode: string, name: string) => `${range} ${mode} 00000000 00:00 0`.padEnd(73) + name;
  return [
    row('555555554000-555555574000', 'r-xp', program),
    row('555555774000-555555795000', 'rw-p', '[heap]'),
    row('7ffffffde000-7ffffffff000', 'rw-p', '[stack]'),
    '',
  ].join('\n');
}

function setOomScoreAdj(task: TaskStruct, text: string): void {
  const value = Number(text.trim());
  if (!Number.isInteger(value) || Math.abs(value) > 1000) throw new Errno('EINVAL');
  const { credentials } = task.kernel.current ?? task.kernel.init;
  if (value < task.oomScoreAdj && !hasCapability(credentials, 'CAP_SYS_RESOURCE')) throw new Errno('EACCES');
  task.oomScoreAdj = value;
}

function setIdMap(task: TaskStruct, which: 'uidMap' | 'gidMap', text: string): void {
  const namespace = task.namespaces.user as UserNamespace;
  if (namespace.parent === undefined || namespace[which].length > 0) throw new Errno('EPERM');
  namespace[which] = parseIdMap(text);
}
