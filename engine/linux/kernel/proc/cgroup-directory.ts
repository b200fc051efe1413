import { Errno } from '../../errno.ts';
import type { CgroupLimits } from '../../host.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { ControlGroup } from '../cgroup.ts';
import type { Kernel, TaskStruct } from '../kernel.ts';
import { terminate } from '../lifecycle.ts';
import { CgroupNamespace } from '../namespaces.ts';
import { killExcess } from '../oom.ts';

// Control groups as files. https://docs.kernel.org/admin-guide/cgroup-v2.html

const CONTROLLERS = 'cpu memory pids';

interface GroupFile {
  readonly show: (group: ControlGroup, kernel: Kernel) => string;
  readonly store?: (group: ControlGroup, text: string, kernel: Kernel) => void;
  /** Absent from the root group, which has no limits. */
  readonly notAtRoot?: boolean;
  readonly mode?: number;
}

/** What is mounted on /sys/fs/cgroup: the groups below the root of the reader's cgroup namespace. */
export function cgroupRoot(kernel: Kernel): Inode {
  const fs = kernel.createFileSystem('cgroup2');
  const group = () => viewRoot(kernel.current ?? kernel.init);
  return groupDirectory(kernel, fs, group);
}

/** The group that the task's cgroup namespace shows as `/`. */
function viewRoot(task: TaskStruct): ControlGroup {
  const { cgroup } = task.namespaces;
  return (cgroup instanceof CgroupNamespace ? cgroup.root : undefined) ?? task.kernel.cgroups.root;
}

/** Of /proc/<pid>/cgroup: relative to what the reader's namespace shows. */
export function cgroupPath(task: TaskStruct, reader: TaskStruct): string {
  const root = viewRoot(reader);
  if (root.parent === undefined) return task.cgroup.path;
  if (task.cgroup.isWithin(root)) return task.cgroup.path.slice(root.path.length) || '/';
  const from = root.path.split('/');
  const to = task.cgroup.path.split('/');
  let common = 0;
  while (common < from.length && from[common] === to[common]) common += 1;
  return `/${[...from.slice(common).map(() => '..'), ...to.slice(common)].join('/')}`;
}

function groupDirectory(kernel: Kernel, fs: FileSystem, groupNow: () => ControlGroup): GeneratedDirectory {
  const visible = (name: string, group: ControlGroup) => FILES[name]!.notAtRoot !== true || group.parent !== undefined;
  return new GeneratedDirectory(
    fs,
    (name) => {
      const group = groupNow();
      if (Object.hasOwn(FILES, name))
        return visible(name, group) ? groupFile(kernel, fs, group, FILES[name]!) : undefined;
      const child = group.children.get(name);
      return child === undefined ? undefined : groupDirectory(kernel, fs, () => child);
    },
    () => {
      const group = groupNow();
      return [...Object.keys(FILES).filter((name) => visible(name, group)), ...group.children.keys()].sort();
    },
    {
      mode: 0o755,
      make: (name) => {
        if (name.includes('\n')) throw new Errno('EINVAL');
        groupNow().add(name);
      },
      remove: (name) => {
        const child = groupNow().children.get(name);
        if (child === undefined) throw new Errno('ENOTDIR');
        if (child.processCount > 0 || child.children.size > 0) throw new Errno('EBUSY');
        kernel.cgroups.remove(child);
      },
    },
  );
}

function groupFile(kernel: Kernel, fs: FileSystem, group: ControlGroup, file: GroupFile): Inode {
  const { show, store, mode } = file;
  return new GeneratedInode(fs, () => show(group, kernel), {
    ...(mode !== undefined && { mode }),
    ...(store !== undefined && { accept: (text: string) => store(group, text.trim(), kernel) }),
  });
}

/** As the reader's pid namespace numbers them. */
function processList(group: ControlGroup, kernel: Kernel): string {
  const viewer = (kernel.current ?? kernel.init).pidNamespace;
  let text = '';
  for (const task of kernel.tasks) if (task.cgroup === group && task.alive) text += `${viewer.numberOf(task.pid)}\n`;
  return text;
}

function moveProcess(group: ControlGroup, text: string, kernel: Kernel): void {
  const reader = kernel.current ?? kernel.init;
  if (!/^\d+$/.test(text)) throw new Errno('EINVAL');
  const task = text === '0' ? reader : reader.pidNamespace.members.get(Number(text));
  if (task === undefined || !task.alive) throw new Errno('ESRCH');
  if (task === kernel.init) throw new Errno('EBUSY');
  group.requireRoomForProcess();
  task.moveTo(group);
  killExcess(kernel, group);
}

function killAll(group: ControlGroup, text: string, kernel: Kernel): void {
  if (text !== '1') throw new Errno('ERANGE');
  for (const task of kernel.tasks) {
    if (task.cgroup.isWithin(group) && task !== kernel.init) terminate(task, { kind: 'signaled', signal: 'KILL' });
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `max` or a number of bytes. */
function amountOf(text: string): number | undefined {
  if (text === 'max') return undefined;
  const match = /^(\d+)([kmgt]?)$/i.exec(text);
  if (match === null) throw new Errno('EINVAL');
  return Number(match[1]) * UNITS[match[2]!.toLowerCase()]!;
}

/** The limits with one of them changed; undefined takes it away. */
function changed<K extends keyof CgroupLimits>(group: ControlGroup, name: K, value: CgroupLimits[K]): void {
  const { [name]: _, ...others } = group.limits;
  group.limits = (value === undefined ? others : { ...others, [name]: value }) as CgroupLimits;
}

function setCpuMax(group: ControlGroup, text: string): void {
  const [quota = '', period = '100000', ...more] = text.split(/\s+/);
  const periodUs = Number(period);
  if (more.length > 0 || !(periodUs >= 1000 && periodUs <= 1_000_000)) throw new Errno('EINVAL');
  const quotaUs = amountOf(quota);
  if (quotaUs !== undefined && quotaUs < 1000) throw new Errno('EINVAL');
  changed(group, 'cpuPeriodMs', periodUs / 1000);
  changed(group, 'cpuQuotaMillis', quotaUs === undefined ? undefined : (quotaUs * 1000) / periodUs);
}

function cpuMax({ limits }: ControlGroup): string {
  const periodUs = (limits.cpuPeriodMs ?? 100) * 1000;
  const quota = limits.cpuQuotaMillis === undefined ? 'max' : Math.round((limits.cpuQuotaMillis * periodUs) / 1000);
  return `${quota} ${periodUs}\n`;
}

function setWeight(group: ControlGroup, text: string): void {
  const weight = Number(text);
  if (!Number.isInteger(weight)) throw new Errno('EINVAL');
  if (weight < 1 || weight > 10_000) throw new Errno('ERANGE');
  changed(group, 'cpuWeight', weight);
}

function cpuStat(group: ControlGroup): string {
  const used = Math.floor(group.cpuMs * 1000);
  const { bandwidth } = group;
  const lines = [`usage_usec ${used}`, `user_usec ${used}`, 'system_usec 0'];
  if (group.parent !== undefined) {
    lines.push(
      `nr_periods ${bandwidth?.periods ?? 0}`,
      `nr_throttled ${bandwidth?.throttledPeriods ?? 0}`,
      `throttled_usec ${Math.floor((bandwidth?.throttledMs ?? 0) * 1000)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function setMemoryMax(group: ControlGroup, text: string, kernel: Kernel): void {
  changed(group, 'memoryBytes', amountOf(text));
  killExcess(kernel, group);
}

const line = (show: (group: ControlGroup) => string | number) => (group: ControlGroup) => `${show(group)}\n`;

const FILES: Readonly<Record<string, GroupFile>> = {
  'cgroup.controllers': { show: () => `${CONTROLLERS}\n` },
  // All controllers are on everywhere; switching them on again changes nothing.
  'cgroup.subtree_control': {
    show: () => `${CONTROLLERS}\n`,
    store: (_, text) => {
      if (text.split(/\s+/).some((word) => !/^\+(cpu|memory|pids)$/.test(word))) throw new Errno('EINVAL');
    },
  },
  'cgroup.procs': { show: processList, store: moveProcess },
  'cgroup.threads': { show: processList },
  'cgroup.type': { show: () => 'domain\n', notAtRoot: true },
  'cgroup.events': { show: ({ processCount }) => `populated ${processCount > 0 ? 1 : 0}\nfrozen 0\n`, notAtRoot: true },
  'cgroup.kill': { show: () => '', store: killAll, notAtRoot: true, mode: 0o200 },
  'cgroup.stat': { show: ({ children }) => `nr_descendants ${children.size}\nnr_dying_descendants 0\n` },
  'cpu.stat': { show: cpuStat },
  'cpu.max': { show: cpuMax, store: setCpuMax, notAtRoot: true },
  'cpu.weight': { show: line(({ weight }) => weight), store: setWeight, notAtRoot: true },
  'memory.current': { show: line(({ memoryBytes }) => memoryBytes), notAtRoot: true },
  'memory.peak': { show: line(({ memoryPeakBytes }) => memoryPeakBytes), notAtRoot: true },
  'memory.max': { show: line(({ limits }) => limits.memoryBytes ?? 'max'), store: setMemoryMax, notAtRoot: true },
  'memory.events': {
    show: ({ memoryMaxEvents, oomEvents, oomKills }) =>
      `low 0\nhigh 0\nmax ${memoryMaxEvents}\noom ${oomEvents}\noom_kill ${oomKills}\noom_group_kill 0\n`,
    notAtRoot: true,
  },
  'memory.oom.group': {
    show: line(({ limits }) => (limits.oomGroup ? 1 : 0)),
    store: (group, text) => {
      if (text !== '0' && text !== '1') throw new Errno('EINVAL');
      changed(group, 'oomGroup', text === '1');
    },
    notAtRoot: true,
  },
  'memory.stat': {
    show: ({ memoryBytes }) => `anon ${memoryBytes}\nfile 0\nkernel 0\nshmem 0\ninactive_file 0\nactive_file 0\n`,
  },
  'memory.swap.current': { show: () => '0\n', notAtRoot: true },
  'pids.current': { show: line(({ processCount }) => processCount), notAtRoot: true },
  'pids.max': {
    show: line(({ limits }) => limits.pids ?? 'max'),
    store: (group, text) => changed(group, 'pids', amountOf(text)),
    notAtRoot: true,
  },
  'pids.events': { show: ({ pidsMaxEvents }) => `max ${pidsMaxEvents}\n`, notAtRoot: true },
};
