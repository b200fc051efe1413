import type { Node, Pod } from '../api/kinds.ts';
import { nodeMatchesPod } from '../client/node-selector.ts';
import { untoleratedTaint } from '../client/tolerations.ts';
import { isHostNetwork } from './pod-format.ts';
import { podRequest, requestedResources } from './quantities.ts';

/** Why a Pod that was bound to this node cannot run here. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/**
 * The kubelet's own check of what the scheduler decided (or of what no scheduler has seen).
 * After `pkg/kubelet/lifecycle/predicate.go` and `pkg/kubelet/sysctl/allowlist.go`.
 *
 * @param others the Pods that are on the node already
 * @param allocatable amounts in thousandths of a CPU or whole units; 0 for what the node does not have
 */
export function admitPod(
  pod: Pod,
  others: readonly Pod[],
  allocatable: (resource: string) => number,
  node: Node | undefined,
): Rejection | undefined {
  return refuseSysctls(pod) ?? refuseResources(pod, others, allocatable) ?? refusePlace(pod, others, node);
}

function refuseResources(
  pod: Pod,
  others: readonly Pod[],
  allocatable: (resource: string) => number,
): Rejection | undefined {
  if (others.length + 1 > allocatable('pods')) {
    return outOf('pods', 1, others.length, allocatable('pods'));
  }
  for (const resource of requestedResources(pod)) {
    const requested = podRequest(pod, resource);
    if (requested === 0) continue;
    let used = 0;
    for (const other of others) used += podRequest(other, resource);
    if (used + requested > allocatable(resource)) return outOf(resource, requested, used, allocatable(resource));
  }
  return undefined;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Rejection {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

function refusePlace(pod: Pod, others: readonly Pod[], node: Node | undefined): Rejection | undefined {
  if (node !== undefined && !nodeMatchesPod(node, pod)) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  }
  const wanted = hostPorts(pod);
  const taken = wanted.length === 0 ? [] : others.flatMap(hostPorts);
  if (taken.some((port) => wanted.some((other) => collide(port, other)))) {
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  }
  const taint = untoleratedTaint(node?.spec?.taints, pod.spec.tolerations, ['NoExecute']);
  if (taint === undefined) return undefined;
  return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
}

function predicate(name: string, why: string): Rejection {
  return { reason: name, message: `Predicate ${name} failed: ${why}` };
}

interface HostPort {
  /** `TCP/8080` */
  readonly port: string;
  readonly ip: string;
}

const ANY_IP = '0.0.0.0';

function hostPorts({ spec }: Pod): readonly HostPort[] {
  const ports = spec.containers.flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ hostPort = 0, protocol = 'TCP', hostIP }) =>
    hostPort === 0
      ? []
      : [{ port: `${protocol}/${hostPort}`, ip: hostIP === undefined || hostIP === '' ? ANY_IP : hostIP }],
  );
}

/** One port may be used at several addresses, but not at one and at all of them. */
function collide(one: HostPort, other: HostPort): boolean {
  return one.port === other.port && (one.ip === other.ip || one.ip === ANY_IP || other.ip === ANY_IP);
}

/** Those that have an effect on nobody but the Pod. */
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

/** https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls */
function refuseSysctls(pod: Pod): Rejection | undefined {
  for (const { name } of pod.spec.securityContext?.sysctls ?? []) {
    const plain = name.replaceAll('/', '.');
    const namespace = plain.startsWith('net.') ? 'net' : 'ipc';
    let why: string | undefined;
    if (!SAFE_SYSCTLS.has(plain)) why = 'not allowlisted';
    else if (namespace === 'net' && isHostNetwork(pod)) why = 'not allowed with host net enabled';
    else if (namespace === 'ipc' && pod.spec.hostIPC === true) why = 'not allowed with host ipc enabled';
    if (why !== undefined) return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${name}" ${why}` };
  }
  return undefined;
}
