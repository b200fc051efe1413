import { sameValue } from '../../api/copy-on-write.ts';
import type { Deployment, Pod, ReplicaSet } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import { controllerOf, objectKey } from '../../api/object.ts';
import { deployments, pods, replicaSets } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { controlledBy, indexByController } from '../owner-index.ts';
import { NEWS_TIMEOUT_MS } from '../written-versions.ts';
import { conditionOf, type DeploymentStatus, hasProgressDeadline, withCondition } from './conditions.ts';
import { countedStatus, isComplete, nextProgressCheckMs, rolloutStatus } from './deployment-status.ts';
import { isScaled, scalings } from './proportional-scaling.ts';
import { oldPodsRemain, scaleDownAllOld, scaleUpNewest } from './recreate.ts';
import { surplusRevisions } from './revision-history.ts';
import { RevisionWriter } from './revision-writer.ts';
import { findRevisions, type Revisions } from './revisions.ts';
import { rollingUpdateStep, type Scaling } from './rolling-update.ts';

/**
 * Moves a Deployment towards its template by sizing ReplicaSets, one for each template it has had.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/, after `pkg/controller/deployment`.
 */
export class DeploymentController {
  readonly #sim: Simulation;
  readonly #deploymentClient: ResourceClient<Deployment>;
  readonly #deployments: Informer<Deployment>;
  readonly #replicaSets: OwnedObjects<Deployment, ReplicaSet>;
  readonly #pods: Informer<Pod>;
  readonly #recorder: EventRecorder;
  readonly #writer: RevisionWriter;
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    const { sim, client, informers, recorder } = context;
    this.#sim = sim;
    this.#deploymentClient = client.resource(deployments);
    this.#deployments = informers.for(deployments);
    this.#replicaSets = new OwnedObjects(context, deployments, replicaSets);
    this.#pods = informers.for(pods);
    this.#recorder = recorder('deployment-controller');
    this.#writer = new RevisionWriter(sim, client, this.#recorder);
    this.#controller = new Controller(sim, {
      name: 'deployment-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#deployments, this.#replicaSets.informer, this.#pods],
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
    const deployment = this.#deployments.lister.byKey(key);
    if (deployment === undefined) {
      this.#writer.written.forgetAll(key);
      return;
    }
    if (labelSelectorOf(deployment.spec.selector).isEmpty) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.';
      this.#recorder.event(deployment, 'Warning', 'SelectingAll', message);
      return;
    }
    // Observe: the ReplicaSets, one for each template that the Deployment has had …
    const claimed = this.#replicaSets.claim(deployment);
    if (this.#writer.written.isAheadOf(key, [deployment, ...claimed])) {
      this.#controller.queue.addAfter(key, NEWS_TIMEOUT_MS);
      return;
    }
    const revisions = findRevisions(deployment, claimed);
    if (deployment.metadata.deletionTimestamp !== undefined) {
      this.#writeStatus(deployment, countedStatus(deployment, revisions, this.#sim.wallMs));
      return;
    }
    if (this.#notePause(deployment)) return;
    // … compare their sizes with what is wanted, and go one step; each of the three ends with a report.
    if (deployment.spec.paused === true || isScaled(deployment, revisions)) this.#scale(deployment, revisions);
    else if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(deployment, revisions);
    else this.#roll(deployment, revisions);
  }

  #roll(given: Deployment, found: Revisions): void {
    const { deployment, revisions } = this.#writer.ensureNewest(given, found);
    const step = rollingUpdateStep(deployment, revisions);
    if (step.length === 0) this.#finish(deployment, revisions);
    this.#report(deployment, this.#apply(deployment, revisions, step));
  }

  #recreate(given: Deployment, found: Revisions): void {
    const noted = this.#writer.noteNewest(given, found);
    const old = scaleDownAllOld(noted.revisions);
    if (old.length > 0 || oldPodsRemain(noted.revisions, (replicaSet) => controlledBy(this.#pods, replicaSet))) {
      this.#report(noted.deployment, this.#apply(noted.deployment, noted.revisions, old));
      return;
    }
    const { deployment, revisions } = this.#writer.ensureNewest(noted.deployment, noted.revisions);
    const step = scaleUpNewest(deployment, revisions);
    if (step.length === 0) this.#finish(deployment, revisions);
    this.#report(deployment, this.#apply(deployment, revisions, step));
  }

  /** `spec.replicas` has changed, or the Deployment is paused: no new revision is begun, but sizes follow. */
  #scale(given: Deployment, found: Revisions): void {
    const { deployment, revisions } = this.#writer.noteNewest(given, found);
    const scaled = this.#apply(deployment, revisions, scalings(deployment, revisions));
    if (deployment.spec.paused === true) this.#removeSurplus(deployment, scaled);
    this.#writeStatus(deployment, countedStatus(deployment, scaled, this.#sim.wallMs));
  }

  #apply(deployment: Deployment, revisions: Revisions, steps: readonly Scaling[]): Revisions {
    const changed = new Map<string, ReplicaSet>();
    for (const step of steps) {
      changed.set(step.replicaSet.metadata.uid, this.#writer.scale(deployment, step));
    }
    const latest = (replicaSet: ReplicaSet) => changed.get(replicaSet.metadata.uid) ?? replicaSet;
    const { newest, old } = revisions;
    return { newest: newest === undefined ? undefined : latest(newest), old: old.map(latest) };
  }

  #finish(deployment: Deployment, revisions: Revisions): void {
    if (isComplete(deployment, deployment.status ?? {})) this.#removeSurplus(deployment, revisions);
  }

  #removeSurplus(deployment: Deployment, { old }: Revisions): void {
    for (const { metadata } of surplusRevisions(old, deployment.spec.revisionHistoryLimit)) {
      this.#replicaSets.client.delete(metadata.name, metadata.namespace, { preconditions: { uid: metadata.uid } });
    }
  }

  #report(deployment: Deployment, revisions: Revisions): void {
    const status = rolloutStatus(deployment, revisions, this.#sim.wallMs);
    this.#writeStatus(deployment, status);
    const checkMs = nextProgressCheckMs(deployment, status, this.#sim.wallMs);
    if (checkMs !== undefined) this.#controller.queue.addAfter(objectKey(deployment), checkMs);
  }

  #writeStatus(deployment: Deployment, status: DeploymentStatus): void {
    if (sameValue(status, deployment.status)) return;
    this.#writer.written.note(objectKey(deployment), this.#deploymentClient.updateStatus({ ...deployment, status }));
  }

  /** A pause stops the clock of the progress deadline, and says so. Returns whether that was written. */
  #notePause(deployment: Deployment): boolean {
    if (!hasProgressDeadline(deployment)) return false;
    const reason = conditionOf(deployment.status, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded') return false;
    const isPaused = deployment.spec.paused === true;
    if (isPaused === (reason === 'DeploymentPaused')) return false;
    const note = isPaused
      ? { reason: 'DeploymentPaused', message: 'Deployment is paused' }
      : { reason: 'DeploymentResumed', message: 'Deployment is resumed' };
    const condition = { type: 'Progressing', status: 'Unknown', ...note };
    const conditions = withCondition(deployment.status?.conditions ?? [], condition, this.#sim.wallMs);
    this.#writeStatus(deployment, { ...deployment.status, conditions });
    return true;
  }

  #watch(): void {
    indexByController(this.#pods);
    this.#controller.watch(this.#deployments);
    this.#deployments.addHandlers({
      delete: (deployment) => this.#writer.written.forget(objectKey(deployment), deployment),
    });
    this.#replicaSets.follow((deployment, replicaSet, happening) => {
      if (happening === 'deleted') this.#writer.written.forget(objectKey(deployment), replicaSet);
      this.#controller.enqueueKey(objectKey(deployment), replicaSet);
    });
    // Only the Recreate strategy waits for Pods to be gone.
    this.#pods.addHandlers({ delete: (pod) => this.#podDeleted(pod) });
  }

  #podDeleted(pod: Pod): void {
    const reference = controllerOf(pod);
    if (reference?.kind !== 'ReplicaSet') return;
    const replicaSet = this.#replicaSets.informer.lister.get(reference.name, pod.metadata.namespace);
    const deployment = replicaSet === undefined ? undefined : this.#replicaSets.ownerOf(replicaSet);
    if (deployment?.spec.strategy?.type === 'Recreate') this.#controller.enqueueKey(objectKey(deployment), pod);
  }
}
