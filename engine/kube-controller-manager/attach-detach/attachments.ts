import { hasEnded } from '../../api/core/pod-phase.ts';
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import type { Lister } from '../../client/lister.ts';
import { claimKeys } from '../claim-users.ts';

/** A volume that has to be attached to a node, and the Pods there that use it. */
export interface WantedAttachment {
  readonly volume: PersistentVolume;
  readonly nodeName: string;
  readonly pods: readonly Pod[];
}

interface Known {
  readonly pods: Lister<Pod>;
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly volumes: Lister<PersistentVolume>;
  readonly csiDrivers: Lister<CSIDriver>;
}

/** As the kubelet and the Node's status name a volume. */
export function uniqueName({ spec }: PersistentVolume): string {
  return `kubernetes.io/csi/${spec.csi?.driver}^${spec.csi?.volumeHandle}`;
}

function isAttachable({ spec }: PersistentVolume, drivers: Lister<CSIDriver>): boolean {
  return spec.csi !== undefined && drivers.get(spec.csi.driver)?.spec?.attachRequired !== false;
}

/** Every volume that a Pod on some node needs, by volume and node. */
export function wantedAttachments({ pods, claims, volumes, csiDrivers }: Known): ReadonlyMap<string, WantedAttachment> {
  const wanted = new Map<string, WantedAttachment>();
  for (const pod of pods.list()) {
    const { nodeName = '' } = pod.spec;
    if (nodeName === '' || hasEnded(pod)) continue;
    for (const key of claimKeys(pod)) {
      const claim = claims.byKey(key);
      if (claim?.status?.phase !== 'Bound') continue;
      const volume = volumes.get(claim.spec.volumeName ?? '');
      if (volume === undefined || !isAttachable(volume, csiDrivers)) continue;
      const at = attachmentKey(volume.metadata.name, nodeName);
      wanted.set(at, { volume, nodeName, pods: [...(wanted.get(at)?.pods ?? []), pod] });
    }
  }
  return wanted;
}

export function attachmentKey(volume: string, nodeName: string): string {
  return `${volume} ${nodeName}`;
}

/** Whether the volume may be on several nodes at once. */
export function mayShare({ spec }: PersistentVolume): boolean {
  const { accessModes = [] } = spec;
  // Without any mode nothing is known, and nothing forbidden.
  return accessModes.length === 0 || accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
}

/** Why a volume cannot come to a Pod's node yet. */
export function multiAttachError(volume: PersistentVolume, users: readonly Pod[], pod: Pod): string {
  const error = `Multi-Attach error for volume "${volume.metadata.name}"`;
  const others = users.filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  if (others.length === 0) {
    return `${error} Volume is already exclusively attached to one node and can't be attached to another`;
  }
  const near = others.filter(({ metadata }) => metadata.namespace === pod.metadata.namespace);
  const far = others.length - near.length;
  if (near.length === 0) return `${error} Volume is already used by ${far} pod(s) in different namespaces`;
  const names = near.map(({ metadata }) => metadata.name).sort();
  const more = far === 0 ? '' : ` and ${far} pod(s) in different namespaces`;
  return `${error} Volume is already used by pod(s) ${names.join(', ')}${more}`;
}
