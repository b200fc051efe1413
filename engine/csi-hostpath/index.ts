import type { Program } from '../linux/syscalls.ts';
import { attacher } from './attacher.ts';
import type { Surroundings } from './controller-loop.ts';
import { hostpathDriver } from './driver.ts';
import { nodeDriverRegistrar } from './node-driver-registrar.ts';
import { provisioner } from './provisioner.ts';
import { resizer } from './resizer.ts';
import { snapshotController } from './snapshot-controller.ts';
import { snapshotter } from './snapshotter.ts';

/** The programs of a CSI driver's Pod, and the snapshot-controller, by the names of their images. */
export function csiPrograms(surroundings: Surroundings): Readonly<Record<CsiProgramName, Program>> {
  return {
    hostpathplugin: hostpathDriver(surroundings.sim),
    'csi-node-driver-registrar': nodeDriverRegistrar,
    'csi-provisioner': provisioner(surroundings),
    'csi-resizer': resizer(surroundings),
    'csi-attacher': attacher(surroundings),
    'csi-snapshotter': snapshotter(surroundings),
    'snapshot-controller': snapshotController(surroundings),
  };
}

export type CsiProgramName =
  | 'hostpathplugin'
  | 'csi-node-driver-registrar'
  | 'csi-provisioner'
  | 'csi-resizer'
  | 'csi-attacher'
  | 'csi-snapshotter'
  | 'snapshot-controller';
export type { Surroundings } from './controller-loop.ts';
