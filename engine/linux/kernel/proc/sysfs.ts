import type { NetNamespace } from '../../net/network-namespace.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { directoryOf, GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { ControlGroup } from '../cgroup.ts';
import type { Kernel } from '../kernel.ts';

/** The root of /sys: network interfaces and control groups of whoever looks. */
export function sysfsRoot(kernel: Kernel): Inode {
  const fs = kernel.createFileSystem('sysfs');
  const reader = () => kernel.current ?? kernel.init;
  return directoryOf(fs, {
    class: () => directoryOf(fs, { net: () => interfacesDirectory(fs, reader().namespaces.net as NetNamespace) }),
    fs: () => directoryOf(fs, { cgroup: () => cgroupDirectory(fs, viewRoot(kernel)) }),
  });
}

/** With a cgroup namespace of its own a container sees its own group as the root. */
function viewRoot(kernel: Kernel): ControlGroup {
  const task = kernel.current ?? kernel.init;
  return task.namespaces.cgroup === kernel.init.namespaces.cgroup ? kernel.cgroups.root : task.cgroup;
}

function interfacesDirectory(fs: FileSystem, network: NetNamespace): Inode {
  return new GeneratedDirectory(
    fs,
    (name) => {
      const found = network.interfaces.find((candidate) => candidate.name === name);
      if (found === undefined) return undefined;
      const file = (text: string) => () => new GeneratedInode(fs, () => `${text}\n`);
      return directoryOf(fs, {
        address: file(found.mac),
        mtu: file(String(found.mtu)),
        operstate: file(name === 'lo' ? 'unknown' : 'up'),
        carrier: file('1'),
      });
    },
    () => network.interfaces.map(({ name }) => name).sort(),
  );
}

/** https://docs.kernel.org/admin-guide/cgroup-v2.html */
function cgroupDirectory(fs: FileSystem, group: ControlGroup): Inode {
  const { limits } = group;
  const file = (generate: () => string) => () => new GeneratedInode(fs, () => `${generate()}\n`);
  const files: Record<string, () => Inode> = {
    'memory.max': file(() => String(limits.memoryBytes ?? 'max')),
    'memory.current': file(() => String(group.memoryBytes)),
    'memory.events': file(() => `low 0\nhigh 0\nmax 0\noom ${group.oomKills}\noom_kill ${group.oomKills}`),
    'pids.max': file(() => String(limits.pids ?? 'max')),
    'pids.current': file(() => String(group.processCount)),
    'cpu.max': file(() => `${limits.cpuQuotaMillis === undefined ? 'max' : limits.cpuQuotaMillis * 100} 100000`),
    'cpu.weight': file(() => String(cpuWeight(limits.cpuShares ?? 1024))),
    'cpu.stat': file(() => `usage_usec ${Math.floor(group.cpuMs * 1000)}`),
    'cgroup.controllers': file(() => 'cpu memory pids'),
  };
  return new GeneratedDirectory(
    fs,
    (name) => {
      if (Object.hasOwn(files, name)) return files[name]!();
      const child = group.children.get(name);
      return child === undefined ? undefined : cgroupDirectory(fs, child);
    },
    () => [...Object.keys(files), ...group.children.keys()].sort(),
  );
}

/** As runc converts shares of cgroup v1 to weights of v2. */
function cpuWeight(shares: number): number {
  return Math.floor(1 + ((shares - 2) * 9999) / 262_142);
}
