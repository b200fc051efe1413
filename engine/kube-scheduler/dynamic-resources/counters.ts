import type { ResourceSlice } from '../../api/extension-kinds.ts';
import { addQuantities, compareQuantities } from '../../api/quantity.ts';
import { type Device, deviceId, type PlacedDevice } from './pools.ts';

/**
 * What devices of one pool share: a GPU's memory, among its partitions.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#partitionable-devices
 */
export class Counters {
  /** By `DRIVER/POOL/SET/COUNTER`. */
  readonly #limits = new Map<string, string>();
  readonly #devices = new Map<string, Device>();

  constructor(slices: readonly ResourceSlice[]) {
    for (const { spec } of slices) {
      if (spec === undefined) continue;
      const pool = `${spec.driver}/${spec.pool.name}`;
      for (const { name, counters } of spec.sharedCounters ?? []) {
        for (const [counter, { value }] of Object.entries(counters)) {
          this.#limits.set(`${pool}/${name}/${counter}`, String(value));
        }
      }
      for (const device of spec.devices ?? []) {
        if (device.consumesCounters !== undefined) {
          this.#devices.set(deviceId(spec.driver, spec.pool.name, device.name), device);
        }
      }
    }
  }

  /** Whether there is enough left for a device, when these are taken. */
  suffice(next: PlacedDevice, taken: Iterable<string>): boolean {
    if ((next.device.consumesCounters ?? []).length === 0) return true;
    const used = new Map<string, string>();
    const pool = `${next.driver}/${next.pool}`;
    for (const id of taken) {
      const device = id.startsWith(`${pool}/`) ? this.#devices.get(id) : undefined;
      if (device !== undefined) addUp(used, pool, device);
    }
    addUp(used, pool, next.device);
    return [...used].every(([counter, value]) => {
      const limit = this.#limits.get(counter);
      return limit !== undefined && compareQuantities(value, limit) <= 0;
    });
  }
}

function addUp(used: Map<string, string>, pool: string, { consumesCounters = [] }: Device): void {
  for (const { counterSet, counters } of consumesCounters) {
    for (const [counter, { value }] of Object.entries(counters)) {
      const key = `${pool}/${counterSet}/${counter}`;
      used.set(key, addQuantities(used.get(key) ?? '0', String(value)));
    }
  }
}
