import type { Pod } from '../api/kinds.ts';
import { type LabelSelector, type LabelSelectorFields, labelSelectorOf } from '../api/label-selector.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** A term of affinity or anti-affinity between Pods, read once. */
export interface AffinityTerm {
  readonly topologyKey: string;
  readonly selector: LabelSelector;
  readonly namespaces: ReadonlySet<string>;
  /** Namespaces chosen by label besides; undefined when the term has no such selector. */
  readonly namespaceSelector: LabelSelector | undefined;
}

interface WeightedTerm extends AffinityTerm {
  readonly weight: number;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity */
export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedTerm[];
  readonly preferredAnti: readonly WeightedTerm[];
}

const NO_AFFINITY: AffinityTerms = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] };

type WireTerm = NonNullable<
  NonNullable<
    NonNullable<NonNullable<Pod['spec']['affinity']>['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
  >
>[number];

export function affinityTermsOf(pod: Pod): AffinityTerms {
  const affinity = pod.spec.affinity;
  if (affinity?.podAffinity === undefined && affinity?.podAntiAffinity === undefined) return NO_AFFINITY;
  const own = pod.metadata.namespace ?? '';
  const required = (terms: readonly WireTerm[] = []) => terms.map((term) => termOf(term, own));
  const { podAffinity, podAntiAffinity } = affinity;
  const weighted = (terms: NonNullable<typeof podAffinity>['preferredDuringSchedulingIgnoredDuringExecution'] = []) =>
    terms
      .filter(({ weight }) => weight !== 0)
      .map(({ weight, podAffinityTerm }) => ({ ...termOf(podAffinityTerm, own), weight }));
  return {
    required: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAnti: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: weighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: weighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** Without namespaces and without a selector of them, a term speaks of the Pod's own namespace. */
function termOf(term: WireTerm, ownNamespace: string): AffinityTerm {
  const { namespaces = [], namespaceSelector } = term;
  return {
    topologyKey: term.topologyKey,
    selector: labelSelectorOf(term.labelSelector as LabelSelectorFields | undefined),
    namespaces: new Set(namespaces.length === 0 && namespaceSelector === undefined ? [ownNamespace] : namespaces),
    namespaceSelector:
      namespaceSelector === undefined ? undefined : labelSelectorOf(namespaceSelector as LabelSelectorFields),
  };
}

/**
 * Whether a term speaks of a Pod with these labels in this namespace.
 *
 * @param namespaceLabels the labels of that namespace.
 */
export function termSelects(term: AffinityTerm, namespace: string, labels: Labels, namespaceLabels: Labels): boolean {
  if (!term.namespaces.has(namespace) && term.namespaceSelector?.matches(namespaceLabels) !== true) return false;
  return term.selector.matches(labels);
}
