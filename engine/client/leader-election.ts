import type { Lease } from '../api/kinds.ts';
import { leases } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { microTimestamp } from '../api/timestamp.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { Client, ResourceClient } from './client.ts';
import type { EventRecorder } from './event-recorder.ts';
import { ConnectionError } from './transport.ts';

export interface LeaderElectionOptions {
  /** The Lease. */
  readonly name: string;
  /** `kube-system` unless told. */
  readonly namespace?: string;
  /** Unique among the candidates: `<host>_<uuid>`. */
  readonly identity: string;
  readonly onStartedLeading: () => void;
  /** The leader could not renew in time. Real components exit here. */
  readonly onStoppedLeading: () => void;
  readonly recorder?: EventRecorder;
}

const DEFAULT_NAMESPACE = 'kube-system';
const LEASE_DURATION_SECONDS = 15;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_PERIOD_MS = 2_000;

/**
 * Of several candidates one leads: whoever holds the Lease and renews it every 2 s. A leader that cannot renew for 10 s
 * steps down; another takes over when it has seen no renewal for 15 s.
 * https://kubernetes.io/docs/concepts/architecture/leases/#leader-election, after client-go's `tools/leaderelection`.
 */
export class LeaderElector {
  readonly #sim: Simulation;
  readonly #client: ResourceClient<Lease>;
  readonly #options: LeaderElectionOptions;
  #timer: Timer | undefined;
  #leading = false;
  #renewedMs = 0;
  #observed: Lease | undefined;
  /** When the lease was last seen to change: candidates compare against their own clock, never the holder's. */
  #observedMs = 0;

  constructor(sim: Simulation, client: Client, options: LeaderElectionOptions) {
    this.#sim = sim;
    this.#client = client.resource(leases);
    this.#options = options;
  }

  get #namespace(): string {
    return this.#options.namespace ?? DEFAULT_NAMESPACE;
  }

  get isLeader(): boolean {
    return this.#leading;
  }

  start(): void {
    this.#arrange(0);
  }

  /** Stops taking part. The lease is left to expire, as components do that are killed. */
  stop(): void {
    this.#timer?.cancel();
    this.#leading = false;
  }

  #arrange(delayMs: number): void {
    this.#timer = this.#sim.schedule(delayMs, `leader election ${this.#options.name}`, () => {
      const { name } = this.#options;
      this.#sim.trace.during({ component: 'leader-election', key: `${this.#namespace}/${name}` }, () => this.#turn());
    });
  }

  #turn(): void {
    const { nowMs } = this.#sim;
    const held = this.#attempt();
    if (held) this.#renewedMs = nowMs;
    if (held && !this.#leading) this.#lead();
    if (!held && this.#leading && nowMs - this.#renewedMs >= RENEW_DEADLINE_MS) {
      this.#leading = false;
      this.#options.onStoppedLeading();
      return;
    }
    this.#arrange(this.#leading ? RETRY_PERIOD_MS : this.#drawRetryMs());
  }

  /** Candidates do not ask all at once. */
  #drawRetryMs(): number {
    return this.#sim.random(`leader election ${this.#options.identity}`).jitter(RETRY_PERIOD_MS, 1.2);
  }

  #lead(): void {
    this.#leading = true;
    const { recorder, identity } = this.#options;
    if (this.#observed !== undefined) {
      recorder?.event(this.#observed, 'Normal', 'LeaderElection', `${identity} became leader`);
    }
    this.#options.onStartedLeading();
  }

  #attempt(): boolean {
    try {
      return this.#acquireOrRenew();
    } catch (error) {
      if (error instanceof StatusError || error instanceof ConnectionError) return false;
      throw error;
    }
  }

  #acquireOrRenew(): boolean {
    const { name, identity } = this.#options;
    const { nowMs, wallMs } = this.#sim;
    const now = microTimestamp(wallMs);
    if (this.#leading && this.#renewUnseen(now)) return true;
    const lease = this.#find(name);
    if (lease === undefined) {
      this.#observe(
        this.#client.create({
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { name, namespace: this.#namespace },
          spec: {
            holderIdentity: identity,
            leaseDurationSeconds: LEASE_DURATION_SECONDS,
            acquireTime: now,
            renewTime: now,
            leaseTransitions: 0,
          },
        }),
      );
      return true;
    }
    if (lease.metadata.resourceVersion !== this.#observed?.metadata.resourceVersion) this.#observe(lease);
    const { holderIdentity, acquireTime, leaseTransitions = 0 } = lease.spec ?? {};
    const mine = holderIdentity === identity;
    const free = holderIdentity === undefined || holderIdentity === '';
    if (!mine && !free && nowMs < this.#observedMs + LEASE_DURATION_SECONDS * 1_000) return false;
    this.#observe(
      this.#client.update({
        ...lease,
        spec: {
          holderIdentity: identity,
          leaseDurationSeconds: LEASE_DURATION_SECONDS,
          acquireTime: mine ? acquireTime : now,
          renewTime: now,
          leaseTransitions: mine ? leaseTransitions : leaseTransitions + 1,
        },
      }),
    );
    return true;
  }

  /** A leader takes it that nobody else has written the Lease, and looks only when that turns out wrong. */
  #renewUnseen(now: string): boolean {
    const lease = this.#observed;
    if (lease === undefined) return false;
    try {
      this.#observe(this.#client.update({ ...lease, spec: { ...lease.spec, renewTime: now } }));
      return true;
    } catch (error) {
      if (error instanceof StatusError) return false;
      throw error;
    }
  }

  #find(name: string): Lease | undefined {
    try {
      return this.#client.get(name, this.#namespace);
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return undefined;
      throw error;
    }
  }

  #observe(lease: Lease): void {
    this.#observed = lease;
    this.#observedMs = this.#sim.nowMs;
  }
}
