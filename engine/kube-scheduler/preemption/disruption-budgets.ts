import type { PodDisruptionBudget } from '../../api/kinds.ts';
import { type LabelSelector, type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import type { PodInfo } from '../pod-info.ts';

interface Budget {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly allowed: number;
  /** Pods whose eviction the budget has counted already. */
  readonly disrupted: Readonly<Record<string, unknown>>;
}

/** What PodDisruptionBudgets have to say about Pods that would be preempted: they are spared if that is possible. */
export class DisruptionBudgets {
  readonly #budgets: readonly Budget[];

  constructor(objects: readonly PodDisruptionBudget[]) {
    this.#budgets = objects.map(({ metadata, spec, status }) => ({
      namespace: metadata.namespace ?? '',
      selector: labelSelectorOf(spec?.selector as LabelSelectorFields | undefined),
      allowed: status?.disruptionsAllowed ?? 0,
      disrupted: status?.disruptedPods ?? {},
    }));
  }

  /** The Pods that could not all go without breaking a budget, and the others; each in the order given. */
  split(pods: readonly PodInfo[]): { readonly guarded: PodInfo[]; readonly free: PodInfo[] } {
    const guarded: PodInfo[] = [];
    const free: PodInfo[] = [];
    const left = this.#budgets.map(({ allowed }) => allowed);
    for (const info of pods) {
      const { namespace, labels = {}, name } = info.pod.metadata;
      let isGuarded = false;
      this.#budgets.forEach((budget, i) => {
        if (budget.namespace !== namespace || Object.keys(labels).length === 0) return;
        if (budget.selector.isEmpty || !budget.selector.matches(labels)) return;
        if (Object.hasOwn(budget.disrupted, name)) return;
        left[i]! -= 1;
        if (left[i]! < 0) isGuarded = true;
      });
      (isGuarded ? guarded : free).push(info);
    }
    return { guarded, free };
  }
}
