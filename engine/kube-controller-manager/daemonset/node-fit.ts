import type { DaemonSet, Node, Pod } from '../../api/kinds.ts';
import { nodeMatchesPod } from '../../client/node-selector.ts';
import { untoleratedTaint } from '../../client/tolerations.ts';
import { daemonTolerations } from './daemon-pod.ts';

export interface NodeFit {
  /** A Pod is to be there. */
  readonly shouldRun: boolean;
  /** A Pod that is there may stay, though none would be made. */
  readonly shouldStay: boolean;
}

/** Whether a DaemonSet has business on a node. After `pkg/controller/daemon/daemon_controller.go` (NodeShouldRunDaemonPod). */
export function nodeFit(daemonSet: DaemonSet, node: Node): NodeFit {
  const spec = daemonSet.spec.template.spec!;
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { shouldRun: false, shouldStay: false };
  if (!nodeMatchesPod(node, { spec } as Pod)) return { shouldRun: false, shouldStay: false };
  const tolerations = daemonTolerations(spec);
  const { taints } = node.spec ?? {};
  if (untoleratedTaint(taints, tolerations, ['NoSchedule', 'NoExecute']) === undefined) {
    return { shouldRun: true, shouldStay: true };
  }
  return { shouldRun: false, shouldStay: untoleratedTaint(taints, tolerations, ['NoExecute']) === undefined };
}
