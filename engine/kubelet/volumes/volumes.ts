import type { Pod, Volume } from '../../api/kinds.ts';
import { removeTree } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import { errnoText, podDirectory } from '../host-files.ts';
import { emptyDir } from './empty-dir.ts';
import { hostPath } from './host-path.ts';
import { configMap, downwardApi, projected } from './projected.ts';
import { type VolumeContext, VolumeError, type VolumePlugin } from './volume.ts';

const PLUGINS: readonly VolumePlugin[] = [emptyDir, hostPath, configMap, downwardApi, projected];

/** The directories below a Pod's `volumes`, as the real plugins name theirs. */
const DIRECTORY_NAMES: Readonly<Record<string, string>> = {
  emptyDir: 'kubernetes.io~empty-dir',
  configMap: 'kubernetes.io~configmap',
  downwardAPI: 'kubernetes.io~downward-api',
  projected: 'kubernetes.io~projected',
  hostPath: 'kubernetes.io~host-path',
};

/** A Pod's volumes on the host, by name. */
export type MountedVolumes = ReadonlyMap<string, string>;

export interface VolumeFailure {
  readonly volume: string;
  readonly message: string;
}

/** Sets all of a Pod's volumes up, or brings them up to date. What failed is returned beside what is there. */
export function setUpVolumes(
  context: VolumeContext,
  pod: Pod,
): { readonly mounted: MountedVolumes; readonly failures: readonly VolumeFailure[] } {
  const mounted = new Map<string, string>();
  const failures: VolumeFailure[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    try {
      mounted.set(volume.name, setUp(context, pod, volume));
    } catch (error) {
      if (error instanceof VolumeError) failures.push({ volume: volume.name, message: error.message });
      else if (error instanceof Errno) failures.push({ volume: volume.name, message: errnoText(error) });
      else throw error;
    }
  }
  return { mounted, failures };
}

function setUp(context: VolumeContext, pod: Pod, volume: Volume): string {
  const plugin = pluginOf(volume);
  if (plugin === undefined) {
    const kind = Object.keys(volume).find((field) => field !== 'name') ?? 'unknown';
    throw new VolumeError(`${kind} volumes are not supported by this simulation yet`);
  }
  return plugin.setUp(context, pod, volume, volumeDirectory(pod.metadata.uid, plugin, volume.name));
}

function pluginOf(volume: Volume): VolumePlugin | undefined {
  return PLUGINS.find(({ field }) => volume[field] !== undefined);
}

function volumeDirectory(uid: string, plugin: VolumePlugin, name: string): string {
  return `${podDirectory(uid)}/volumes/${DIRECTORY_NAMES[plugin.field]}/${name}`;
}

/** Whether the volumes show something that may change while the Pod runs. */
export function hasChangingVolumes(pod: Pod): boolean {
  const { volumes = [] } = pod.spec;
  return volumes.some(({ configMap, downwardAPI, projected }) => configMap ?? downwardAPI ?? projected);
}

/** Removes everything that belonged to the Pod on the host. */
export function tearDownPod(root: Process, pod: Pod): void {
  const { uid } = pod.metadata;
  for (const volume of pod.spec.volumes ?? []) {
    const plugin = pluginOf(volume);
    if (plugin?.tearDown !== undefined) plugin.tearDown({ root }, volumeDirectory(uid, plugin, volume.name));
  }
  removeTree(root, podDirectory(uid));
}
