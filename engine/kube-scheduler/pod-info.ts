import type { Pod } from '../api/kinds.ts';
import { podRequests, type Resources } from './pod-resources.ts';

/** A port on the node that a Pod wants for itself. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A Pod with everything that scheduling asks of it worked out once. */
export interface PodInfo {
  readonly pod: Pod;
  readonly requests: Resources;
  /** The same with a minimum for containers that ask for nothing: what LeastAllocated counts. */
  readonly nonZeroRequests: Resources;
  readonly hostPorts: readonly HostPort[];
  readonly priority: number;
}

export function podInfo(pod: Pod): PodInfo {
  return {
    pod,
    requests: podRequests(pod),
    nonZeroRequests: podRequests(pod, true),
    hostPorts: hostPorts(pod),
    priority: pod.spec.priority ?? 0,
  };
}

function hostPorts(pod: Pod): HostPort[] {
  const ports: HostPort[] = [];
  const sidecars = pod.spec.initContainers?.filter((container) => container.restartPolicy === 'Always') ?? [];
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue;
      ports.push({
        ip: hostIP === undefined || hostIP === '' ? ANY_IP : hostIP,
        protocol: protocol ?? 'TCP',
        port: hostPort,
      });
    }
  }
  return ports;
}

const ANY_IP = '0.0.0.0';

/** Whether two Pods cannot have these ports on one node: `0.0.0.0` takes the port on every address. */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY_IP || b.ip === ANY_IP);
}
