import type { ContainerDevice } from '../host.ts';
import type { DirectoryInode } from '../vfs/directory.ts';
import { DeviceInode } from '../vfs/inode.ts';
import { locate } from '../vfs/path.ts';
import type { Kernel } from './kernel.ts';

/** The nodes of the machine's devices beyond those that every machine has. */
export function machineNodes({ drivers, loops }: Kernel): readonly ContainerDevice[] {
  const nodes = drivers.flatMap((driver) =>
    [...driver.nodes()].map(([path, node]) => ({ ...node, type: 'character' as const, path: `/dev/${path}` })),
  );
  return [...nodes, ...loops.nodes()];
}

/** Lets the machine's /dev show the devices that there are, as udev does. */
export function updateDeviceNodes(kernel: Kernel, shown: Set<string>): void {
  const nodes = machineNodes(kernel);
  const dev = locate(kernel.init, '/dev').inode as DirectoryInode;
  for (const path of shown) {
    const name = path.slice('/dev/'.length);
    if (nodes.some((node) => node.path === path) || dev.lookup(name) === undefined) continue;
    dev.remove(name);
    shown.delete(path);
  }
  for (const { path, type, mode, deviceNumber } of nodes) {
    const name = path.slice('/dev/'.length);
    shown.add(path);
    if (dev.lookup(name) !== undefined) continue;
    dev.insert(name, new DeviceInode(dev.fs, { mode, uid: 0, gid: 0 }, type, deviceNumber));
  }
}
