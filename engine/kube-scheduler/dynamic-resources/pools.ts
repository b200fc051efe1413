import type { ResourceSlice } from '../../api/extension-kinds.ts';
import type { Node } from '../../api/kinds.ts';
import { requiredTermsMatch } from '../../client/node-selector.ts';

export type SliceSpec = NonNullable<ResourceSlice['spec']>;
export type Device = NonNullable<SliceSpec['devices']>[number];
export type NodeSelector = NonNullable<SliceSpec['nodeSelector']>;

/** Where a device can be used: a node's name, or a selector, or on all nodes. */
type Place = Pick<SliceSpec, 'nodeName' | 'nodeSelector' | 'allNodes'>;

/** A device as a node may use it. */
export interface PlacedDevice {
  /** `DRIVER/POOL/DEVICE` */
  readonly id: string;
  readonly driver: string;
  readonly pool: string;
  readonly device: Device;
  readonly place: Place;
}

/** The devices of one pool that a node may use. */
export interface Pool {
  /** `DRIVER/POOL` */
  readonly id: string;
  /** Its slices are being written: not all of them are there. */
  readonly isIncomplete: boolean;
  /** Two devices have one name. */
  readonly isInvalid: boolean;
  readonly devices: readonly PlacedDevice[];
}

export function deviceId(driver: string, pool: string, device: string): string {
  return `${driver}/${pool}/${device}`;
}

/** All pools of a cluster, in the order of their names. Worked out once for many nodes. */
export class Pools {
  readonly #slices = new Map<string, SliceSpec[]>();

  constructor(slices: readonly ResourceSlice[]) {
    const byName = slices.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    for (const { spec } of byName) if (spec !== undefined) this.#add(spec);
  }

  /** Of a pool only the slices of its latest generation count. */
  #add(spec: SliceSpec): void {
    const id = `${spec.driver}/${spec.pool.name}`;
    const known = this.#slices.get(id);
    const latest = known?.[0]?.pool.generation ?? Number.NEGATIVE_INFINITY;
    if (known !== undefined && spec.pool.generation === latest) known.push(spec);
    else if (spec.pool.generation > latest) this.#slices.set(id, [spec]);
  }

  /** The pools with devices for a node. After `structured/internal/stable/pools_stable.go`. */
  on(node: Node): readonly Pool[] {
    const pools: Pool[] = [];
    for (const id of [...this.#slices.keys()].sort()) {
      const slices = this.#slices.get(id)!;
      const devices = slices.flatMap((slice) => devicesOn(slice, node));
      if (devices.length === 0 && !slices.some((slice) => reaches(slice, node))) continue;
      const names = slices.flatMap((slice) => slice.devices ?? []).map(({ name }) => name);
      pools.push({
        id,
        isIncomplete: slices.length !== slices[0]!.pool.resourceSliceCount,
        isInvalid: new Set(names).size < names.length,
        devices,
      });
    }
    return pools;
  }
}

function devicesOn(slice: SliceSpec, node: Node): readonly PlacedDevice[] {
  const { driver, pool, devices = [], perDeviceNodeSelection } = slice;
  const placed: PlacedDevice[] = [];
  for (const device of devices) {
    const place = perDeviceNodeSelection === true ? device : slice;
    if (!reaches(place, node)) continue;
    placed.push({ id: deviceId(driver, pool.name, device.name), driver, pool: pool.name, device, place });
  }
  return placed;
}

function reaches({ nodeName = '', nodeSelector, allNodes }: Place, node: Node): boolean {
  if (nodeName !== '') return nodeName === node.metadata.name;
  if (allNodes === true) return true;
  return nodeSelector !== undefined && requiredTermsMatch(nodeSelector as never, node);
}

/** Which nodes can use all of these devices; undefined for every node. */
export function nodeSelectorFor(places: readonly Place[]): NodeSelector | undefined {
  const named = places.find(({ nodeName = '' }) => nodeName !== '')?.nodeName;
  if (named !== undefined) {
    return { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [named] }] }] };
  }
  const terms = places.flatMap(({ nodeSelector }) => nodeSelector?.nodeSelectorTerms ?? []);
  if (terms.length === 0) return undefined;
  const different = <T>(all: readonly T[]) => [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
  const matchExpressions = different(terms.flatMap((term) => term.matchExpressions ?? []));
  const matchFields = different(terms.flatMap((term) => term.matchFields ?? []));
  const term = {
    ...(matchExpressions.length > 0 && { matchExpressions }),
    ...(matchFields.length > 0 && { matchFields }),
  };
  return { nodeSelectorTerms: [term] };
}
