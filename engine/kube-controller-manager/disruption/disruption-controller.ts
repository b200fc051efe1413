import { sameValue } from '../../api/copy-on-write.ts';
import type { Pod, PodDisruptionBudget } from '../../api/kinds.ts';
import { type LabelSelector, labelSelectorOf } from '../../api/label-selector.ts';
import { objectKey } from '../../api/object.ts';
import { withDisruptionCondition } from '../../api/policy/disruption-allowed.ts';
import { printedSelector } from '../../api/printed-selector.ts';
import { podDisruptionBudgets, pods } from '../../api/resources.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { indexByLabel, indexBySelector, type MaySelect, selectedBy } from '../label-index.ts';
import { budgetStatus, DELETION_TIMEOUT_MS, type Demand, demandOf, evictionsOf } from './budget-status.ts';
import { ExpectedScales, UnknownScale } from './expected-scale.ts';
import { StaleDisruptions } from './stale-disruptions.ts';

/**
 * Keeps the account of how many Pods may be evicted at the moment, by which the API server grants evictions.
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/, after `pkg/controller/disruption/disruption.go`.
 */
export class DisruptionController {
  readonly #sim: Simulation;
  readonly #budgetClient: ResourceClient<PodDisruptionBudget>;
  readonly #budgets: Informer<PodDisruptionBudget>;
  readonly #pods: Informer<Pod>;
  readonly #maySelect: MaySelect<PodDisruptionBudget>;
  readonly #scales: ExpectedScales;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;
  readonly #stale: StaleDisruptions;

  constructor(context: ControllerContext) {
    const { sim, client, informers, recorder } = context;
    this.#sim = sim;
    this.#budgetClient = client.resource(podDisruptionBudgets);
    this.#budgets = informers.for(podDisruptionBudgets);
    this.#pods = informers.for(pods);
    this.#scales = new ExpectedScales(context);
    this.#recorder = recorder('controllermanager');
    this.#controller = new Controller(sim, {
      name: 'disruption-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#budgets, this.#pods, ...this.#scales.informers],
    });
    this.#controller.watch(this.#budgets);
    indexByLabel(this.#pods);
    this.#maySelect = indexBySelector(this.#budgets, selectorOf);
    const changed = (pod: Pod) => this.#podChanged(pod);
    this.#pods.addHandlers({ add: changed, update: (_, pod) => changed(pod), delete: changed });
    this.#stale = new StaleDisruptions(context);
  }

  start(): void {
    this.#controller.start();
    this.#stale.start();
  }

  stop(): void {
    this.#controller.stop();
    this.#stale.stop();
  }

  #podChanged(pod: Pod): void {
    const { namespace, labels } = pod.metadata;
    for (const budget of this.#maySelect(namespace, labels)) {
      if (!selectorOf(budget).matches(labels)) continue;
      this.#controller.enqueueKey(objectKey(budget), pod);
    }
  }

  #reconcile(key: string): void {
    const budget = this.#budgets.lister.byKey(key);
    if (budget === undefined) return;
    // Observe …
    const { wallMs } = this.#sim;
    const selected = selectedBy(this.#pods, budget.metadata.namespace, selectorOf(budget));
    if (selected.length === 0) this.#recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const evictions = evictionsOf(budget, selected, wallMs);
    for (const name of evictions.overdue) this.#tellOverdue(budget, selected, name);

    // … compare, and report: acting is left to those who evict.
    const demand = this.#demandOf(budget, selected);
    const status =
      demand instanceof UnknownScale
        ? this.#failedStatus(budget, demand)
        : budgetStatus(budget, selected, demand, evictions, wallMs);
    if (!sameValue(status, budget.status)) this.#budgetClient.updateStatus({ ...budget, status });
    if (Object.keys(evictions.underWay).length > 0) this.#controller.queue.addAfter(key, DELETION_TIMEOUT_MS + 1_000);
  }

  #demandOf(budget: PodDisruptionBudget, selected: readonly Pod[]): Demand | UnknownScale {
    try {
      return demandOf(budget, selected.length, () => {
        const { replicas, unmanaged } = this.#scales.of(selected);
        if (unmanaged.length > 0) this.#tellUnmanaged(budget);
        return replicas;
      });
    } catch (error) {
      if (!(error instanceof UnknownScale)) throw error;
      if (error.reason !== undefined) this.#recorder.event(budget, 'Warning', error.reason, error.message);
      const message = `Failed to calculate the number of expected pods: ${error.message}`;
      this.#recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
      return error;
    }
  }

  /** To be safe, nothing may be evicted while nobody knows; the rest stays as it was last known. */
  #failedStatus(budget: PodDisruptionBudget, { message }: UnknownScale): PodDisruptionBudget['status'] {
    const { status } = budget;
    const observedGeneration = status?.observedGeneration ?? 0;
    const now = timestamp(this.#sim.wallMs);
    const before = status?.conditions ?? [];
    const conditions = withDisruptionCondition(before, false, 'SyncFailed', message, observedGeneration, now);
    const none = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    return { ...none, ...status, disruptionsAllowed: 0, conditions };
  }

  #tellUnmanaged(budget: PodDisruptionBudget): void {
    const selector = printedSelector(budget.spec?.selector);
    const message =
      `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the status ` +
      'of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods ' +
      'please set ".spec.minAvailable" field of the PDB to an integer value.';
    this.#recorder.event(budget, 'Warning', 'UnmanagedPods', message);
  }

  #tellOverdue(budget: PodDisruptionBudget, selected: readonly Pod[], name: string): void {
    const pod = selected.find(({ metadata }) => metadata.name === name);
    if (pod === undefined) return;
    const message = `Pod was expected by PDB ${objectKey(budget)} to be deleted but it wasn't`;
    this.#recorder.event(pod, 'Warning', 'NotDeleted', message);
  }
}

function selectorOf({ spec }: PodDisruptionBudget): LabelSelector {
  return labelSelectorOf(spec?.selector);
}
