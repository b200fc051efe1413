import { sameValue } from '../../api/copy-on-write.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../api/kinds.ts';
import { controllerOf, objectKey } from '../../api/object.ts';
import { statefulSets } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { ControllerHistory, type History, templateOf } from '../controller-history.ts';
import { OwnedPods } from '../owned-objects.ts';
import { NEWS_TIMEOUT_MS, WrittenVersions } from '../written-versions.ts';
import { ordinalOf, ownsClaim, revisionOf, statefulPod } from './stateful-pod.ts';
import { StatefulPodControl } from './stateful-pod-control.ts';
import { type RevisionNames, statefulSetStatus } from './stateful-set-status.ts';
import { type Ranks, statefulSteps, type UpdatePace } from './stateful-steps.ts';

/**
 * Keeps Pods with lasting names, one for each ordinal.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/, after `pkg/controller/statefulset`.
 */
export class StatefulSetController {
  readonly #sim: Simulation;
  readonly #statefulSetClient: ResourceClient<StatefulSet>;
  readonly #pods: OwnedPods<StatefulSet>;
  readonly #statefulSets: Informer<StatefulSet>;
  readonly #recorder: EventRecorder;
  readonly #podControl: StatefulPodControl;
  readonly #history: ControllerHistory<StatefulSet>;
  readonly #written: WrittenVersions;
  readonly #pace: UpdatePace;
  /** Uids of Pods just deleted, until the cache shows it. */
  readonly #deleted = new Set<string>();
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    const { sim, client, informers, recorder, featureGates } = context;
    this.#sim = sim;
    this.#pace = featureGates.has('MaxUnavailableStatefulSet') ? 'by-max-unavailable' : 'one-by-one';
    this.#written = new WrittenVersions(sim);
    this.#statefulSetClient = client.resource(statefulSets);
    this.#pods = new OwnedPods(context, statefulSets, {
      // Pods of other names are not ours even if they match.
      mayAdopt: (statefulSet, pod) => ordinalOf(statefulSet, pod) !== undefined,
    });
    this.#statefulSets = informers.for(statefulSets);
    this.#recorder = recorder('statefulset-controller');
    this.#podControl = new StatefulPodControl(context, this.#recorder);
    this.#history = new ControllerHistory(context, statefulSets, 'controller.kubernetes.io/hash');
    this.#controller = new Controller(sim, {
      name: 'statefulset-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods.informer, this.#statefulSets, this.#history.informer, this.#podControl.claims],
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
    const statefulSet = this.#statefulSets.lister.byKey(key);
    if (statefulSet === undefined) {
      this.#written.forgetAll(key);
      return;
    }
    // What was written last is on its way back: whoever goes on without it is refused.
    if (this.#written.isAheadOf(key, [statefulSet, ...this.#pods.of(statefulSet)])) {
      this.#controller.queue.addAfter(key, NEWS_TIMEOUT_MS);
      return;
    }
    // Observe …
    const claimed = this.#pods.claim(statefulSet);
    const history = this.#history.of(statefulSet);
    const names = revisionNames(statefulSet, history);
    const ranks = this.#rank(statefulSet, claimed);

    // … compare, act …
    let error: unknown;
    try {
      if (statefulSet.metadata.deletionTimestamp === undefined) this.#act(statefulSet, ranks, history, names);
    } catch (caught) {
      error = caught;
    }

    // … and report.
    const own = [...ranks.pods.values()];
    const status = statefulSetStatus(statefulSet, own, names, this.#sim.wallMs);
    if (!sameValue(status, statefulSet.status)) {
      this.#written.note(key, this.#statefulSetClient.updateStatus({ ...statefulSet, status }));
    }
    const live = new Set([names.current, names.update, ...own.map(revisionOf)]);
    this.#history.removeSurplus(statefulSet, history, ({ metadata }) => live.has(metadata.name));
    if (error !== undefined) throw error;
  }

  #rank(statefulSet: StatefulSet, claimed: readonly Pod[]): Ranks {
    const { replicas = 1, ordinals } = statefulSet.spec;
    const start = ordinals?.start ?? 0;
    const byOrdinal = new Map<number, Pod>();
    for (const pod of claimed) {
      const ordinal = ordinalOf(statefulSet, pod);
      if (ordinal !== undefined) byOrdinal.set(ordinal, pod);
    }
    return {
      start,
      end: start + replicas,
      pods: byOrdinal,
      isTerminating: ({ metadata }) => metadata.deletionTimestamp !== undefined || this.#deleted.has(metadata.uid),
      wallMs: this.#sim.wallMs,
    };
  }

  #act(statefulSet: StatefulSet, ranks: Ranks, history: History, names: RevisionNames): void {
    for (const [ordinal, pod] of ranks.pods) {
      this.#podControl.tendClaims(statefulSet, pod, ordinal, ordinal < ranks.start || ordinal >= ranks.end);
    }
    const { create, remove } = statefulSteps(statefulSet, ranks, names.update, this.#pace);
    for (const ordinal of create) {
      if (this.#podControl.mustWaitForClaims(statefulSet, ordinal)) return;
      const revision = revisionFor(statefulSet, ordinal, names);
      const kept = history.old.find(({ metadata }) => metadata.name === revision);
      const template = kept === undefined ? statefulSet.spec.template : templateOf(kept);
      const pod = this.#podControl.create(statefulSet, statefulPod(statefulSet, template, revision, ordinal), ordinal);
      if (pod !== undefined) this.#written.note(objectKey(statefulSet), pod);
    }
    for (const pod of remove) {
      this.#podControl.delete(statefulSet, pod);
      this.#deleted.add(pod.metadata.uid);
    }
  }

  #watch(): void {
    this.#controller.watch(this.#statefulSets);
    this.#statefulSets.addHandlers({ delete: (statefulSet) => this.#written.forgetAll(objectKey(statefulSet)) });
    this.#pods.follow((statefulSet, pod, happening) => {
      if (happening === 'deleted') {
        this.#deleted.delete(pod.metadata.uid);
        this.#written.forget(objectKey(statefulSet), pod);
      }
      this.#controller.enqueueKey(objectKey(statefulSet), pod);
    });
    this.#pods.lookAgainWhenAvailable(this.#controller);
    // A Pod may be waiting for the claim of its predecessor to go.
    this.#podControl.claims.addHandlers({ delete: (claim) => this.#claimDeleted(claim) });
  }

  #claimDeleted(claim: PersistentVolumeClaim): void {
    if (controllerOf(claim)?.kind !== 'Pod') return;
    for (const statefulSet of this.#statefulSets.lister.list(claim.metadata.namespace)) {
      if (ownsClaim(statefulSet, claim.metadata.name)) this.#controller.enqueueKey(objectKey(statefulSet), claim);
    }
  }
}

/** The current revision is the one the status names, as long as it exists. */
function revisionNames({ status }: StatefulSet, { current: newest, old, collisionCount }: History): RevisionNames {
  const update = newest.metadata.name;
  const isKept = old.some(({ metadata }) => metadata.name === status?.currentRevision);
  return { current: isKept ? status!.currentRevision! : update, update, collisionCount };
}

/** Below the partition Pods are made anew from the current revision: the canary stays where it is. */
function revisionFor({ spec }: StatefulSet, ordinal: number, { current, update }: RevisionNames): string {
  if (spec.updateStrategy?.type !== 'RollingUpdate') return update;
  const { partition = 0 } = spec.updateStrategy.rollingUpdate ?? {};
  return ordinal < (spec.ordinals?.start ?? 0) + partition ? current : update;
}
