import type { Node, Pod, Taint } from '../../api/kinds.ts';
import { tolerates } from '../../client/tolerations.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from '../rejection.ts';

const REJECTION = unresolvable('node(s) were unschedulable');
const TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function admits(node: Node, pod: Pod): boolean {
  return node.spec?.unschedulable !== true || toleratesCordons(pod);
}

function toleratesCordons({ spec }: Pod): boolean {
  return spec.tolerations?.some((toleration) => tolerates(toleration, TAINT)) ?? false;
}

/** A cordoned node takes no new Pods, except those that tolerate it (DaemonSets do). */
export const nodeUnschedulable = (): Plugin => ({
  name: 'NodeUnschedulable',

  filter: (_state, { pod }, { isUnschedulable, node }) =>
    !isUnschedulable || admits(node!, pod) ? undefined : REJECTION,

  sign: ({ pod }) => pod.spec.tolerations,

  mayHelp(event, { pod }) {
    switch (event.kind) {
      case 'NodeAdd':
        return admits(event.node, pod);
      case 'NodeUpdate':
        return !admits(event.previous, pod) && admits(event.node, pod);
      case 'PodUpdate':
        return toleratesCordons(pod) && !toleratesCordons(event.previous);
      default:
        return false;
    }
  },
});
