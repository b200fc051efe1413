import type { NodeCondition } from '../api/kinds.ts';

type Judgement = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

const NO_PRESSURE: readonly Judgement[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
];

/** The events that go with the three conditions at a kubelet's start. */
export const PRESSURE_EVENTS = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'];

/**
 * The conditions of a node. Simplified: nothing measures pressure yet.
 * https://kubernetes.io/docs/reference/node/node-status/#condition
 *
 * @param notReady why the kubelet is not ready; undefined when it is
 */
export function nodeConditions(
  previous: readonly NodeCondition[],
  notReady: string | undefined,
  now: string,
): NodeCondition[] {
  const ready: Judgement =
    notReady === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReady };
  return [...NO_PRESSURE, ready].map((judgement) => {
    const before = previous.find(({ type }) => type === judgement.type);
    const lastTransitionTime = before?.status === judgement.status ? (before.lastTransitionTime ?? now) : now;
    return { ...judgement, lastHeartbeatTime: now, lastTransitionTime };
  });
}
