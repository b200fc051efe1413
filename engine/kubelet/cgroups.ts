import { qosClass } from '../api/core/qos-class.ts';
import type { Container, Pod } from '../api/kinds.ts';
import type { ContainerConfig } from '../containerd/cri.ts';
import { amount } from './quantities.ts';

/**
 * A Pod's cgroup as the systemd driver names it, by QoS class.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 */
export function podCgroup(pod: Pod): string {
  const id = `pod${pod.metadata.uid.replaceAll('-', '_')}`;
  const qos = qosClass(pod.spec);
  if (qos === 'Guaranteed') return `/kubepods.slice/kubepods-${id}.slice`;
  const parent = `kubepods-${qos.toLowerCase()}`;
  return `/kubepods.slice/${parent}.slice/${parent}-${id}.slice`;
}

type Resources = ContainerConfig['linux']['resources'];

/** Requests and limits as the kernel understands them. After `kuberuntime_container_linux.go`. */
export function containerResources(container: Container): Resources {
  const requests = container.resources?.requests as Record<string, unknown> | undefined;
  const limits = container.resources?.limits as Record<string, unknown> | undefined;
  const cpu = amount(requests, 'cpu') ?? amount(limits, 'cpu') ?? 0;
  return {
    cpuShares: Math.max(2, Math.floor((cpu * 1024) / 1000)),
    cpuQuotaMillis: amount(limits, 'cpu'),
    memoryLimitBytes: amount(limits, 'memory'),
  };
}
