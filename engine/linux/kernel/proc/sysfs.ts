import type { NetNamespace } from '../../net/network-namespace.ts';
import type { FileSystem } from '../../vfs/filesystem.ts';
import { directoryOf, GeneratedDirectory, GeneratedInode } from '../../vfs/generated.ts';
import { generatedTree } from '../../vfs/generated-tree.ts';
import type { Inode } from '../../vfs/inode.ts';
import type { Kernel } from '../kernel.ts';

/** The root of /sys: network interfaces of whoever looks, and where control groups are mounted. */
export function sysfsRoot(kernel: Kernel): Inode {
  const fs = kernel.createFileSystem('sysfs');
  const reader = () => kernel.current ?? kernel.init;
  // Kept, because cgroup2 is mounted on it: a mount point is known by its inode.
  const cgroup = directoryOf(fs, {});
  const mountPoints = directoryOf(fs, { cgroup: () => cgroup });
  return directoryOf(fs, {
    class: () => directoryOf(fs, { net: () => interfacesDirectory(fs, reader().namespaces.net as NetNamespace) }),
    fs: () => mountPoints,
    kernel: () => kernel.security?.sysfs(fs, 'kernel') ?? directoryOf(fs, {}),
    module: () => kernel.security?.sysfs(fs, 'module') ?? directoryOf(fs, {}),
    ...(kernel.drivers.length > 0 && { bus: () => generatedTree(fs, () => busFiles(kernel)) }),
  });
}

/** `pci/devices/0000:01:00.0/vendor` */
function busFiles({ drivers }: Kernel): ReadonlyMap<string, () => string> {
  const files = new Map<string, () => string>();
  for (const [address, shown] of drivers.flatMap((driver) => [...driver.pciDevices()])) {
    for (const [name, text] of Object.entries(shown)) files.set(`pci/devices/${address}/${name}`, () => `${text}\n`);
  }
  return files;
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
