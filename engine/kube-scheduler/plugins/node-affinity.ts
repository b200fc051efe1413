import { namedNodes, nodeMatchesPod, termMatches } from '../../client/node-selector.ts';
import type { Plugin, Rejection } from '../framework.ts';

const REJECTION: Rejection = { reasons: ["node(s) didn't match Pod's node affinity/selector"], resolvable: false };

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity, and `nodeSelector`. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',

  nodeNames: ({ pod }) => namedNodes(pod),

  filters: ({ pod: { spec } }) =>
    spec.nodeSelector !== undefined ||
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined,

  filter: ({ pod }, { node }) => (nodeMatchesPod(node!, pod) ? undefined : REJECTION),

  scores: ({ pod }) =>
    (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length ?? 0) > 0,

  /** The weights of the preferences that the node meets. */
  score({ pod }, { node }) {
    let sum = 0;
    for (const { weight, preference } of pod.spec.affinity?.nodeAffinity
      ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      if (termMatches(preference, node!)) sum += weight;
    }
    return sum;
  },

  normalize: 'stretch',

  mayHelp(event, { pod }) {
    switch (event.kind) {
      case 'NodeAdd':
        return nodeMatchesPod(event.node, pod);
      case 'NodeUpdate':
        return !nodeMatchesPod(event.previous, pod) && nodeMatchesPod(event.node, pod);
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
