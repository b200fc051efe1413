import type { ContainerDevice, Driver } from '../host.ts';
import type { DirectoryInode } from '../vfs/directory.ts';
import { DeviceInode } from '../vfs/inode.ts';
import { locate } from '../vfs/path.ts';
import type { Kernel } from './kernel.ts';

/** The device nodes of the machine's drivers, with their paths below /dev. */
export function driverNodes(drivers: readonly Driver[]): readonly ContainerDevice[] {
  return drivers.flatMap((driver) =>
    [...driver.nodes()].map(([path, node]) => ({ ...node, type: 'character' as const, path: `/dev/${path}` })),
  );
}

/** Lets the machine's /dev show the devices that there are, as udev does. */
export function updateDeviceNodes(kernel: Kernel, shown: Set<string>): void {
  const nodes = driverNodes(kernel.drivers);
  const dev = locate(kernel.init, '/dev').inode as DirectoryInode;
  for (const path of shown) {
    const name = path.slice('/dev/'.length);
    if (nodes.some((node) => node.path === path) || dev.lookup(name) === undefined) continue;
    dev.remove(name);
    shown.delete(path);
  }
  for (const { path, mode, deviceNumber } of nodes) {
    const name = path.slice('/dev/'.length);
    shown.add(path);
    if (dev.lookup(name) !== undefined) continue;
    dev.insert(name, new DeviceInode(dev.fs, { mode, uid: 0, gid: 0 }, 'character', deviceNumber));
  }
}
