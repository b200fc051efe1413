import type { PersistentVolumeClaim } from '../api/kinds.ts';
import { persistentVolumeClaims } from '../api/resources.ts';
import { timestamp } from '../api/timestamp.ts';
import type { GrpcError } from '../linux/grpc.ts';
import type { SidecarSetup } from './sidecar.ts';

type ClaimStatus = NonNullable<PersistentVolumeClaim['status']>;
export type Condition = NonNullable<ClaimStatus['conditions']>[number];

/** How long what cannot work is not tried again, unless the claim changes. */
const SLOW_RETRY_MS = 300_000;

/** A condition that holds from now on. */
export function condition({ sim }: SidecarSetup, type: string, message?: string): Condition {
  const text = message === undefined ? {} : { message };
  return { type, status: 'True', lastTransitionTime: timestamp(sim.wallMs), ...text };
}

/**
 * Writes into the status of a claim.
 *
 * @param own the conditions of these types that hold now: they replace one another, what others say of the claim stays
 * @returns the claim as it is now @throws StatusError
 */
export function patchStatus(
  { client }: SidecarSetup,
  { metadata, status }: PersistentVolumeClaim,
  types: readonly string[],
  own: readonly Condition[],
  change: object,
): PersistentVolumeClaim {
  const others = (status?.conditions ?? []).filter(({ type }) => !types.includes(type));
  const conditions = [...others, ...own];
  const { name, namespace } = metadata;
  const patch = { status: { ...change, conditions: conditions.length === 0 ? null : conditions } };
  return client
    .resource<PersistentVolumeClaim>(persistentVolumeClaims)
    .patch(name, namespace, 'merge', patch, { subresource: 'status' });
}

/** Whether it is certain that nothing is under way any more. */
export function isFinal({ code }: GrpcError): boolean {
  return !['Canceled', 'DeadlineExceeded', 'Unavailable', 'ResourceExhausted', 'Aborted'].includes(code);
}

/** What cannot work whatever happens: it is tried again, but rarely. */
export class SlowSet {
  readonly #setup: SidecarSetup;
  readonly #untilMs = new Map<string, number>();

  constructor(setup: SidecarSetup) {
    this.#setup = setup;
  }

  add(key: string): void {
    this.#untilMs.set(key, this.#setup.sim.nowMs + SLOW_RETRY_MS);
    this.#setup.queue.addAfter(key, SLOW_RETRY_MS);
  }

  remove(key: string): void {
    this.#untilMs.delete(key);
  }

  has(key: string): boolean {
    return (this.#untilMs.get(key) ?? 0) > this.#setup.sim.nowMs;
  }
}
