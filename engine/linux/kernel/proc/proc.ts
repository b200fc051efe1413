import { Errno } from '../../errno.ts';
import { directoryOf, GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import { type Inode, SymlinkInode } from '../../vfs/inode.ts';
import type { Kernel, TaskStruct, UtsNamespace } from '../kernel.ts';
import type { PidNamespace } from '../pid-namespace.ts';
import { processDirectory } from './process-directory.ts';

/** What `uname -r` and /proc/version tell. */
const KERNEL_RELEASE = '6.12.57';

/**
 * The root of a proc file system.
 * @param mounted the pid namespace that it shows; unless given, that of whoever looks, so that all containers of a
 *   machine can share one.
 */
export function procRoot(kernel: Kernel, mounted?: PidNamespace<TaskStruct>): Inode {
  const fs = kernel.createFileSystem('proc');
  const file = (generate: () => string, accept?: (text: string) => void) => () =>
    new GeneratedInode(fs, generate, accept === undefined ? {} : { accept });
  const symlink = (target: () => string) => () => new SymlinkInode(fs, { mode: 0o777, uid: 0, gid: 0 }, target());
  // Whoever looks is the process that is running.
  const reader = () => kernel.current ?? kernel.init;
  const viewer = () => mounted ?? reader().pidNamespace;
  const entries: Readonly<Record<string, () => Inode>> = {
    self: symlink(() => String(viewer().numberOf(reader().pid))),
    mounts: symlink(() => 'self/mounts'),
    net: symlink(() => 'self/net'),
    uptime: file(() => uptimeText(kernel)),
    loadavg: file(() => loadText(kernel)),
    meminfo: file(() => memoryText(kernel)),
    cpuinfo: file(() => processorText(kernel)),
    stat: file(() => statText(kernel)),
    version: file(() => `Linux version ${KERNEL_RELEASE} (drydock) #1 SMP PREEMPT_DYNAMIC\n`),
    filesystems: file(() => 'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\toverlay\n\text4\n'),
    sys: () => sysctlDirectory(),
  };
  const names = Object.keys(entries).sort();

  function sysctlDirectory(): Inode {
    const uts = () => reader().namespaces.uts as UtsNamespace;
    const setHostname = (text: string) => {
      if (reader().credentials.uid !== 0) throw new Errno('EPERM');
      uts().hostname = text.trim();
    };
    const leaf = {
      hostname: file(() => `${uts().hostname}\n`, setHostname),
      osrelease: file(() => `${KERNEL_RELEASE}\n`),
      ostype: file(() => 'Linux\n'),
      pid_max: file(() => '4194304\n'),
      random: () => directoryOf(fs, { boot_id: file(() => `${kernel.bootId}\n`) }),
    };
    return directoryOf(fs, {
      kernel: () => directoryOf(fs, leaf),
      net: () =>
        directoryOf(fs, {
          ipv4: () =>
            directoryOf(fs, {
              ip_forward: file(() => '1\n'),
              ip_local_port_range: file(() => '32768\t60999\n'),
            }),
          core: () => directoryOf(fs, { somaxconn: file(() => '4096\n') }),
        }),
    });
  }

  return new GeneratedDirectory(
    fs,
    (name) => {
      if (Object.hasOwn(entries, name)) return entries[name]!();
      const task = /^[1-9]\d*$/.test(name) ? viewer().members.get(Number(name)) : undefined;
      return task === undefined ? undefined : processDirectory(fs, task, viewer());
    },
    () => [...[...viewer().members.keys()].map(String), ...names],
  );
}

function uptimeText(kernel: Kernel): string {
  const seconds = (kernel.sim.nowMs - kernel.bootedMs) / 1000;
  const idle = seconds * cpus(kernel) - kernel.cgroups.root.cpuMs / 1000;
  return `${seconds.toFixed(2)} ${Math.max(0, idle).toFixed(2)}\n`;
}

function loadText(kernel: Kernel): string {
  const tasks = [...kernel.tasks];
  const running = tasks.filter((task) => task.state === 'runnable' || task.state === 'running').length;
  const load = running.toFixed(2);
  return `${load} ${load} ${load} ${running}/${tasks.length} ${kernel.forks}\n`;
}

function memoryText(kernel: Kernel): string {
  const total = Math.floor(kernel.memoryBytes / 1024);
  const free = Math.max(0, total - Math.floor(kernel.cgroups.root.memoryBytes / 1024));
  const line = (name: string, value: number) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`;
  return [
    line('MemTotal', total),
    line('MemFree', free),
    line('MemAvailable', free),
    line('Buffers', 0),
    line('Cached', 0),
    line('SwapTotal', 0),
    line('SwapFree', 0),
  ].join('');
}

function cpus(kernel: Kernel): number {
  return Math.max(1, Math.ceil(kernel.cpuMillis / 1000));
}

function processorText(kernel: Kernel): string {
  const lines: string[] = [];
  for (let i = 0; i < cpus(kernel); i++) {
    lines.push(
      `processor\t: ${i}`,
      'vendor_id\t: Drydock',
      'model name\t: Drydock virtual CPU',
      'cpu MHz\t\t: 2000.000',
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}

function statText(kernel: Kernel): string {
  const used = Math.floor(kernel.cgroups.root.cpuMs / 10);
  const total = Math.floor(((kernel.sim.nowMs - kernel.bootedMs) / 10) * cpus(kernel));
  const lines = [`cpu  ${used} 0 0 ${Math.max(0, total - used)} 0 0 0 0 0 0`];
  const bootSeconds = Math.floor((kernel.sim.epochMs + kernel.bootedMs) / 1000);
  lines.push(`btime ${bootSeconds}`, `processes ${kernel.forks}`, '');
  return lines.join('\n');
}
