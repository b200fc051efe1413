import { Errno } from '../../errno.ts';
import { SIGNAL_NUMBERS } from '../../signal.ts';
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
import type { PidNamespace } from '../pid-namespace.ts';
import { networkDirectory } from './network.ts';

const NAMESPACE_KINDS = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

/** /proc/<pid>. https://man7.org/linux/man-pages/man5/proc.5.html */
export function processDirectory(fs: FileSystem, task: TaskStruct, viewer: PidNamespace<TaskStruct>): Inode {
  const owner = { uid: task.credentials.uid, gid: task.credentials.gid };
  const file =
    (generate: () => string, mode = 0o444) =>
    () =>
      new GeneratedInode(fs, generate, { ...owner, mode });
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
      cgroup: file(() => `0::${task.cgroup.path}\n`),
      mounts: file(() => mountsText(task)),
      limits: file(limitsText),
      oom_score_adj: file(() => '0\n'),
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
  const mount: Mount = { root: inode, point: undefined, path: '', readOnly: false, source: 'none' };
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

/** At most 15 bytes of the program's name, as the kernel keeps it. */
function commandName(task: TaskStruct): string {
  const path = task.executable ?? task.argv[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1).slice(0, 15);
}

function stateLetter(task: TaskStruct): string {
  if (!task.alive) return 'Z';
  if (task.stopped) return 'T';
  return task.state === 'sleeping' ? 'S' : 'R';
}

/** Clock ticks are hundredths of a second. */
function ticks(ms: number): number {
  return Math.floor(ms / 10);
}

function parentNumber(task: TaskStruct, viewer: PidNamespace<TaskStruct>): number {
  return task.parent === undefined ? 0 : viewer.numberOf(task.parent.pid);
}

function statLine(task: TaskStruct, viewer: PidNamespace<TaskStruct>): string {
  const { terminal } = task;
  const terminalNumber = terminal === undefined ? 0 : 136 * 256 + terminal.number;
  const foreground = terminal?.foreground === undefined ? -1 : viewer.numberOf(terminal.foreground);
  const fields = [
    viewer.numberOf(task.pid),
    `(${commandName(task)})`,
    stateLetter(task),
    parentNumber(task, viewer),
    viewer.numberOf(task.group),
    viewer.numberOf(task.session),
    terminalNumber,
    foreground,
    ...[0, 0, 0, 0, 0], // flags and page faults
    ticks(task.cpuMs),
    ...[0, 0, 0], // system time, and that of the children
    ...[20, 0, 1, 0], // priority, nice, threads, itrealvalue
    ticks(task.startedMs - task.kernel.bootedMs),
    task.memoryBytes * 2,
    Math.floor(task.memoryBytes / 4096),
  ];
  return `${fields.join(' ')}\n`;
}

function statusText(task: TaskStruct, viewer: PidNamespace<TaskStruct>): string {
  const letter = stateLetter(task);
  const names: Readonly<Record<string, string>> = { Z: 'zombie', T: 'stopped', S: 'sleeping', R: 'running' };
  const { uid, gid, groups } = task.credentials;
  const kilobytes = Math.floor(task.memoryBytes / 1024);
  const mask = (action: string) => {
    let bits = 0n;
    for (const [signal, chosen] of task.actions ?? []) {
      if (chosen === action) bits |= 1n << BigInt(SIGNAL_NUMBERS[signal] - 1);
    }
    return bits.toString(16).padStart(16, '0');
  };
  const numbers = task.pid.numbers.slice(viewer.level);
  return [
    `Name:\t${commandName(task)}`,
    `Umask:\t${task.umask.toString(8).padStart(4, '0')}`,
    `State:\t${letter} (${names[letter]})`,
    `Tgid:\t${viewer.numberOf(task.pid)}`,
    `Pid:\t${viewer.numberOf(task.pid)}`,
    `PPid:\t${parentNumber(task, viewer)}`,
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
    `FDSize:\t64`,
    `Groups:\t${groups.join(' ')}`,
    `NSpid:\t${numbers.join('\t')}`,
    `VmSize:\t${String(kilobytes * 2).padStart(8)} kB`,
    `VmRSS:\t${String(kilobytes).padStart(8)} kB`,
    'Threads:\t1',
    `SigIgn:\t${mask('ignore')}`,
    `SigCgt:\t${mask('catch')}`,
    '',
  ].join('\n');
}

function mountsText(task: TaskStruct): string {
  return task.mountNamespace.mounts
    .map(
      ({ source, path, root, readOnly }) =>
        `${source} ${path} ${root.fs.type} ${readOnly ? 'ro' : 'rw'},relatime 0 0\n`,
    )
    .join('');
}

function limitsText(): string {
  const line = (name: string, soft: string, hard: string, units: string) =>
    `${name.padEnd(26)}${soft.padEnd(21)}${hard.padEnd(21)}${units.padEnd(10)}\n`;
  const files = String(MAX_OPEN_FILES);
  return line('Limit', 'Soft Limit', 'Hard Limit', 'Units') + line('Max open files', files, files, 'files');
}
