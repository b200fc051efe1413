import { changeField, mapItems, withField } from '../copy-on-write.ts';
import type { Pod, PodSpec } from '../kinds.ts';

type Affinity = NonNullable<PodSpec['affinity']>;
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type Term = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type Labels = Readonly<Record<string, string>>;
type Selecting = Pick<Term, 'labelSelector' | 'matchLabelKeys' | 'mismatchLabelKeys'>;

/**
 * Puts the values that a new Pod has for `matchLabelKeys` and `mismatchLabelKeys` into the selectors beside them, so that
 * whoever reads the Pod finds complete selectors. Keys that the Pod lacks, and terms without a selector, stay as they are.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#matchlabelkeys, after
 * `pkg/registry/core/pod/strategy.go` (applyMatchLabelKeysAndMismatchLabelKeys).
 */
export function mergeLabelKeys(pod: Pod): Pod {
  const labels = pod.metadata.labels ?? {};
  const { affinity, topologySpreadConstraints } = pod.spec;
  if (affinity === undefined && topologySpreadConstraints === undefined) return pod;
  const merged = (terms: Term[]) => mapItems(terms, (term) => withKeys(term, labels));
  const half = (affinities: PodAffinity): PodAffinity => {
    const required = changeField(affinities, 'requiredDuringSchedulingIgnoredDuringExecution', merged);
    return changeField(required, 'preferredDuringSchedulingIgnoredDuringExecution', (terms) =>
      mapItems(terms, (each) => withField(each, 'podAffinityTerm', withKeys(each.podAffinityTerm, labels))),
    );
  };
  const spec = changeField(pod.spec, 'affinity', (given) =>
    changeField(changeField(given, 'podAffinity', half), 'podAntiAffinity', half),
  );
  return withField(
    pod,
    'spec',
    changeField(spec, 'topologySpreadConstraints', (constraints) =>
      mapItems(constraints, (constraint) => withKeys(constraint, labels)),
    ),
  );
}

function withKeys<T extends Selecting>(term: T, labels: Labels): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (labelSelector === undefined) return term;
  const requirements = [
    ...requirementsOf(matchLabelKeys, labels, 'In'),
    ...requirementsOf(mismatchLabelKeys, labels, 'NotIn'),
  ];
  if (requirements.length === 0) return term;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...requirements];
  return withField(term, 'labelSelector', { ...labelSelector, matchExpressions });
}

function requirementsOf(keys: readonly string[], labels: Labels, operator: 'In' | 'NotIn') {
  return keys.filter((key) => Object.hasOwn(labels, key)).map((key) => ({ key, operator, values: [labels[key]!] }));
}
