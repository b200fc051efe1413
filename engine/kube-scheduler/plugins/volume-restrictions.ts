import type { Pod, Volume } from '../../api/kinds.ts';
import { changesOwnClaim } from '../cluster-event.ts';
import type { CloneableState, StateKey } from '../cycle-state.ts';
import type { PluginFactory } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import { unschedulable } from '../rejection.ts';

const DISK_CONFLICT = unschedulable('node(s) had no available disk');
const CLAIM_IN_USE = unschedulable(
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
);

/** How often other Pods use the claims that this Pod wants for itself alone. */
class ClaimUse implements CloneableState {
  readonly claims: ReadonlySet<string>;
  count: number;

  constructor(claims: ReadonlySet<string>, count: number) {
    this.claims = claims;
    this.count = count;
  }

  clone(): ClaimUse {
    return new ClaimUse(this.claims, this.count);
  }
}

const STATE: StateKey<ClaimUse> = { name: 'VolumeRestrictions' };

/**
 * A claim with access mode ReadWriteOncePod serves one Pod in the whole cluster, and some kinds of disk can be attached to a
 * node once. After `plugins/volumerestrictions/volume_restrictions.go`.
 */
export const volumeRestrictions: PluginFactory = ({ cache, objects }) => {
  const conflicts = (use: ClaimUse | undefined, info: PodInfo, other: PodInfo): number =>
    use === undefined || other.pod.metadata.namespace !== info.pod.metadata.namespace
      ? 0
      : other.claims.filter((claim) => use.claims.has(claim)).length;
  return {
    name: 'VolumeRestrictions',

    preFilter(state, info) {
      const { namespace = '' } = info.pod.metadata;
      const exclusive = new Set<string>();
      let count = 0;
      for (const name of info.claims) {
        if (objects.claims.get(name, namespace)?.spec.accessModes?.includes('ReadWriteOncePod') !== true) continue;
        exclusive.add(name);
        count += cache.usersOfClaim(namespace, name);
      }
      if (exclusive.size > 0) state.write(STATE, new ClaimUse(exclusive, count));
      else if (!hasDisks(info.pod)) return 'Skip';
      return undefined;
    },

    addPod(state, info, other) {
      const use = state.read(STATE);
      if (use !== undefined) use.count += conflicts(use, info, other);
    },
    removePod(state, info, other) {
      const use = state.read(STATE);
      if (use !== undefined) use.count -= conflicts(use, info, other);
    },

    filter(state, { pod }, node) {
      if (hasDisks(pod)) {
        for (const other of node.pods.values()) if (disksConflict(pod, other.pod)) return DISK_CONFLICT;
      }
      return (state.read(STATE)?.count ?? 0) > 0 ? CLAIM_IN_USE : undefined;
    },

    mayHelp(event, info) {
      if (event.kind === 'AssignedPodDelete') {
        const sameNamespace = event.info.pod.metadata.namespace === info.pod.metadata.namespace;
        const freesClaim = sameNamespace && event.info.claims.some((claim) => info.claims.includes(claim));
        return freesClaim || disksConflict(info.pod, event.info.pod);
      }
      if (event.kind === 'NodeAdd') return true;
      return changesOwnClaim(event, info);
    },
  };
};

function hasDisks({ spec }: Pod): boolean {
  return spec.volumes?.some((volume) => diskOf(volume) !== undefined) ?? false;
}

function disksConflict(a: Pod, b: Pod): boolean {
  return (a.spec.volumes ?? []).some((one) =>
    (b.spec.volumes ?? []).some((other) => {
      const disk = diskOf(one);
      const taken = diskOf(other);
      if (disk === undefined || taken === undefined || disk.id !== taken.id) return false;
      return !(disk.mayShare && taken.mayShare);
    }),
  );
}

/** What identifies the disk; `mayShare` when it is used for reading only and its kind allows several readers. */
function diskOf(volume: Volume): { readonly id: string; readonly mayShare: boolean } | undefined {
  const { gcePersistentDisk, awsElasticBlockStore, iscsi, rbd } = volume;
  if (gcePersistentDisk)
    return { id: `gce ${gcePersistentDisk.pdName}`, mayShare: gcePersistentDisk.readOnly === true };
  if (awsElasticBlockStore) return { id: `ebs ${awsElasticBlockStore.volumeID}`, mayShare: false };
  if (iscsi) return { id: `iscsi ${iscsi.iqn}`, mayShare: iscsi.readOnly === true };
  if (rbd) {
    const { monitors, pool, image, readOnly } = rbd;
    return { id: `rbd ${[...monitors].sort().join(',')} ${pool} ${image}`, mayShare: readOnly === true };
  }
  return undefined;
}
