import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Lister } from '../../client/lister.ts';
import type { Allocation } from './allocator.ts';
import { deviceId } from './pools.ts';

/**
 * Claims as this scheduler knows them: what it has decided counts before it has been written, and what it has written before
 * its cache shows it. Otherwise the next Pod would get the same devices. After `dynamicresources/dra_manager.go`.
 */
export class ClaimTracker {
  readonly #lister: Lister<ResourceClaim>;
  /** Allocations on their way to the server, by the claims' uids. */
  readonly #inFlight = new Map<string, Allocation>();
  /** As the server has answered, until the cache is as new. */
  readonly #written = new Map<string, ResourceClaim>();

  constructor(lister: Lister<ResourceClaim>) {
    this.#lister = lister;
  }

  get(name: string, namespace: string | undefined): ResourceClaim | undefined {
    const cached = this.#lister.get(name, namespace);
    return cached && this.#latest(cached);
  }

  isInFlight({ metadata }: ResourceClaim): boolean {
    return this.#inFlight.has(metadata.uid);
  }

  begin({ metadata }: ResourceClaim, allocation: Allocation): void {
    this.#inFlight.set(metadata.uid, allocation);
  }

  end({ metadata }: ResourceClaim): void {
    this.#inFlight.delete(metadata.uid);
  }

  noteWritten(claim: ResourceClaim): void {
    this.#written.set(claim.metadata.uid, claim);
  }

  /** Devices that nobody else can have. */
  takenDevices(): Set<string> {
    const taken = new Set<string>();
    for (const cached of this.#lister.list()) noteDevices(taken, this.#latest(cached).status?.allocation);
    for (const allocation of this.#inFlight.values()) noteDevices(taken, allocation);
    return taken;
  }

  #latest(cached: ResourceClaim): ResourceClaim {
    if (this.#written.size === 0) return cached;
    const { uid, resourceVersion } = cached.metadata;
    const written = this.#written.get(uid);
    if (written === undefined) return cached;
    if (Number(written.metadata.resourceVersion) > Number(resourceVersion)) return written;
    this.#written.delete(uid);
    return cached;
  }
}

/** Access for administrators takes nothing from anybody. */
function noteDevices(taken: Set<string>, allocation: Allocation | undefined): void {
  for (const { driver, pool, device, adminAccess } of allocation?.devices?.results ?? []) {
    if (adminAccess !== true) taken.add(deviceId(driver, pool, device));
  }
}
