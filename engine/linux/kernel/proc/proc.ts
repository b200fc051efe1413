import type { DirectoryInode } from '../../vfs/directory.ts';
import { directoryOf, GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import { generatedTree } from '../../vfs/generated-tree.ts';
import { type Inode, SymlinkInode } from '../../vfs/inode.ts';
import type { Kernel, TaskStruct } from '../kernel.ts';
import type { IpcNamespace } from '../namespaces.ts';
import type { PidNamespace } from '../pid-namespace.ts';
import { KERNEL_RELEASE, KERNEL_VERSION } from '../release.ts';
import { processDirectory } from './process-directory.ts';
import { sysctlDirectory } from './sysctl.ts';

/**
 * The root of a proc file system.
 * @param mounted the pid namespace that it shows; unless given, that of whoever looks, so that all containers of a
 *   machine can share one.
 */
export function procRoot(kernel: Kernel, mounted?: PidNamespace<TaskStruct>): DirectoryInode {
  const fs = kernel.createFileSystem('proc');
  const file = (generate: () => string) => () => new GeneratedInode(fs, generate);
  const symlink = (target: () => string) => () => new SymlinkInode(fs, { mode: 0o777, uid: 0, gid: 0 }, target());
  // Whoever looks is the process that is running.
  const reader = () => kernel.current ?? kernel.init;
  const viewer = () => mounted ?? reader().pidNamespace;
  // One inode for good: containers have it mounted read-only.
  const sys = sysctlDirectory(kernel, fs);
  const entries: Readonly<Record<string, () => Inode>> = {
    self: symlink(() => String(viewer().numberOf(reader().pid))),
    'thread-self': symlink(() => {
      const pid = viewer().numberOf(reader().pid);
      return `${pid}/task/${pid}`;
    }),
    mounts: symlink(() => 'self/mounts'),
    net: symlink(() => 'self/net'),
    cmdline: file(() => `BOOT_IMAGE=/boot/vmlinuz-${KERNEL_RELEASE} root=/dev/vda1 ro quiet\n`),
    uptime: file(() => uptimeText(kernel)),
    loadavg: file(() => loadText(kernel)),
    meminfo: file(() => memoryText(kernel)),
    cpuinfo: file(() => processorText(kernel)),
    stat: file(() => statText(kernel)),
    // A kernel that could load modules and has none: what it can do is built in.
    modules: file(() => ''),
    swaps: file(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
    sysvipc: () => directoryOf(fs, { shm: file(() => sharedMemoryText(reader())) }),
    version: file(() => `Linux version ${KERNEL_RELEASE} (debian-kernel@lists.debian.org) ${KERNEL_VERSION}\n`),
    filesystems: file(
      () =>
        'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevpts\nnodev\tmqueue\nnodev\toverlay\n\text4\n',
    ),
    sys: () => sys,
    ...(kernel.drivers.length > 0 && { driver: () => generatedTree(fs, () => driverFiles(kernel)) }),
  };
  const names = Object.keys(entries).sort();
  return new GeneratedDirectory(
    fs,
    (name) => {
      if (Object.hasOwn(entries, name)) return entries[name]!();
      const task = /^[1-9]\d*$/.test(name) ? viewer().members.get(Number(name)) : undefined;
      return task === undefined ? undefined : processDirectory(fs, task, viewer());
    },
    () => [...viewer().members.numbers().map(String), ...names],
  );
}

function driverFiles({ drivers }: Kernel): ReadonlyMap<string, () => string> {
  return new Map(drivers.flatMap((driver) => [...driver.procFiles()]));
}

function uptimeText(kernel: Kernel): string {
  const seconds = (kernel.sim.nowMs - kernel.bootedMs) / 1000;
  const idle = seconds * cpus(kernel) - kernel.cgroups.root.cpuMs / 1000;
  return `${seconds.toFixed(2)} ${Math.max(0, idle).toFixed(2)}\n`;
}

function loadText(kernel: Kernel): string {
  const averages = kernel.cpu.load.map((load) => load.toFixed(2)).join(' ');
  // Whoever reads this is running.
  const running = kernel.cpu.active + 1;
  return `${averages} ${running}/${kernel.init.pidNamespace.members.size} ${kernel.forks}\n`;
}

function memoryText(kernel: Kernel): string {
  const total = Math.floor(kernel.memoryBytes / 1024);
  const used = Math.floor(kernel.cgroups.root.memoryBytes / 1024);
  const free = Math.max(0, total - used);
  const values: Readonly<Record<string, number>> = {
    MemTotal: total,
    MemFree: free,
    MemAvailable: free,
    Buffers: 0,
    Cached: 0,
    SwapCached: 0,
    Active: used,
    Inactive: 0,
    SwapTotal: 0,
    SwapFree: 0,
    Dirty: 0,
    AnonPages: used,
    Shmem: 0,
    Slab: 0,
    CommitLimit: Math.floor(total / 2),
    Committed_AS: used,
  };
  return Object.entries(values)
    .map(([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`)
    .join('');
}

function cpus(kernel: Kernel): number {
  return Math.max(1, Math.ceil(kernel.cpuMillis / 1000));
}

function processorText(kernel: Kernel): string {
  const count = cpus(kernel);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    lines.push(
      `processor\t: ${i}`,
      'vendor_id\t: Drydock',
      'cpu family\t: 6',
      'model name\t: Drydock virtual CPU',
      'cpu MHz\t\t: 2000.000',
      'physical id\t: 0',
      `siblings\t: ${count}`,
      `core id\t\t: ${i}`,
      `cpu cores\t: ${count}`,
      'bogomips\t: 4000.00',
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}

function statText(kernel: Kernel): string {
  const used = Math.floor(kernel.cgroups.root.cpuMs / 10);
  const count = cpus(kernel);
  const total = Math.floor(((kernel.sim.nowMs - kernel.bootedMs) / 10) * count);
  const line = (name: string, busy: number, all: number) =>
    `${name} ${busy} 0 0 ${Math.max(0, all - busy)} 0 0 0 0 0 0`;
  const lines = [line('cpu ', used, total)];
  for (let i = 0; i < count; i++) lines.push(line(`cpu${i}`, Math.floor(used / count), Math.floor(total / count)));
  const bootSeconds = Math.floor((kernel.sim.epochMs + kernel.bootedMs) / 1000);
  lines.push('ctxt 0', `btime ${bootSeconds}`, `processes ${kernel.forks}`, `procs_running ${kernel.cpu.active + 1}`);
  return `${lines.join('\n')}\nprocs_blocked 0\n`;
}

function sharedMemoryText({ namespaces }: TaskStruct): string {
  const cell = (value: number | string, width: number) => String(value).padStart(width);
  const lines = ['       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid'];
  for (const { id, key, mode, bytes, uid } of (namespaces.ipc as IpcNamespace).segments?.values() ?? []) {
    lines.push(
      `${cell(key, 10)} ${cell(id, 10)} ${cell(mode.toString(8), 5)} ${cell(bytes, 21)} ${cell(0, 5)} ${cell(0, 5)} ${cell(0, 6)} ${cell(uid, 5)} ${cell(0, 5)} ${cell(uid, 5)} ${cell(0, 5)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
