import type { Simulation, Timer } from '../sim/index.ts';
import { leaseExists, leaseNotFound } from './errors.ts';

interface Lease {
  readonly ttlSeconds: number;
  readonly keys: Set<string>;
  timer: Timer;
}

/** Leases: keys attached to one are deleted together when nobody has renewed it for its time to live. */
export class LeaseTable {
  readonly #sim: Simulation;
  readonly #expire: (keys: readonly string[]) => void;
  readonly #leases = new Map<number, Lease>();
  #lastId = 0;

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

  /** Starts the time to live anew. */
  keepAlive(id: number): void {
    const lease = this.#find(id);
    lease.timer.cancel();
    lease.timer = this.#startTimer(id, lease.ttlSeconds);
  }

  /** Ends a lease and with it its keys. */
  revoke(id: number): void {
    const lease = this.#find(id);
    lease.timer.cancel();
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

  #startTimer(id: number, ttlSeconds: number): Timer {
    return this.#sim.schedule(ttlSeconds * 1000, 'etcd lease expires', () => this.revoke(id));
  }
}
