import { type QosClass, qosClass } from '../api/core/qos-class.ts';
import type { Container, Pod } from '../api/kinds.ts';
import type { ContainerConfig } from '../containerd/cri.ts';
import type { CgroupLimits } from '../linux/host.ts';
import { amount, podLimit, podRequest } from './quantities.ts';

// The tree of control groups below which Pods run, as the systemd driver names it.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/

/** What all Pods together may use: what the node can allocate. */
export const PODS_CGROUP = '/kubepods.slice';

/** The group of all Pods of a class; Guaranteed Pods have none of their own. */
export function qosCgroup(qos: 'Burstable' | 'BestEffort'): string {
  return `${PODS_CGROUP}/kubepods-${qos.toLowerCase()}.slice`;
}

/** As the server has worked it out; it never changes. After `pkg/apis/core/v1/helper/qos` (`GetPodQOS`). */
export function podQos({ status, spec }: Pod): QosClass {
  return (status?.qosClass as QosClass | undefined) ?? qosClass(spec);
}

export function podCgroup(pod: Pod): string {
  const id = `pod${pod.metadata.uid.replaceAll('-', '_')}`;
  const qos = podQos(pod);
  if (qos === 'Guaranteed') return `${PODS_CGROUP}/kubepods-${id}.slice`;
  return `${qosCgroup(qos)}/kubepods-${qos.toLowerCase()}-${id}.slice`;
}

/** Of a Pod as a whole: a limit only holds if every container has one. After `pkg/kubelet/cm/helpers_linux.go`. */
export function podLimits(pod: Pod): CgroupLimits {
  return {
    cpuShares: shares(podRequest(pod, 'cpu')),
    cpuQuotaMillis: podLimit(pod, 'cpu'),
    memoryBytes: podLimit(pod, 'memory'),
    pids: undefined,
  };
}

/** Thousandths of a CPU as the kernel weighs them. */
export function shares(millis: number): number {
  return Math.max(2, Math.floor((millis * 1024) / 1000));
}

/** Out of memory, all processes of a container are killed, unless the kubelet has `singleProcessOOMKill`. */
const DIES_AS_A_WHOLE = { 'memory.oom.group': '1' };

type Resources = ContainerConfig['linux']['resources'];

/** Requests and limits as the kernel understands them. After `kuberuntime_container_linux.go`. */
export function containerResources(pod: Pod, container: Container, capacityBytes: number): Resources {
  const requests = container.resources?.requests as Record<string, unknown> | undefined;
  const limits = container.resources?.limits as Record<string, unknown> | undefined;
  return {
    cpuShares: shares(amount(requests, 'cpu') ?? amount(limits, 'cpu') ?? 0),
    cpuQuotaMillis: amount(limits, 'cpu') ?? podLimit(pod, 'cpu'),
    memoryLimitBytes: amount(limits, 'memory') ?? podLimit(pod, 'memory'),
    oomScoreAdj: oomScoreAdj(pod, container, capacityBytes),
    unified: DIES_AS_A_WHOLE,
  };
}

const GUARANTEED_OOM_SCORE = -997;
const BEST_EFFORT_OOM_SCORE = 1000;
const NODE_CRITICAL = 2_000_001_000;

/**
 * Who asks for little memory is killed first when there is none left. After `pkg/kubelet/qos/policy.go`.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior
 */
function oomScoreAdj(pod: Pod, container: Container, capacityBytes: number): number {
  const qos = podQos(pod);
  if (qos === 'Guaranteed' || (pod.spec.priority ?? 0) >= NODE_CRITICAL) return GUARANTEED_OOM_SCORE;
  if (qos === 'BestEffort') return BEST_EFFORT_OOM_SCORE;
  const requested = amount(container.resources?.requests as Record<string, unknown> | undefined, 'memory') ?? 0;
  const score = 1000 - Math.floor((1000 * requested) / capacityBytes);
  // Neither below what is Guaranteed, nor as high as what is BestEffort.
  return Math.min(BEST_EFFORT_OOM_SCORE - 1, Math.max(1000 + GUARANTEED_OOM_SCORE, score));
}
