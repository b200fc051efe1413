import { sameValue } from '../../api/copy-on-write.ts';
import { hasEnded } from '../../api/core/pod-phase.ts';
import type { DaemonSet, Node, Pod } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import { objectKey } from '../../api/object.ts';
import { daemonSets, nodes } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { ControllerHistory } from '../controller-history.ts';
import { Expectations } from '../expectations.ts';
import { OwnedPods } from '../owned-objects.ts';
import { inGrowingBatches, isNamespaceTerminating, PodControl } from '../pod-control.ts';
import { WrittenVersions } from '../written-versions.ts';
import { daemonPodTemplate, REVISION_HASH, targetNode } from './daemon-pod.ts';
import { daemonSetStatus } from './daemon-set-status.ts';
import { manageSteps, type Place, places, rollingSteps, type Steps } from './daemon-steps.ts';
import { FailedPods } from './failed-pods.ts';

/** No more than this many Pods are made or deleted at a time. */
const BURST = 250;

/**
 * Keeps a Pod on every node that fits.
 * https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/, after `pkg/controller/daemon`.
 */
export class DaemonSetController {
  readonly #sim: Simulation;
  readonly #daemonSetClient: ResourceClient<DaemonSet>;
  readonly #pods: OwnedPods<DaemonSet>;
  readonly #nodes: Informer<Node>;
  readonly #daemonSets: Informer<DaemonSet>;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #history: ControllerHistory<DaemonSet>;
  readonly #expectations = new Expectations();
  readonly #written: WrittenVersions;
  readonly #failedPods = new FailedPods();
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    const { sim, client, informers, recorder } = context;
    this.#sim = sim;
    this.#written = new WrittenVersions(sim);
    this.#daemonSetClient = client.resource(daemonSets);
    this.#pods = new OwnedPods(context, daemonSets);
    this.#nodes = informers.for(nodes);
    this.#daemonSets = informers.for(daemonSets);
    this.#recorder = recorder('daemonset-controller');
    this.#podControl = new PodControl(this.#pods.client, this.#recorder);
    this.#history = new ControllerHistory(context, daemonSets, REVISION_HASH);
    this.#controller = new Controller(sim, {
      name: 'daemonset-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods.informer, this.#nodes, this.#daemonSets, this.#history.informer],
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
    const daemonSet = this.#daemonSets.lister.byKey(key);
    if (daemonSet === undefined) {
      this.#expectations.forget(key);
      this.#written.forgetAll(key);
      return;
    }
    // Its last status is on its way back, and will be told of: whoever goes on without it is refused.
    if (this.#written.isAheadOf(key, [daemonSet])) return;
    if (daemonSet.metadata.deletionTimestamp !== undefined) return;
    if (labelSelectorOf(daemonSet.spec.selector).isEmpty) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      this.#recorder.event(daemonSet, 'Warning', 'SelectingAll', message);
      return;
    }
    // Observe …
    const history = this.#history.of(daemonSet);
    const hash = history.current.metadata.labels?.[REVISION_HASH] ?? '';
    const all = this.#observe(daemonSet);

    // … compare, act …
    const { wallMs, nowMs } = this.#sim;
    let error: unknown;
    try {
      if (this.#expectations.areMet(key, nowMs)) this.#manage(daemonSet, all, hash);
      // A rolling update waits until every node has its Pod on the way.
      if (this.#expectations.areMet(key, nowMs)) this.#act(daemonSet, rollingSteps(daemonSet, all, hash, wallMs), hash);
      const live = new Set(all.flatMap(({ pods: own }) => own.map(({ metadata }) => metadata.labels?.[REVISION_HASH])));
      this.#history.removeSurplus(daemonSet, history, ({ metadata }) => live.has(metadata.labels?.[REVISION_HASH]));
    } catch (caught) {
      error = caught;
    }

    // … and report.
    const status = daemonSetStatus(daemonSet, all, hash, history.collisionCount, wallMs);
    if (!sameValue(status, daemonSet.status)) {
      this.#written.note(key, this.#daemonSetClient.updateStatus({ ...daemonSet, status }));
    }
    const { minReadySeconds = 0 } = daemonSet.spec;
    if (minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0)) {
      this.#controller.queue.addAfter(key, minReadySeconds * 1_000);
    }
    if (error !== undefined) throw error;
  }

  #observe(daemonSet: DaemonSet): Place[] {
    const byNode = new Map<string, Pod[]>();
    for (const pod of this.#pods.claim(daemonSet)) {
      // One that has ended and is held by a finalizer only is nobody's business here.
      if (pod.metadata.deletionTimestamp !== undefined && hasEnded(pod)) continue;
      const nodeName = targetNode(pod) ?? '';
      const there = byNode.get(nodeName);
      if (there === undefined) byNode.set(nodeName, [pod]);
      else there.push(pod);
    }
    const found = places(daemonSet, this.#nodes.lister.list(), byNode);
    for (const { nodeName } of found) byNode.delete(nodeName);
    // Pods meant for nodes that have gone and that they never reached; pod garbage collection sees to the others.
    const fit = { shouldRun: false, shouldStay: false };
    for (const [nodeName, lost] of byNode) {
      const waiting = lost.filter(({ spec }) => !spec.nodeName);
      if (waiting.length > 0) found.push({ nodeName, fit, pods: waiting });
    }
    return found;
  }

  #manage(daemonSet: DaemonSet, all: readonly Place[], hash: string): void {
    const { create, remove } = manageSteps(daemonSet, all, hash, this.#sim.wallMs);
    const due = remove.filter((pod) => this.#isDue(daemonSet, pod));
    this.#act(daemonSet, { create, remove: due }, hash);
  }

  /** A Pod that ended goes, and its place is filled anew; one that fails again and again does so more and more slowly. */
  #isDue(daemonSet: DaemonSet, pod: Pod): boolean {
    const { phase } = pod.status ?? {};
    if (phase !== 'Failed' && phase !== 'Succeeded') return true;
    const { namespace, name } = pod.metadata;
    const where = `daemon pod ${namespace}/${name} on node ${pod.spec.nodeName ?? ''}`;
    if (phase === 'Succeeded') {
      const message = `Found succeeded ${where}, will try to delete it`;
      this.#recorder.event(daemonSet, 'Normal', 'SucceededDaemonPod', message);
      return true;
    }
    const waitMs = this.#failedPods.waitMs(`${daemonSet.metadata.uid}/${targetNode(pod)}`, this.#sim.nowMs);
    if (waitMs > 0) {
      this.#controller.queue.addAfter(objectKey(daemonSet), waitMs);
      return false;
    }
    const message = `Found failed ${where}, will try to kill it`;
    this.#recorder.event(daemonSet, 'Warning', 'FailedDaemonPod', message);
    return true;
  }

  #act(daemonSet: DaemonSet, steps: Steps, hash: string): void {
    const create = steps.create.slice(0, BURST);
    const remove = steps.remove.slice(0, BURST);
    if (create.length === 0 && remove.length === 0) return;
    const key = objectKey(daemonSet);
    const uids = remove.map((pod) => pod.metadata.uid);
    this.#expectations.expect(key, create.length, uids, this.#sim.nowMs);
    const { done, error } = inGrowingBatches(create.length, (index) => {
      this.#podControl.create(daemonSet, daemonPodTemplate(daemonSet, create[index]!, hash));
    });
    this.#expectations.creationSettled(key, create.length - done);
    let failure = isNamespaceTerminating(error) ? undefined : error;
    for (const pod of remove) {
      try {
        if (this.#podControl.delete(daemonSet, pod)) continue;
      } catch (caught) {
        failure = caught;
      }
      this.#expectations.deletionSettled(key, pod.metadata.uid);
    }
    if (failure !== undefined) throw failure;
  }

  #watch(): void {
    this.#controller.watch(this.#daemonSets);
    this.#daemonSets.addHandlers({
      delete: (daemonSet) => {
        this.#written.forget(objectKey(daemonSet), daemonSet);
        this.#controller.enqueue(daemonSet);
      },
    });
    this.#nodes.addHandlers({
      add: (node) => this.#nodesChanged(node),
      update: (previous, node) => {
        const isSame =
          sameValue(previous.metadata.labels, node.metadata.labels) &&
          sameValue(previous.spec?.taints, node.spec?.taints);
        if (!isSame) this.#nodesChanged(node);
      },
      delete: (node) => this.#nodesChanged(node),
    });
    this.#pods.follow((daemonSet, pod, happening) => {
      const key = objectKey(daemonSet);
      this.#expectations.observe(key, pod.metadata.uid, happening);
      this.#controller.enqueueKey(key, pod);
    });
    this.#pods.lookAgainWhenAvailable(this.#controller);
  }

  #nodesChanged(node: Node): void {
    for (const daemonSet of this.#daemonSets.lister.list()) {
      this.#controller.enqueueKey(objectKey(daemonSet), node);
    }
  }
}
