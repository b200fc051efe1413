import { sameValue } from '../../api/copy-on-write.ts';
import type { Pod, PodStatus } from '../../api/kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { ConnectionError } from '../../client/transport.ts';
import type { Simulation, Timer } from '../../sim/index.ts';
import { podActivity } from '../kubelet-context.ts';
import { RESIZE_PENDING } from './conditions.ts';

interface Entry {
  /** The object on the server that shows the status: the Pod itself, or a static Pod's mirror. */
  target: Pod | undefined;
  status: PodStatus;
  /** What the server has been told. */
  written: PodStatus | undefined;
  /** Delete the object once it shows this status: all of the Pod has been cleaned up. */
  deleteAfter: boolean;
  /** That has been done; what the server shows until the object is gone changes nothing any more. */
  deleted: boolean;
}

const RETRY_MS = 10_000;

/**
 * Keeps `status` on the server in step with what the kubelet sees, writing only what changed. What cannot be written now
 * is tried again every ten seconds. After `pkg/kubelet/status/status_manager.go`.
 */
export class StatusWriter {
  readonly #sim: Simulation;
  readonly #pods: ResourceClient<Pod>;
  readonly #component: string;
  readonly #entries = new Map<string, Entry>();
  readonly #dirty = new Set<string>();
  #timer: Timer | undefined;

  constructor(sim: Simulation, pods: ResourceClient<Pod>, component: string) {
    this.#sim = sim;
    this.#pods = pods;
    this.#component = component;
  }

  /** The status set last, whether written or not. */
  status(uid: string): PodStatus | undefined {
    return this.#entries.get(uid)?.status;
  }

  /** Says which object on the server shows the Pod's status; undefined: none does. */
  setTarget(uid: string, target: Pod | undefined): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    if (entry.target?.metadata.uid !== target?.metadata.uid) entry.written = target?.status;
    entry.target = newer(entry.target, target);
    this.#flush(uid, entry);
  }

  set(uid: string, target: Pod | undefined, status: PodStatus): void {
    let entry = this.#entries.get(uid);
    if (entry === undefined) {
      entry = { target, status, written: target?.status, deleteAfter: false, deleted: false };
      this.#entries.set(uid, entry);
    }
    entry.target = newer(entry.target, target);
    entry.status = status;
    this.#flush(uid, entry);
  }

  /**
   * The server shows another version of the Pod. Where its conditions are no longer those that were written (the node
   * controller has called it not ready, say, while the node was silent), they are written again.
   *
   * @param uid of the Pod that the object shows, which a mirror's own is not
   */
  reconcile(target: Pod, uid = target.metadata.uid): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined || newer(entry.target, target) !== target) return;
    entry.target = target;
    const shown = target.status?.conditions ?? [];
    const isWrong = entry.written?.conditions?.some(({ type, status }) =>
      shown.some((condition) => condition.type === type && condition.status !== status),
    );
    if (isWrong !== true) return;
    entry.written = target.status;
    this.#flush(uid, entry);
  }

  /** The Pod has ended and is cleaned up: after its last status the object may go. */
  deleteWhenWritten(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    entry.deleteAfter = true;
    this.#flush(uid, entry);
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
    this.#dirty.delete(uid);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#entries.clear();
    this.#dirty.clear();
  }

  #flush(uid: string, entry: Entry): void {
    const { target } = entry;
    if (target === undefined) return;
    this.#dirty.delete(uid);
    try {
      this.#sim.trace.during(podActivity(this.#component, target), () => {
        if (!sameValue(entry.written, entry.status)) this.#write(entry, target);
        if (entry.deleteAfter) this.#delete(entry, target);
      });
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return;
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      this.#dirty.add(uid);
      this.#retryLater();
    }
  }

  #write(entry: Entry, target: Pod): void {
    try {
      entry.target = this.#pods.updateStatus({ ...target, status: withForeign(entry.status, target) });
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 409)) throw error;
      const fresh = this.#pods.get(target.metadata.name, target.metadata.namespace);
      // Another Pod of this name: ours is gone, and nobody wants to know how it fared.
      if (fresh.metadata.uid !== target.metadata.uid) return;
      entry.target = this.#pods.updateStatus({ ...fresh, status: withForeign(entry.status, fresh) });
    }
    entry.written = entry.status;
  }

  #delete(entry: Entry, target: Pod): void {
    if (entry.deleted) return;
    const { name, namespace, uid } = target.metadata;
    this.#pods.delete(name, namespace, { gracePeriodSeconds: 0, preconditions: { uid } });
    entry.deleted = true;
  }

  #retryLater(): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#sim.schedule(RETRY_MS, `${this.#component} status`, () => {
      this.#timer = undefined;
      for (const uid of [...this.#dirty]) {
        const entry = this.#entries.get(uid);
        if (entry !== undefined) this.#flush(uid, entry);
      }
    });
  }
}

/** What others have set in the meantime is theirs: conditions, and which claims were made for the Pod. */
function withForeign(status: PodStatus, fresh: Pod): PodStatus {
  const own = status.conditions ?? [];
  const foreign = (fresh.status?.conditions ?? []).filter(
    ({ type }) => type !== RESIZE_PENDING && !own.some((condition) => condition.type === type),
  );
  const { resourceClaimStatuses } = fresh.status ?? {};
  const claims = resourceClaimStatuses === undefined ? {} : { resourceClaimStatuses };
  const merged = { ...status, ...claims };
  return foreign.length === 0 ? merged : { ...merged, conditions: [...own, ...foreign] };
}

/** Of two versions of one object the later one; versions are numbers that grow (KEP-5504). */
function newer(known: Pod | undefined, given: Pod | undefined): Pod | undefined {
  if (known === undefined || given === undefined || known.metadata.uid !== given.metadata.uid) return given;
  return Number(known.metadata.resourceVersion) >= Number(given.metadata.resourceVersion) ? known : given;
}
