import type { PodDisruptionBudget } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import type { Plugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { Nominator } from '../nominator.ts';
import type { PodInfo } from '../pod-info.ts';
import { podSignature } from '../pod-signature.ts';
import type { Rejection } from '../rejection.ts';
import type { Victims } from './victims.ts';

interface Answer {
  readonly version: number;
  readonly nominated: readonly PodInfo[];
  readonly found: Victims | Rejection;
}

/**
 * What was found out about nodes for the last Pod that needed room. A Deployment's hundred Pods ask the same of the same
 * nodes, of which each attempt changes one. Only where every filter that has a say signs what it looks at, and looks
 * at nothing but that and the node.
 */
export class RememberedVictims {
  readonly #nominator: Nominator;
  #question: string | undefined;
  #answers = new WeakMap<NodeInfo, Answer>();

  constructor(nominator: Nominator) {
    this.#nominator = nominator;
  }

  /** Forgets what is about other Pods or other budgets than these. */
  ask(info: PodInfo, filters: readonly Plugin[], budgets: readonly PodDisruptionBudget[]): void {
    const question = questionOf(info, filters, budgets);
    if (question !== undefined && question === this.#question) return;
    this.#question = question;
    this.#answers = new WeakMap();
  }

  /** What is known of the node, or is found out now. */
  of(node: NodeInfo, info: PodInfo, findOut: () => Victims | Rejection): Victims | Rejection {
    if (this.#question === undefined) return findOut();
    const { version } = node;
    const nominated = this.#nominator.on(node.name);
    const known = this.#answers.get(node);
    // Its own nomination does not count for a Pod.
    const isNominated = nominated.some(({ pod }) => pod.metadata.uid === info.pod.metadata.uid);
    if (known?.version === version && known.nominated === nominated && !isNominated) return known.found;
    const found = findOut();
    if (!isNominated) this.#answers.set(node, { version: node.version, nominated, found });
    return found;
  }
}

function questionOf(
  info: PodInfo,
  filters: readonly Plugin[],
  budgets: readonly PodDisruptionBudget[],
): string | undefined {
  const signature = podSignature(info, filters);
  if (signature === undefined || budgets.length === 0) return signature;
  return signature + JSON.stringify(budgets.map((budget) => [objectKey(budget), budget.metadata.resourceVersion]));
}
