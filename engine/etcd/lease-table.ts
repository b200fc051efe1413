import type { Simulation, Timer } from '../sim/index.ts';
import { leaseExists, leaseNotFound } from './errors.ts';

interface Lease {
  readonly ttlSeconds: number;
  readonly keys: Set<string>;
  timer: Timer | undefined;
}

/** Leases: keys attached to one are deleted together when nobody has renewed it for its time to live. */
export class LeaseTable {
  readonly #sim: Simulation;
  readonly #expire: (keys: readonly string[]) => void;
  readonly #leases = new Map<number, Lease>();
  #lastId = 0;
  #paused = false;

  constructor(sim: Simulation, expire: (keys: readonly string[]) => void) {
    this.#sim = sim;
    this.#expire = expire;
  }

  /** Makes a lease; returns its id. An `id` of 0 leaves the choice to etcd. */
  grant(ttlSeconds: number, id = 0): number {
    const leaseId = id === 0 ? this.#nextId() : id;
    if (this.#leases.has(leaseId)) throw leaseExists();
    this.#leases.set(leaseId, { ttlSeconds, keys: new Set(), timer: this.#startTimer(leaseId, ttlSeconds) });
    return leaseId;
  }

  /** Every lease's time to live in seconds, by id. */
  get all(): readonly (readonly [id: number, ttlSeconds: number])[] {
    return [...this.#leases].map(([id, { ttlSeconds }]) => [id, ttlSeconds]);
  }

  /** Nobody serves the store: none runs out. */
  pause(): void {
    this.#paused = true;
    for (const { timer } of this.#leases.values()) timer?.cancel();
  }

  /** It is served again: all begin anew, as when etcd has a new leader. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const id of this.#leases.keys()) this.keepAlive(id);
  }

  /** Starts the time to live anew. */
  keepAlive(id: number): void {
    const lease = this.#find(id);
    lease.timer?.cancel();
    lease.timer = this.#startTimer(id, lease.ttlSeconds);
  }

  /** Ends a lease and with it its keys. */
  revoke(id: number): void {
    const lease = this.#find(id);
    lease.timer?.cancel();
    this.#leases.delete(id);
    // Deleting a key detaches it, hence the copy.
    this.#expire([...lease.keys]);
  }

  /** @throws EtcdError when there is no such lease. */
  check(id: number): void {
    if (id !== 0) this.#find(id);
  }

  /** Moves a key from one lease to another; 0 stands for none. */
  attach(key: string, id: number, formerId: number): void {
    if (formerId !== 0) this.#leases.get(formerId)?.keys.delete(key);
    if (id !== 0) this.#find(id).keys.add(key);
  }

  #find(id: number): Lease {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw leaseNotFound();
    return lease;
  }

  #nextId(): number {
    do this.#lastId += 1;
    while (this.#leases.has(this.#lastId));
    return this.#lastId;
  }

  #startTimer(id: number, ttlSeconds: number): Timer | undefined {
    if (this.#paused) return undefined;
    return this.#sim.schedule(ttlSeconds * 1000, 'etcd lease expires', () => this.revoke(id));
  }
}
