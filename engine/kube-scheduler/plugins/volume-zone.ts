import { sameValue } from '../../api/copy-on-write.ts';
import type { Node, PersistentVolume } from '../../api/kinds.ts';
import { changesOwnClaim, storageObject } from '../cluster-event.ts';
import type { StateKey } from '../cycle-state.ts';
import type { PluginFactory } from '../handle.ts';
import { unresolvable } from '../rejection.ts';

/** Where the Pod's volumes are: for each label, the values that a node may have. */
type Zones = readonly { readonly keys: readonly string[]; readonly values: readonly string[] }[];

const STATE: StateKey<Zones> = { name: 'VolumeZone' };
const REJECTION = unresolvable('node(s) had no available volume zone');

/** Today's names of the labels, each with its older one. */
const TOPOLOGY_LABELS = [
  ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
] as const;

/**
 * A volume that lies in a zone, as its labels tell, can be used from nodes of that zone only. Several zones are written
 * with `__` between. After `plugins/volumezone/volume_zone.go`.
 */
export const volumeZone: PluginFactory = ({ objects }) => ({
  name: 'VolumeZone',

  preFilter(state, { pod, claims }) {
    const zones: Zones[number][] = [];
    for (const name of claims) {
      const volumeName = objects.claims.get(name, pod.metadata.namespace)?.spec.volumeName ?? '';
      if (volumeName === '') continue;
      const volume = objects.volumes.get(volumeName);
      if (volume === undefined) return unresolvable(`persistentvolume "${volumeName}" not found`);
      zones.push(...zonesOf(volume));
    }
    if (zones.length === 0) return 'Skip';
    state.write(STATE, zones);
    return undefined;
  },

  filter(state, _info, { node }) {
    // A node without any of the labels says nothing about zones: it is taken to be in all of them.
    if (!TOPOLOGY_LABELS.flat().some((key) => labelOf(node!, [key]) !== undefined)) return undefined;
    for (const { keys, values } of state.read(STATE)!) {
      const value = labelOf(node!, keys);
      if (value === undefined || !values.includes(value)) return REJECTION;
    }
    return undefined;
  },

  mayHelp(event, info) {
    if (event.kind === 'NodeAdd') return true;
    if (event.kind === 'NodeUpdate') return event.previous.metadata.labels !== event.node.metadata.labels;
    if (changesOwnClaim(event, info)) return true;
    const volume = storageObject(event, 'PersistentVolume') as PersistentVolume | undefined;
    if (volume === undefined || event.kind !== 'StorageChange') return false;
    return event.previous === undefined || !sameValue(zonesOf(event.previous as PersistentVolume), zonesOf(volume));
  },
});

function zonesOf({ metadata }: PersistentVolume): Zones {
  return TOPOLOGY_LABELS.flatMap((keys) => {
    const value = keys.map((key) => metadata.labels?.[key]).find((each) => each !== undefined);
    return value === undefined ? [] : [{ keys, values: value.split('__') }];
  });
}

function labelOf({ metadata }: Node, keys: readonly string[]): string | undefined {
  return keys.map((key) => metadata.labels?.[key]).find((value) => value !== undefined);
}
