import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/**
 * Pods that are alike to every selector and bear the same terms: those of one ReplicaSet, say. Asking a cohort once
 * answers for thousands of Pods.
 */
export class PodCohort {
  /** Any one of its Pods: they agree in namespace, labels, affinity and in whether they are terminating. */
  readonly sample: PodInfo;
  /** The nodes on which its Pods are, in step with how many there are on each. */
  readonly nodes: NodeInfo[] = [];
  readonly counts: number[] = [];
  readonly #positions = new Map<NodeInfo, number>();

  constructor(sample: PodInfo) {
    this.sample = sample;
  }

  add(node: NodeInfo): void {
    const position = this.#positions.get(node);
    if (position !== undefined) {
      this.counts[position]! += 1;
      return;
    }
    this.#positions.set(node, this.nodes.length);
    this.nodes.push(node);
    this.counts.push(1);
  }

  remove(node: NodeInfo): void {
    const position = this.#positions.get(node);
    if (position === undefined) return;
    this.counts[position]! -= 1;
    if (this.counts[position]! > 0) return;
    this.#positions.delete(node);
    const lastNode = this.nodes.pop()!;
    const lastCount = this.counts.pop()!;
    if (lastNode === node) return;
    this.nodes[position] = lastNode;
    this.counts[position] = lastCount;
    this.#positions.set(lastNode, position);
  }
}

const NONE: ReadonlySet<PodCohort> = new Set();

/** The Pods that have nodes, by cohort. Kept up to date at the cost of one look-up for each Pod that comes or goes. */
export class PodCohorts {
  readonly #cohorts = new Map<string, PodCohort>();
  readonly #byNamespace = new Map<string, Set<PodCohort>>();
  /** Those whose Pods have terms of affinity or anti-affinity. */
  readonly withTerms = new Set<PodCohort>();
  /** Those whose Pods keep others away. */
  readonly withRequiredAnti = new Set<PodCohort>();

  get all(): Iterable<PodCohort> {
    return this.#cohorts.values();
  }

  inNamespace(namespace: string): ReadonlySet<PodCohort> {
    return this.#byNamespace.get(namespace) ?? NONE;
  }

  add(info: PodInfo, node: NodeInfo): void {
    const cohort = this.#cohorts.get(info.cohort) ?? this.#found(info);
    cohort.add(node);
  }

  remove(info: PodInfo, node: NodeInfo): void {
    const cohort = this.#cohorts.get(info.cohort);
    if (cohort === undefined) return;
    cohort.remove(node);
    if (cohort.nodes.length > 0) return;
    this.#cohorts.delete(info.cohort);
    this.withTerms.delete(cohort);
    this.withRequiredAnti.delete(cohort);
    const siblings = this.#byNamespace.get(namespaceOf(info));
    siblings?.delete(cohort);
    if (siblings?.size === 0) this.#byNamespace.delete(namespaceOf(info));
  }

  #found(info: PodInfo): PodCohort {
    const cohort = new PodCohort(info);
    this.#cohorts.set(info.cohort, cohort);
    const namespace = namespaceOf(info);
    const siblings = this.#byNamespace.get(namespace);
    if (siblings === undefined) this.#byNamespace.set(namespace, new Set([cohort]));
    else siblings.add(cohort);
    const { required, requiredAnti, preferred, preferredAnti } = info.affinity;
    if (requiredAnti.length > 0) this.withRequiredAnti.add(cohort);
    if (required.length + requiredAnti.length + preferred.length + preferredAnti.length > 0) this.withTerms.add(cohort);
    return cohort;
  }
}

function namespaceOf({ pod }: PodInfo): string {
  return pod.metadata.namespace ?? '';
}
