import type { Program } from '../linux/syscalls.ts';
import { attacher } from './attacher.ts';
import { hostpathDriver } from './driver.ts';
import { nodeDriverRegistrar } from './node-driver-registrar.ts';
import { provisioner } from './provisioner.ts';
import { resizer } from './resizer.ts';
import type { Surroundings } from './sidecar.ts';

/** The programs of a CSI driver's Pod, by the names of their images. */
export function csiPrograms(surroundings: Surroundings): Readonly<Record<CsiProgramName, Program>> {
  return {
    hostpathplugin: hostpathDriver(surroundings.sim),
    'csi-node-driver-registrar': nodeDriverRegistrar,
    'csi-provisioner': provisioner(surroundings),
    'csi-resizer': resizer(surroundings),
    'csi-attacher': attacher(surroundings),
  };
}

export type CsiProgramName =
  | 'hostpathplugin'
  | 'csi-node-driver-registrar'
  | 'csi-provisioner'
  | 'csi-resizer'
  | 'csi-attacher';
export type { Surroundings } from './sidecar.ts';
