import { sameValue } from '../../api/copy-on-write.ts';
import type { Pod, ReplicaSet } from '../../api/kinds.ts';
import type { LabelSelectorFields } from '../../api/label-selector.ts';
import { controllerOf, objectKey } from '../../api/object.ts';
import { type Resource, replicaSets } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { Expectations } from '../expectations.ts';
import { OwnedPods } from '../owned-objects.ts';
import { inGrowingBatches, isNamespaceTerminating, PodControl } from '../pod-control.ts';
import { isActive } from '../pod-state.ts';
import { podsToDelete } from '../pods-to-delete.ts';
import { WrittenVersions } from '../written-versions.ts';
import { type ReplicaFailure, replicaSetStatus } from './replica-set-status.ts';

/** No more than this many Pods are made or deleted at a time. */
const BURST_REPLICAS = 500;

/** A kind that keeps replicas of a Pod: ReplicaSets, and what looks enough like them. */
export interface ReplicaKind {
  readonly resource: Resource<ReplicaSet>;
  readonly controllerName: string;
  /** What its events bear. */
  readonly component: string;
  readonly selectorOf?: (replicaSet: ReplicaSet) => LabelSelectorFields | undefined;
}

const REPLICA_SETS: ReplicaKind = {
  resource: replicaSets,
  controllerName: 'replicaset-controller',
  component: 'replicaset-controller',
};

/**
 * Keeps as many Pods as `spec.replicas` says.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/, after `pkg/controller/replicaset/replica_set.go`.
 */
export class ReplicaSetController {
  readonly #sim: Simulation;
  readonly #replicaSetClient: ResourceClient<ReplicaSet>;
  readonly #pods: OwnedPods<ReplicaSet>;
  readonly #replicaSets: Informer<ReplicaSet>;
  readonly #podControl: PodControl;
  readonly #expectations = new Expectations();
  readonly #written: WrittenVersions;
  readonly #controller: Controller;

  constructor(context: ControllerContext, kind = REPLICA_SETS) {
    const { sim, client, informers, recorder } = context;
    this.#sim = sim;
    this.#written = new WrittenVersions(sim);
    this.#replicaSetClient = client.resource(kind.resource);
    this.#pods = new OwnedPods(context, kind.resource, {
      selectorOf: kind.selectorOf,
      mayAdopt: (_, pod) => isActive(pod),
    });
    this.#replicaSets = informers.for(kind.resource);
    this.#podControl = new PodControl(this.#pods.client, recorder(kind.component));
    this.#controller = new Controller(sim, {
      name: kind.controllerName,
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods.informer, this.#replicaSets],
    });
    this.#watch();
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const replicaSet = this.#replicaSets.lister.byKey(key);
    if (replicaSet === undefined) {
      this.#expectations.forget(key);
      this.#written.forgetAll(key);
      return;
    }
    // Its last status is on its way back, and will be told of: whoever goes on without it is refused.
    if (this.#written.isAheadOf(key, [replicaSet])) return;
    // Observe …
    const cacheIsCurrent = this.#expectations.areMet(key, this.#sim.nowMs);
    const claimed = this.#pods.claim(replicaSet);
    const active = claimed.filter(isActive);

    // … compare, act …
    let failure: ReplicaFailure | undefined;
    let error: unknown;
    if (cacheIsCurrent && replicaSet.metadata.deletionTimestamp === undefined) {
      const surplus = active.length - (replicaSet.spec.replicas ?? 1);
      try {
        if (surplus < 0) this.#createPods(replicaSet, Math.min(-surplus, BURST_REPLICAS));
        if (surplus > 0) this.#deletePods(replicaSet, active, Math.min(surplus, BURST_REPLICAS));
      } catch (caught) {
        if (!(caught instanceof StatusError)) throw caught;
        failure = { reason: surplus < 0 ? 'FailedCreate' : 'FailedDelete', message: caught.message };
        error = caught;
      }
    }

    // … and report.
    this.#updateStatus(replicaSet, claimed, failure);
    if (error !== undefined) throw error;
  }

  #createPods(replicaSet: ReplicaSet, count: number): void {
    const key = objectKey(replicaSet);
    this.#expectations.expectCreations(key, count, this.#sim.nowMs);
    const { done, error } = inGrowingBatches(count, () => {
      this.#podControl.create(replicaSet, replicaSet.spec.template!);
    });
    this.#expectations.creationSettled(key, count - done);
    if (error !== undefined && !isNamespaceTerminating(error)) throw error;
  }

  #deletePods(replicaSet: ReplicaSet, active: readonly Pod[], count: number): void {
    const key = objectKey(replicaSet);
    const doomed = podsToDelete(active, this.#relatedPods(replicaSet), count, this.#sim.wallMs);
    this.#expectations.expectDeletions(
      key,
      doomed.map((pod) => pod.metadata.uid),
      this.#sim.nowMs,
    );
    let error: unknown;
    for (const pod of doomed) {
      try {
        if (this.#podControl.delete(replicaSet, pod)) continue;
      } catch (caught) {
        error = caught;
      }
      this.#expectations.deletionSettled(key, pod.metadata.uid);
    }
    if (error !== undefined) throw error;
  }

  /** The active Pods of all ReplicaSets with the same owner: of all revisions of a Deployment. */
  #relatedPods(replicaSet: ReplicaSet): Pod[] {
    const owner = controllerOf(replicaSet);
    const siblings =
      owner === undefined
        ? [replicaSet]
        : this.#replicaSets.lister
            .list(replicaSet.metadata.namespace)
            .filter((other) => controllerOf(other)?.uid === owner.uid);
    return siblings.flatMap((sibling) => this.#pods.of(sibling)).filter(isActive);
  }

  #updateStatus(replicaSet: ReplicaSet, claimed: readonly Pod[], failure: ReplicaFailure | undefined): void {
    const status = replicaSetStatus(replicaSet, claimed, failure, this.#sim.wallMs);
    if (!sameValue(status, replicaSet.status))
      this.#written.note(objectKey(replicaSet), this.#replicaSetClient.updateStatus({ ...replicaSet, status }));
    const { minReadySeconds = 0, replicas = 1 } = replicaSet.spec;
    if (minReadySeconds > 0 && status.readyReplicas === replicas && status.availableReplicas !== replicas) {
      this.#controller.queue.addAfter(objectKey(replicaSet), minReadySeconds * 1_000);
    }
  }

  #watch(): void {
    this.#controller.watch(this.#replicaSets);
    this.#replicaSets.addHandlers({
      delete: (replicaSet) => {
        this.#written.forget(objectKey(replicaSet), replicaSet);
        this.#controller.enqueue(replicaSet);
      },
    });
    this.#pods.follow((replicaSet, pod, happening) => {
      const key = objectKey(replicaSet);
      this.#expectations.observe(key, pod.metadata.uid, happening);
      this.#controller.enqueueKey(key, pod);
    });
    this.#pods.lookAgainWhenAvailable(this.#controller);
  }
}
