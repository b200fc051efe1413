import type { EtcdClient } from '../../etcd/index.ts';
import type { Simulation } from '../../sim/index.ts';

/** Events live this long unless told (`--event-ttl`). */
const EVENT_TTL_SECONDS = 3600;
/** A lease is shared by the Events of this many seconds. */
const REUSE_SECONDS = 60;

export const NO_LEASE = 0;

/** The leases that let Events expire. After k8s.io/apiserver pkg/storage/etcd3/lease_manager.go. */
export class EventLeases {
  readonly #sim: Simulation;
  readonly #etcd: EtcdClient;
  readonly #ttlSeconds: number;
  #lease = NO_LEASE;
  #reuseUntilMs = 0;

  constructor(sim: Simulation, etcd: EtcdClient, ttlSeconds = EVENT_TTL_SECONDS) {
    this.#ttlSeconds = ttlSeconds;
    this.#sim = sim;
    this.#etcd = etcd;
  }

  current(): number {
    if (this.#lease === NO_LEASE || this.#sim.nowMs >= this.#reuseUntilMs) {
      this.#lease = this.#etcd.leases.grant(this.#ttlSeconds + REUSE_SECONDS);
      this.#reuseUntilMs = this.#sim.nowMs + REUSE_SECONDS * 1000;
    }
    return this.#lease;
  }
}
