import { CAPABILITIES, capabilityMask, effectiveCapabilities } from '../../credentials.ts';
import { SIGNAL_NUMBERS } from '../../signal.ts';
import type { TaskStruct } from '../kernel.ts';
import type { UserNamespace } from '../namespaces.ts';
import type { Pid, PidNamespace } from '../pid-namespace.ts';

/** At most 15 bytes of the program's name, as the kernel keeps it. */
export function commandName(task: TaskStruct): string {
  const path = task.executable ?? task.argv[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1).slice(0, 15);
}

function stateLetter(task: TaskStruct): string {
  if (!task.alive) return 'Z';
  if (task.stopped) return 'T';
  return task.state === 'sleeping' ? 'S' : 'R';
}

const STATE_NAMES: Readonly<Record<string, string>> = { Z: 'zombie', T: 'stopped', S: 'sleeping', R: 'running' };

/** Clock ticks are hundredths of a second. */
function ticks(ms: number): number {
  return Math.floor(ms / 10);
}

function parentNumber(task: TaskStruct, viewer: PidNamespace<TaskStruct>): number {
  return task.parent === undefined ? 0 : viewer.numberOf(task.parent.pid);
}

/** The user and group of a process as whoever reads /proc knows them. */
export function ownerSeen(task: TaskStruct): { readonly uid: number; readonly gid: number } {
  const own = task.namespaces.user as UserNamespace;
  const viewer = (task.kernel.current ?? task.kernel.init).namespaces.user as UserNamespace;
  const { uid, gid } = task.credentials;
  return { uid: own.idSeenFrom(viewer, 'uidMap', uid), gid: own.idSeenFrom(viewer, 'gidMap', gid) };
}

/** /proc/<pid>/stat */
export function statLine(task: TaskStruct, viewer: PidNamespace<TaskStruct>): string {
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
    ...[20 + task.nice, task.nice, 1, 0], // priority, nice, threads, itrealvalue
    ticks(task.startedMs - task.kernel.bootedMs),
    task.memoryBytes * 2,
    Math.floor(task.memoryBytes / 4096),
  ];
  return `${fields.join(' ')}\n`;
}

/** The numbers of a process, from the viewer's namespace inwards. */
function numbersFrom(pid: Pid, viewer: PidNamespace<TaskStruct>): number[] {
  const inner: number[] = [];
  for (let seen: Pid | undefined = pid; seen !== undefined; seen = seen.above) {
    inner.unshift(seen.number);
    if (seen.namespace === viewer) return inner;
  }
  return [];
}

/** /proc/<pid>/status */
export function statusText(task: TaskStruct, viewer: PidNamespace<TaskStruct>): string {
  const letter = stateLetter(task);
  const { credentials } = task;
  const { uid, gid } = ownerSeen(task);
  const kilobytes = Math.floor(task.memoryBytes / 1024);
  const memory = (name: string, value: number) => `${name}:\t${String(value).padStart(8)} kB`;
  const numbers = numbersFrom(task.pid, viewer);
  const effective = capabilityMask(effectiveCapabilities(credentials));
  const bounding = credentials.bounding ?? CAPABILITIES;
  const filters = credentials.confinement?.seccomp === undefined ? 0 : 1;
  return [
    `Name:\t${commandName(task)}`,
    `Umask:\t${task.umask.toString(8).padStart(4, '0')}`,
    `State:\t${letter} (${STATE_NAMES[letter]})`,
    `Tgid:\t${viewer.numberOf(task.pid)}`,
    'Ngid:\t0',
    `Pid:\t${viewer.numberOf(task.pid)}`,
    `PPid:\t${parentNumber(task, viewer)}`,
    'TracerPid:\t0',
    `Uid:\t${credentials.realUid ?? uid}\t${uid}\t${uid}\t${uid}`,
    `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
    'FDSize:\t64',
    `Groups:\t${credentials.groups.join(' ')} `,
    `NStgid:\t${numbers.join('\t')}`,
    `NSpid:\t${numbers.join('\t')}`,
    memory('VmPeak', kilobytes * 2),
    memory('VmSize', kilobytes * 2),
    memory('VmHWM', kilobytes),
    memory('VmRSS', kilobytes),
    memory('RssAnon', kilobytes),
    memory('VmSwap', 0),
    'Threads:\t1',
    'SigPnd:\t0000000000000000',
    `SigIgn:\t${signalMask(task, 'ignore')}`,
    `SigCgt:\t${signalMask(task, 'catch')}`,
    'CapInh:\t0000000000000000',
    `CapPrm:\t${effective}`,
    `CapEff:\t${effective}`,
    `CapBnd:\t${capabilityMask(bounding)}`,
    `CapAmb:\t${capabilityMask(credentials.ambient ?? [])}`,
    `NoNewPrivs:\t${credentials.noNewPrivileges ? 1 : 0}`,
    `Seccomp:\t${filters * 2}`,
    `Seccomp_filters:\t${filters}`,
    '',
  ].join('\n');
}

function signalMask(task: TaskStruct, wanted: 'ignore' | 'catch'): string {
  let bits = 0n;
  for (const [signal, action] of task.actions ?? []) {
    if (action === wanted) bits |= 1n << BigInt(SIGNAL_NUMBERS[signal] - 1);
  }
  return bits.toString(16).padStart(16, '0');
}
