import type { Node } from '../api/kinds.ts';
import type { HttpServerResponse } from '../linux/http.ts';
import type { Simulation } from '../sim/index.ts';

/** A node with this taint is about to be taken away: balancers should stop sending it anything. */
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';

/**
 * Whether the rules keep up with what they are made from: unhealthy is a proxy that was told of a change long ago and has
 * not written it yet. https://kubernetes.io/docs/reference/networking/virtual-ips/, after pkg/proxy/healthcheck.
 */
export class ProxyHealth {
  readonly #sim: Simulation;
  readonly #limitMs: number;
  #queuedMs: number | undefined;
  #syncedMs: number | undefined;
  syncs = 0;
  /** Of all syncs together, in milliseconds. */
  totalMs = 0;

  constructor(sim: Simulation, syncPeriodMs: number) {
    this.#sim = sim;
    this.#limitMs = 2 * syncPeriodMs;
  }

  queued(): void {
    this.#queuedMs ??= this.#sim.nowMs;
  }

  synced(durationMs: number): void {
    this.#queuedMs = undefined;
    this.#syncedMs = this.#sim.wallMs;
    this.syncs++;
    this.totalMs += durationMs;
  }

  get lastSyncMs(): number | undefined {
    return this.#syncedMs;
  }

  get healthy(): boolean {
    if (this.#syncedMs === undefined) return false;
    return this.#queuedMs === undefined || this.#sim.nowMs - this.#queuedMs < this.#limitMs;
  }

  /** @param node whose fitness for traffic counts as well; undefined when only the proxy itself matters. */
  answer(node: Node | undefined): HttpServerResponse {
    const eligible =
      node === undefined ||
      (node.metadata.deletionTimestamp === undefined && !node.spec.taints?.some(({ key }) => key === TO_BE_DELETED));
    const iso = (ms: number) => new Date(ms).toISOString();
    const now = this.#sim.wallMs;
    const body = {
      // A healthy proxy that had nothing to do is up to date as of now.
      lastUpdated: iso(this.healthy && this.#queuedMs === undefined ? now : (this.#syncedMs ?? 0)),
      currentTime: iso(now),
      ...(node === undefined ? {} : { nodeEligible: eligible }),
    };
    return {
      status: this.healthy && eligible ? 200 : 503,
      headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
      body: JSON.stringify(body),
    };
  }
}
