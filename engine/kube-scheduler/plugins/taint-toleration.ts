import type { Node, Pod } from '../../api/kinds.ts';
import { tolerates, untoleratedTaint } from '../../client/tolerations.ts';
import { normalizeScores, type Plugin } from '../framework.ts';
import { unresolvable } from '../rejection.ts';

/** Until 1.34 the message named the taint; since then all taints count as one reason. */
const REJECTION = unresolvable('node(s) had untolerated taint(s)');
const BARRING_EFFECTS = ['NoSchedule', 'NoExecute'];

export function admitsByTaints(node: Node, pod: Pod): boolean {
  return untoleratedTaint(node.spec?.taints, pod.spec.tolerations, BARRING_EFFECTS) === undefined;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export const taintToleration = (): Plugin => ({
  name: 'TaintToleration',

  filter: (_state, { pod }, { taints, node }) =>
    taints === undefined || admitsByTaints(node!, pod) ? undefined : REJECTION,

  sign: ({ pod }) => pod.spec.tolerations,

  /** The number of `PreferNoSchedule` taints that the Pod does not tolerate: the fewer the better. */
  score(_state, { pod }, { taints }) {
    if (taints === undefined) return 0;
    let count = 0;
    for (const taint of taints) {
      if (taint.effect !== 'PreferNoSchedule') continue;
      if (!pod.spec.tolerations?.some((toleration) => tolerates(toleration, taint))) count += 1;
    }
    return count;
  },

  normalizeScores: (_state, scores) => normalizeScores(scores, true),

  mayHelp(event, { pod }) {
    switch (event.kind) {
      case 'NodeAdd':
        return admitsByTaints(event.node, pod);
      case 'NodeUpdate':
        return !admitsByTaints(event.previous, pod) && admitsByTaints(event.node, pod);
      case 'PodUpdate':
        // Tolerations are only ever added.
        return event.previous.spec.tolerations?.length !== pod.spec.tolerations?.length;
      default:
        return false;
    }
  },
});
