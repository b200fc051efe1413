import type { Node, Pod } from '../../api/kinds.ts';
import { namedNodes, nodeMatchesPod, requiredTermsMatch, termMatches } from '../../client/node-selector.ts';
import { normalizeScores, type Plugin } from '../framework.ts';
import type { PluginFactory } from '../handle.ts';
import { unresolvable } from '../rejection.ts';

const MISMATCH = unresolvable("node(s) didn't match Pod's node affinity/selector");
const ENFORCED_MISMATCH = unresolvable("node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable('pod affinity terms conflict');

type NodeAffinity = NonNullable<NonNullable<Pod['spec']['affinity']>['nodeAffinity']>;
type PreferredTerms = NodeAffinity['preferredDuringSchedulingIgnoredDuringExecution'];

export interface NodeAffinityArgs {
  /** Applies to every Pod of the profile, besides its own affinity. */
  readonly addedAffinity?: NodeAffinity;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity, and `nodeSelector`. */
export const nodeAffinity: PluginFactory = (_handle, args): Plugin => {
  const { addedAffinity } = args as NodeAffinityArgs;
  const enforced = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const added = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  const admits = (node: Node, pod: Pod): boolean =>
    nodeMatchesPod(node, pod) && (enforced === undefined || requiredTermsMatch(enforced, node));
  return {
    name: 'NodeAffinity',

    preFilter(_state, { pod }) {
      const { nodeSelector, affinity } = pod.spec;
      const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (enforced === undefined && nodeSelector === undefined && required === undefined) return 'Skip';
      const nodes = namedNodes(pod);
      if (nodes === undefined) return undefined;
      return nodes.size === 0 ? CONFLICT : { nodes };
    },

    filter(_state, { pod }, { node }) {
      if (enforced !== undefined && !requiredTermsMatch(enforced, node!)) return ENFORCED_MISMATCH;
      return nodeMatchesPod(node!, pod) ? undefined : MISMATCH;
    },

    sign: ({ pod }) => [pod.spec.nodeSelector, pod.spec.affinity?.nodeAffinity],

    preScore: (_state, { pod }) =>
      (preferencesOf(pod)?.length ?? 0) + (added?.length ?? 0) === 0 ? 'Skip' : undefined,

    /** The weights of the preferences that the node meets. */
    score: (_state, { pod }, { node }) => weightOf(added, node!) + weightOf(preferencesOf(pod), node!),

    normalizeScores: (_state, scores) => normalizeScores(scores, false),

    mayHelp(event, { pod }) {
      switch (event.kind) {
        case 'NodeAdd':
          return admits(event.node, pod);
        case 'NodeUpdate':
          return !admits(event.previous, pod) && admits(event.node, pod);
        case 'PodUpdate':
          return (
            event.previous.spec.nodeSelector !== pod.spec.nodeSelector ||
            event.previous.spec.affinity !== pod.spec.affinity
          );
        default:
          return false;
      }
    },
  };
};

function preferencesOf({ spec }: Pod): PreferredTerms {
  return spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
}

function weightOf(terms: PreferredTerms, node: Node): number {
  let sum = 0;
  for (const { weight, preference } of terms ?? []) if (termMatches(preference, node)) sum += weight;
  return sum;
}
