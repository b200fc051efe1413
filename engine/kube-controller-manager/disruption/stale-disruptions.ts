import { hasEnded } from '../../api/core/pod-phase.ts';
import type { Pod } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';

/** A Pod that is told that it will be disrupted should be deleted by then. */
const TIMEOUT_MS = 2 * 60_000;

/**
 * Takes back what a Pod's condition DisruptionTarget says where nobody has gone on to delete the Pod: whoever wanted to
 * may have crashed in between. A kubelet takes the time it needs, so what it has announced stands.
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions, after
 * `pkg/controller/disruption/disruption.go` (syncStalePodDisruption).
 */
export class StaleDisruptions {
  readonly #sim: Simulation;
  readonly #podClient: ResourceClient<Pod>;
  readonly #pods: Informer<Pod>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#sim = sim;
    this.#podClient = client.resource(pods);
    this.#pods = informers.for(pods);
    this.#controller = new Controller(sim, {
      name: 'disruption-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods],
    });
    this.#controller.watch(this.#pods, (pod) => announcedDisruption(pod) !== undefined);
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const pod = this.#pods.lister.byKey(key);
    const announced = pod === undefined ? undefined : announcedDisruption(pod);
    if (pod === undefined || announced === undefined) return;
    const { wallMs } = this.#sim;
    const leftMs = Date.parse(announced.lastTransitionTime ?? '') + TIMEOUT_MS - wallMs;
    if (leftMs > 0) {
      this.#controller.queue.addAfter(key, leftMs);
      return;
    }
    const over = { type: 'DisruptionTarget', status: 'False', lastTransitionTime: timestamp(wallMs) };
    const conditions = pod.status?.conditions?.map((each) => (each === announced ? over : each));
    this.#podClient.updateStatus({ ...pod, status: { ...pod.status, conditions } });
  }
}

/** The condition by which somebody has promised to delete a Pod that is still there. */
function announcedDisruption(pod: Pod) {
  if (pod.metadata.deletionTimestamp !== undefined || hasEnded(pod)) return undefined;
  return pod.status?.conditions?.find(
    ({ type, status, reason }) => type === 'DisruptionTarget' && status === 'True' && reason !== 'TerminationByKubelet',
  );
}
