import { qosClass } from '../api/core/qos-class.ts';
import type { Pod } from '../api/kinds.ts';
import type { Host } from '../linux/host.ts';
import { PODS_CGROUP, podCgroup, podLimits, qosCgroup, shares } from './cgroups.ts';
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
    this.#host.createCgroup(podCgroup(pod), podLimits(pod));
    const known = this.#pods.get(pod.metadata.uid);
    this.#pods.set(pod.metadata.uid, pod);
    if (known === undefined || podRequest(known, 'cpu') !== podRequest(pod, 'cpu')) this.#weigh();
  }

  /** Nothing of the Pod is left. */
  remove(pod: Pod): void {
    const group = this.#host.cgroup(podCgroup(pod));
    if (group !== undefined) this.#host.removeCgroup(group);
    if (this.#pods.delete(pod.metadata.uid)) this.#weigh();
  }

  /** Burstable Pods together weigh what they ask for, BestEffort Pods next to nothing. */
  #weigh(): void {
    let burstable = 0;
    for (const pod of this.#pods.values()) if (qosClass(pod.spec) === 'Burstable') burstable += podRequest(pod, 'cpu');
    this.#host.createCgroup(qosCgroup('Burstable'), { cpuShares: shares(burstable), pids: undefined });
    this.#host.createCgroup(qosCgroup('BestEffort'), { cpuShares: shares(0), pids: undefined });
  }
}
