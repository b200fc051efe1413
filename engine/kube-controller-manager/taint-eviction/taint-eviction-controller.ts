import type { Node, Pod, Taint, Toleration } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { nodes, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { tolerates } from '../../client/tolerations.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { indexByNode, podsOnNode } from '../node-index.ts';

/**
 * How many seconds a Pod may stay on a node with these NoExecute taints: 0 when it does not tolerate one of them,
 * infinity when it tolerates all of them without a limit.
 */
export function toleratedSeconds(taints: readonly Taint[], tolerations: readonly Toleration[] = []): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, tolerationSeconds));
    }
  }
  return shortest;
}

/**
 * Deletes Pods from nodes with NoExecute taints, at once or when their `tolerationSeconds` have passed.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions, after
 * `pkg/controller/tainteviction/taint_eviction.go`.
 */
export class TaintEvictionController {
  readonly #sim: Simulation;
  readonly #client: ResourceClient<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #recorder: EventRecorder;
  /** Since when Pods have been on a tainted node. */
  readonly #sinceMs = new Map<string, number>();
  readonly #controller: Controller;

  constructor({ sim, client, informers, recorder }: ControllerContext) {
    this.#sim = sim;
    this.#client = client.resource(pods);
    this.#nodes = informers.for(nodes);
    this.#pods = informers.for(pods);
    this.#recorder = recorder('taint-eviction-controller');
    this.#controller = new Controller(sim, {
      name: 'taint-eviction-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#nodes, this.#pods],
    });
    indexByNode(this.#pods);
    this.#pods.addHandlers({
      add: (pod) => this.#podChanged(undefined, pod),
      update: (previous, pod) => this.#podChanged(previous, pod),
      delete: (pod) => {
        if (this.#isConcerned(pod)) this.#controller.enqueue(pod);
      },
    });
    this.#nodes.addHandlers({
      add: (node) => this.#nodeChanged(undefined, node),
      update: (previous, node) => this.#nodeChanged(previous, node),
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #podChanged(previous: Pod | undefined, pod: Pod): void {
    if (!pod.spec.nodeName) return;
    if (previous?.spec.nodeName === pod.spec.nodeName && previous.spec.tolerations === pod.spec.tolerations) return;
    if (this.#isConcerned(pod)) this.#controller.enqueue(pod);
  }

  /** Most Pods are on nodes that nobody has to leave: there is nothing to reconsider, and nothing to call off. */
  #isConcerned(pod: Pod): boolean {
    if (this.#sinceMs.size > 0 && this.#sinceMs.has(objectKey(pod))) return true;
    return evictionTaints(this.#nodes.lister.get(pod.spec.nodeName ?? '')).length > 0;
  }

  #nodeChanged(previous: Node | undefined, node: Node): void {
    if (evictionTaints(previous).length === 0 && evictionTaints(node).length === 0) return;
    if (previous?.spec?.taints === node.spec?.taints) return;
    for (const pod of podsOnNode(this.#pods, node.metadata.name)) this.#controller.enqueueKey(objectKey(pod), node);
  }

  #reconcile(key: string): void {
    const pod = this.#pods.lister.byKey(key);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) {
      this.#sinceMs.delete(key);
      return;
    }
    const taints = evictionTaints(this.#nodes.lister.get(pod.spec.nodeName ?? ''));
    const seconds = toleratedSeconds(taints, pod.spec.tolerations);
    if (seconds === Number.POSITIVE_INFINITY) {
      if (this.#sinceMs.delete(key)) this.#report(pod, `Cancelling deletion of Pod ${key}`);
      return;
    }
    const sinceMs = this.#sinceMs.get(key) ?? this.#sim.nowMs;
    this.#sinceMs.set(key, sinceMs);
    const leftMs = sinceMs + seconds * 1_000 - this.#sim.nowMs;
    if (leftMs > 0) this.#controller.queue.addAfter(key, leftMs);
    else this.#evict(key, pod);
  }

  #evict(key: string, pod: Pod): void {
    this.#report(pod, `Marking for deletion Pod ${key}`);
    const { name, namespace, uid } = pod.metadata;
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      observedGeneration: pod.metadata.generation,
      lastTransitionTime: timestamp(this.#sim.wallMs),
    };
    try {
      const status = { conditions: [condition] };
      this.#client.patch(name, namespace, 'strategic-merge', { status }, { subresource: 'status' });
      this.#client.delete(name, namespace, { preconditions: { uid } });
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 404) throw error;
    }
    this.#sinceMs.delete(key);
  }

  #report(pod: Pod, message: string): void {
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', message);
  }
}

const NO_TAINTS: readonly Taint[] = [];

function evictionTaints(node: Node | undefined): readonly Taint[] {
  const taints = node?.spec?.taints ?? NO_TAINTS;
  return taints.length === 0 ? NO_TAINTS : taints.filter(({ effect }) => effect === 'NoExecute');
}
