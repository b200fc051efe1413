import type { Image } from '../../containerd/image.ts';
import type { CsiProgramName, Surroundings } from '../../csi-hostpath/index.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { defineImage } from '../images/definition.ts';

/** The programs of a storage driver's Pods, which are loaded late. */
export type CsiPrograms = (surroundings: Surroundings) => Readonly<Record<CsiProgramName, Program>>;

const MEGABYTE = 1_000_000;

const IMAGES: Readonly<Record<CsiProgramName, readonly [tag: string, sizeBytes: number]>> = {
  hostpathplugin: ['v1.17.0', 17 * MEGABYTE],
  'csi-node-driver-registrar': ['v2.14.0', 12 * MEGABYTE],
  'csi-provisioner': ['v5.3.0', 28 * MEGABYTE],
  'csi-resizer': ['v1.14.0', 25 * MEGABYTE],
  'csi-attacher': ['v4.9.0', 25 * MEGABYTE],
  'csi-snapshotter': ['v8.4.0', 25 * MEGABYTE],
  'snapshot-controller': ['v8.4.0', 24 * MEGABYTE],
};

/** The programs' names. */
export const CSI_PROGRAMS = Object.keys(IMAGES) as readonly CsiProgramName[];

export function csiImage(name: CsiProgramName): string {
  return `registry.k8s.io/sig-storage/${name}:${IMAGES[name][0]}`;
}

/** https://kubernetes-csi.github.io/docs/sidecar-containers.html */
export function csiImages(programs: CsiPrograms, tools: ProgramSource, surroundings: Surroundings): readonly Image[] {
  let loaded: ReturnType<CsiPrograms> | undefined;
  const late =
    (name: CsiProgramName): Program =>
    (process) => {
      loaded ??= programs(surroundings);
      return loaded[name](process);
    };
  return CSI_PROGRAMS.map((name) =>
    defineImage({
      reference: csiImage(name),
      sizeBytes: IMAGES[name][1],
      trees: () => [
        {
          [`/${name}`]: { program: late(name), size: 3 * IMAGES[name][1] },
          '/tmp': { directory: true, mode: 0o1777 },
          ...(name === 'hostpathplugin'
            ? { '/usr/sbin/cp': { program: tools.program('cp', 'gnu'), size: 151_152 } }
            : {}),
        },
      ],
      entrypoint: [`/${name}`],
    }),
  );
}
