import type { Pod } from '../api/kinds.ts';
import { type AffinityTerms, affinityTermsOf } from './affinity-terms.ts';
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
  readonly affinity: AffinityTerms;
  /** Pods with the same text are alike in namespace, labels, affinity and in whether they are terminating. */
  readonly cohort: string;
  /** Names of the claims that its volumes use, in the Pod's namespace. */
  readonly claims: readonly string[];
}

export function podInfo(pod: Pod): PodInfo {
  return {
    pod,
    requests: podRequests(pod),
    nonZeroRequests: podRequests(pod, true),
    hostPorts: hostPorts(pod),
    priority: pod.spec.priority ?? 0,
    affinity: affinityTermsOf(pod),
    cohort: cohortOf(pod),
    claims: claimsOf(pod),
  };
}

/** The same Pod after a change that left its spec and labels alone. */
export function withPod(info: PodInfo, pod: Pod): PodInfo {
  const stays = info.pod.metadata.deletionTimestamp === pod.metadata.deletionTimestamp;
  return { ...info, pod, cohort: stays ? info.cohort : cohortOf(pod) };
}

function hostPorts(pod: Pod): readonly HostPort[] {
  let ports = NO_PORTS;
  const sidecars = pod.spec.initContainers?.filter((container) => container.restartPolicy === 'Always') ?? [];
  for (const container of sidecars.length === 0 ? pod.spec.containers : [...pod.spec.containers, ...sidecars]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue;
      const ip = hostIP === undefined || hostIP === '' ? ANY_IP : hostIP;
      ports = [...ports, { ip, protocol: protocol ?? 'TCP', port: hostPort }];
    }
  }
  return ports;
}

const NO_PORTS: readonly HostPort[] = [];
const ANY_IP = '0.0.0.0';

/** Whether two Pods cannot have these ports on one node: `0.0.0.0` takes the port on every address. */
export function portsConflict(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY_IP || b.ip === ANY_IP);
}

function cohortOf({ metadata, spec }: Pod): string {
  const { namespace = '', labels, deletionTimestamp } = metadata;
  let text = deletionTimestamp === undefined ? namespace : `${namespace}!`;
  if (labels !== undefined) {
    for (const key of Object.keys(labels).sort()) text += `,${key}=${labels[key]}`;
  }
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return text;
  return `${text} ${JSON.stringify([podAffinity, podAntiAffinity])}`;
}

const NO_CLAIMS: readonly string[] = [];

/** A generic ephemeral volume has a claim of its own, named after the Pod and the volume. */
function claimsOf({ metadata, spec }: Pod): readonly string[] {
  let claims = NO_CLAIMS;
  for (const volume of spec.volumes ?? []) {
    if (volume.persistentVolumeClaim !== undefined) claims = [...claims, volume.persistentVolumeClaim.claimName];
    else if (volume.ephemeral !== undefined) claims = [...claims, `${metadata.name}-${volume.name}`];
  }
  return claims;
}
