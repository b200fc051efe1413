import type { NodeCondition } from '../api/kinds.ts';
import type { Pressure } from './eviction/signals.ts';

type Judgement = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

interface PressureWords {
  readonly reason: string;
  readonly message: string;
  /** The event's reason when the condition comes to be so. */
  readonly event: string;
}

/** For each kind of pressure: when there is none, and when there is. */
const PRESSURES: Readonly<Record<Pressure, readonly [without: PressureWords, under: PressureWords]>> = {
  MemoryPressure: [
    {
      reason: 'KubeletHasSufficientMemory',
      message: 'kubelet has sufficient memory available',
      event: 'NodeHasSufficientMemory',
    },
    {
      reason: 'KubeletHasInsufficientMemory',
      message: 'kubelet has insufficient memory available',
      event: 'NodeHasInsufficientMemory',
    },
  ],
  DiskPressure: [
    { reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure', event: 'NodeHasNoDiskPressure' },
    { reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure', event: 'NodeHasDiskPressure' },
  ],
  PIDPressure: [
    {
      reason: 'KubeletHasSufficientPID',
      message: 'kubelet has sufficient PID available',
      event: 'NodeHasSufficientPID',
    },
    {
      reason: 'KubeletHasInsufficientPID',
      message: 'kubelet has insufficient PID available',
      event: 'NodeHasInsufficientPID',
    },
  ],
};

export const PRESSURE_TYPES = Object.keys(PRESSURES) as readonly Pressure[];

/** The event that goes with a condition that has just become so. */
export function pressureEvent(type: Pressure, under: boolean): string {
  return PRESSURES[type][under ? 1 : 0].event;
}

/**
 * The conditions of a node. https://kubernetes.io/docs/reference/node/node-status/#condition
 *
 * @param notReady why the kubelet is not ready; undefined when it is
 */
export function nodeConditions(
  previous: readonly NodeCondition[],
  notReady: string | undefined,
  hasPressure: (type: Pressure) => boolean,
  now: string,
): NodeCondition[] {
  const ready: Judgement =
    notReady === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReady };
  const pressures = PRESSURE_TYPES.map((type): Judgement => {
    const under = hasPressure(type);
    const { reason, message } = PRESSURES[type][under ? 1 : 0];
    return { type, status: under ? 'True' : 'False', reason, message };
  });
  return [...pressures, ready].map((judgement) => {
    const before = previous.find(({ type }) => type === judgement.type);
    const lastTransitionTime = before?.status === judgement.status ? (before.lastTransitionTime ?? now) : now;
    return { ...judgement, lastHeartbeatTime: now, lastTransitionTime };
  });
}
