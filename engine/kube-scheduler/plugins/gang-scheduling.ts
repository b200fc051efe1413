import { podGroupKey } from '../../api/scheduling/pod-group-key.ts';
import type { PluginFactory } from '../handle.ts';
import type { PodGroups } from '../pod-groups.ts';
import { unresolvable } from '../rejection.ts';

const NAME = 'GangScheduling';
const PERMIT_TIMEOUT_MS = 5 * 60_000;
const INCOMPLETE = unresolvable('waiting for minCount pods from a gang to appear in scheduling queue');

/**
 * Of a PodGroup with the gang policy, at least `minCount` Pods get a node, or none: they are not tried before so many are there,
 * and keep reserved places only when so many have one.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/gang-scheduling/
 */
export function gangScheduling(groups: PodGroups): PluginFactory {
  return ({ waitingPods }) => ({
    name: NAME,

    preEnqueue(pod) {
      if (podGroupKey(pod) === undefined) return undefined;
      const group = groups.groupOf(pod);
      if (group === undefined) {
        const name = pod.spec.schedulingGroup?.podGroupName;
        return unresolvable(`waiting for pods's pod group "${name}" to appear in scheduling queue`);
      }
      const { gang } = group.spec.schedulingPolicy;
      return gang === undefined || groups.size(pod) >= gang.minCount ? undefined : INCOMPLETE;
    },

    reserve(_, { pod }) {
      groups.setPlaced(pod, true);
      return undefined;
    },

    unreserve: (_, { pod }) => groups.setPlaced(pod, false),

    permit(_, { pod }) {
      const key = podGroupKey(pod);
      if (key === undefined) return undefined;
      const group = groups.groupOf(pod);
      if (group === undefined) {
        const name = pod.spec.schedulingGroup?.podGroupName;
        return unresolvable(
          `failed to get podGroup ${key} from snapshot: podgroup.scheduling.k8s.io "${name}" not found`,
        );
      }
      const { gang } = group.spec.schedulingPolicy;
      if (gang === undefined) return undefined;
      if (groups.placedCount(pod) < gang.minCount) return { waitMs: PERMIT_TIMEOUT_MS };
      for (const uid of groups.membersOf(pod).keys()) waitingPods.get(uid)?.allow(NAME);
      return undefined;
    },

    mayHelp(event, { pod }) {
      if (event.kind === 'GroupMemberAdd') return podGroupKey(event.pod) === podGroupKey(pod);
      if (event.kind !== 'PodGroupAdd') return false;
      const { namespace, name } = event.group.metadata;
      return podGroupKey(pod) === `${namespace}/${name}`;
    },
  });
}
