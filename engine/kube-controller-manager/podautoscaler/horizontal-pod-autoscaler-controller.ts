import { sameValue } from '../../api/copy-on-write.ts';
import type { HorizontalPodAutoscaler, Pod } from '../../api/kinds.ts';
import { type LabelSelector, parseLabelSelector } from '../../api/label-selector.ts';
import { objectKey } from '../../api/object.ts';
import { horizontalPodAutoscalers, pods } from '../../api/resources.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { RequestPending } from '../../client/pending-requests.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { indexByLabel, selectedBy } from '../label-index.ts';
import { ScaleClient } from '../scale.ts';
import { type Memory, type SelectedPods, Turn } from './autoscaler-turn.ts';
import type { Past } from './scaling-limits.ts';

/** `--horizontal-pod-autoscaler-sync-period` */
const SYNC_PERIOD_MS = 15_000;
/** Nothing older than this is asked for: no window may be longer. */
const MEMORY_MS = 3_600_000;

/**
 * Sizes workloads so that what their Pods use comes to a target.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/, after
 * `pkg/controller/podautoscaler/horizontal.go`.
 */
export class HorizontalPodAutoscalerController {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #autoscalerClient: ResourceClient<HorizontalPodAutoscaler>;
  readonly #autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly #pods: Informer<Pod>;
  readonly #scales: ScaleClient;
  readonly #recorder: EventRecorder;
  readonly #memory = new Map<string, Memory>();
  /** By which each autoscaler finds its Pods; known from its first turn on. */
  readonly #selectors = new Map<string, LabelSelector>();
  readonly #controller: Controller;

  constructor({ sim, client, informers, discovery, recorder }: ControllerContext) {
    this.#sim = sim;
    this.#client = client;
    this.#autoscalerClient = client.resource(horizontalPodAutoscalers);
    this.#autoscalers = informers.for(horizontalPodAutoscalers);
    this.#pods = informers.for(pods);
    indexByLabel(this.#pods);
    this.#scales = new ScaleClient(client, discovery);
    this.#recorder = recorder('horizontal-pod-autoscaler');
    this.#controller = new Controller(sim, {
      name: 'horizontal-pod-autoscaler-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#autoscalers, this.#pods],
    });
    // Its own status must not set it off: every autoscaler has its turn at fixed times, changed or not.
    const later = (object: HorizontalPodAutoscaler) =>
      this.#controller.queue.addAfter(objectKey(object), SYNC_PERIOD_MS);
    this.#autoscalers.addHandlers({ add: later, update: (_, object) => later(object) });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const autoscaler = this.#autoscalers.lister.byKey(key);
    if (autoscaler === undefined) {
      this.#memory.delete(key);
      this.#selectors.delete(key);
      return;
    }
    this.#controller.queue.addAfter(key, SYNC_PERIOD_MS);
    const memory = this.#memoryOf(key);
    try {
      this.#turn(key, autoscaler, memory);
    } catch (error) {
      if (!(error instanceof RequestPending)) memory.answers.clear();
      throw error;
    }
    memory.answers.clear();
  }

  #turn(key: string, autoscaler: HorizontalPodAutoscaler, memory: Memory): void {
    new Turn(autoscaler, this.#sim.wallMs, {
      client: this.#client,
      scales: this.#scales,
      select: (selector) => this.#select(key, autoscaler, selector),
      memory,
      tell: (type, reason, message) => this.#recorder.event(autoscaler, type, reason, message),
      report: (status) => {
        if (sameValue(status, autoscaler.status)) return;
        this.#autoscalerClient.updateStatus({ ...autoscaler, status });
      },
    }).take();
  }

  #select(key: string, { metadata: { namespace } }: HorizontalPodAutoscaler, text: string): SelectedPods {
    const selector = parseLabelSelector(text);
    this.#selectors.set(key, selector);
    const selected = selectedBy(this.#pods, namespace, selector);
    const autoscalers = [...this.#selectors]
      .filter(([other]) => other.startsWith(`${namespace}/`))
      .filter(([, each]) => selected.some(({ metadata }) => each.matches(metadata.labels)))
      .map(([other]) => other);
    return { pods: selected, autoscalers: autoscalers.sort() };
  }

  #memoryOf(key: string): Memory {
    const oldestMs = this.#sim.wallMs - MEMORY_MS;
    const known = this.#memory.get(key);
    const { recommendations = [], changes = [], answers = new Map() } = known ?? {};
    const isRecent = ({ atMs }: Past) => atMs > oldestMs;
    const memory = { recommendations: recommendations.filter(isRecent), changes: changes.filter(isRecent), answers };
    this.#memory.set(key, memory);
    return memory;
  }
}
