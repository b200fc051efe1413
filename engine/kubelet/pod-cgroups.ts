import type { Pod } from '../api/kinds.ts';
import type { Host } from '../linux/host.ts';
import { PODS_CGROUP, podCgroup, podLimits, podQos, qosCgroup, shares } from './cgroups.ts';
import { podRequest } from './quantities.ts';

/** What the kubelet asks of the machine's kernel. */
export type CgroupHost = Pick<Host, 'createCgroup' | 'removeCgroup' | 'cgroup'>;

/**
 * Keeps the tree of control groups in step with the Pods of the node. After `pkg/kubelet/cm`
 * (`pod_container_manager_linux.go`, `qos_container_manager_linux.go`).
 */
export class PodCgroups {
  readonly #host: CgroupHost;
  readonly #forPods: (resource: 'cpu' | 'memory') => number;
  readonly #pods = new Map<string, Pod>();
  /** Thousandths of a CPU that Burstable Pods ask for together. */
  #burstable = 0;

  /** @param forPods what the node has for all Pods together: thousandths of a CPU, or bytes */
  constructor(host: CgroupHost, forPods: (resource: 'cpu' | 'memory') => number) {
    this.#host = host;
    this.#forPods = forPods;
  }

  /** Sees to it that Pods together take no more than the node has for them, if that is to be so. */
  enforceAllocatable(isEnforced: boolean): void {
    this.#host.createCgroup(PODS_CGROUP, {
      cpuShares: shares(this.#forPods('cpu')),
      ...(isEnforced ? { memoryBytes: this.#forPods('memory') } : {}),
      pids: undefined,
    });
    this.#weigh();
  }

  /** Gives the Pod its group, or the group its present limits. */
  apply(pod: Pod): void {
    const known = this.#pods.get(pod.metadata.uid);
    // Most syncs change nothing.
    if (known?.spec === pod.spec) return;
    this.#host.createCgroup(podCgroup(pod), podLimits(pod));
    this.#pods.set(pod.metadata.uid, pod);
    this.#count(burstableRequest(pod) - (known === undefined ? 0 : burstableRequest(known)));
  }

  /** Nothing of the Pod is left. */
  remove(pod: Pod): void {
    const group = this.#host.cgroup(podCgroup(pod));
    if (group !== undefined) this.#host.removeCgroup(group);
    const known = this.#pods.get(pod.metadata.uid);
    if (known === undefined) return;
    this.#pods.delete(pod.metadata.uid);
    this.#count(-burstableRequest(known));
  }

  #count(difference: number): void {
    if (difference === 0) return;
    this.#burstable += difference;
    this.#weigh();
  }

  /** Burstable Pods together weigh what they ask for, BestEffort Pods next to nothing. */
  #weigh(): void {
    this.#host.createCgroup(qosCgroup('Burstable'), { cpuShares: shares(this.#burstable), pids: undefined });
    this.#host.createCgroup(qosCgroup('BestEffort'), { cpuShares: shares(0), pids: undefined });
  }
}

function burstableRequest(pod: Pod): number {
  return podQos(pod) === 'Burstable' ? podRequest(pod, 'cpu') : 0;
}
