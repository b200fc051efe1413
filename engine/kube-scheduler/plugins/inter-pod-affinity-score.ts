import { type AffinityTerm, termSelects } from '../affinity-terms.ts';
import type { SchedulerCache } from '../cache.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import { DomainCounts } from '../domain-counts.ts';
import { MAX_SCORE } from '../framework.ts';
import type { PodCohort } from '../pod-cohorts.ts';
import type { PodInfo } from '../pod-info.ts';

interface AffinityWeights {
  readonly hardPodAffinityWeight: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/**
 * What the preferences come to in every domain, for each topology key: those of the Pod about the Pods that are there, and
 * those of the Pods that are there about this one. Empty when nobody prefers anything.
 * After `plugins/interpodaffinity/scoring.go`.
 */
export function affinityScores(
  cache: SchedulerCache,
  objects: ClusterObjects,
  info: PodInfo,
  { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods = false }: AffinityWeights,
): readonly DomainCounts[] {
  const { preferred, preferredAnti } = info.affinity;
  const hasPreferences = preferred.length + preferredAnti.length > 0;
  if (!hasPreferences && ignorePreferredTermsOfExistingPods) return [];
  const scores = new Map<string, DomainCounts>();
  const selects = (term: AffinityTerm, { pod }: PodInfo): boolean => {
    const { namespace = '', labels } = pod.metadata;
    const namespaceLabels = term.namespaceSelector && objects.namespaces.get(namespace)?.metadata.labels;
    return termSelects(term, namespace, labels, namespaceLabels);
  };
  const add = ({ topologyKey }: AffinityTerm, { nodes, counts }: PodCohort, weight: number): void => {
    let domainScores = scores.get(topologyKey);
    if (domainScores === undefined) {
      domainScores = new DomainCounts(cache.topology.domains(topologyKey));
      scores.set(topologyKey, domainScores);
    }
    for (let i = 0; i < nodes.length; i++) domainScores.add(nodes[i]!, weight * counts[i]!);
  };
  for (const cohort of hasPreferences ? cache.cohorts.all : cache.cohorts.withTerms) {
    const { sample } = cohort;
    for (const term of preferred) if (selects(term, sample)) add(term, cohort, term.weight);
    for (const term of preferredAnti) if (selects(term, sample)) add(term, cohort, -term.weight);
    if (hardPodAffinityWeight > 0) {
      for (const term of sample.affinity.required) if (selects(term, info)) add(term, cohort, hardPodAffinityWeight);
    }
    if (ignorePreferredTermsOfExistingPods) continue;
    for (const term of sample.affinity.preferred) if (selects(term, info)) add(term, cohort, term.weight);
    for (const term of sample.affinity.preferredAnti) if (selects(term, info)) add(term, cohort, -term.weight);
  }
  return [...scores.values()];
}

/** The least liked node gets 0, the most liked 100; the others lie between in proportion. */
export function normalizeAffinityScores(scores: Float64Array): void {
  const least = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  for (let i = 0; i < scores.length; i++) {
    scores[i] = most === least ? 0 : Math.trunc((MAX_SCORE * (scores[i]! - least)) / (most - least));
  }
}
