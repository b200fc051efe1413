import type { Container, Pod } from '../api/kinds.ts';
import { CommandError } from './command-error.ts';

// The debugging profiles of `kubectl debug`, after kubernetes/kubectl pkg/cmd/debug/profiles.go.
// https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#debugging-profiles

/** How far a debugging container is let into what it looks at. */
export interface DebugProfile {
  readonly securityContext?: Container['securityContext'];
  /** Whether a Pod for a node shares the node's network, processes and IPC. */
  readonly hostNamespaces: boolean;
  /** Whether it has the node's root below /host. */
  readonly hostRoot: boolean;
  /** Whether the containers of a Pod's copy see each other's processes. */
  readonly shareProcesses: boolean;
}

const NETWORK = { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } };
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' as const },
};

const PROFILES: Readonly<Record<string, DebugProfile>> = {
  legacy: { hostNamespaces: true, hostRoot: true, shareProcesses: false },
  general: {
    securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
    hostNamespaces: true,
    hostRoot: true,
    shareProcesses: true,
  },
  baseline: { hostNamespaces: false, hostRoot: false, shareProcesses: true },
  restricted: { securityContext: RESTRICTED, hostNamespaces: false, hostRoot: false, shareProcesses: true },
  netadmin: { securityContext: NETWORK, hostNamespaces: true, hostRoot: false, shareProcesses: true },
  sysadmin: { securityContext: { privileged: true }, hostNamespaces: true, hostRoot: true, shareProcesses: true },
};

/** @throws CommandError for a profile that there is not. */
export function debugProfile(name: string): DebugProfile {
  if (!Object.hasOwn(PROFILES, name)) throw new CommandError(`unknown profile: ${name}`);
  return PROFILES[name]!;
}

/** The Pod that runs on a node to look at the node itself. */
export function nodeDebugger(name: string, nodeName: string, container: Container, profile: DebugProfile): Pod {
  const { securityContext } = profile;
  // On a node, general means no more than the node's own namespaces.
  const restricted = profile === PROFILES['general'] || securityContext === undefined ? {} : { securityContext };
  const mounts = profile.hostRoot ? { volumeMounts: [{ mountPath: '/host', name: 'host-root' }] } : {};
  const host = profile.hostNamespaces ? { hostIPC: true, hostNetwork: true, hostPID: true } : {};
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' }, name },
    spec: {
      containers: [{ ...container, ...restricted, ...mounts }],
      ...host,
      nodeName,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      ...(profile.hostRoot ? { volumes: [{ hostPath: { path: '/' }, name: 'host-root' }] } : {}),
    },
  };
  return pod as unknown as Pod;
}

/** What is taken out of a container's copy, so that nothing disturbs who looks at it. */
export interface KeptParts {
  readonly labels: boolean;
  readonly annotations: boolean;
  readonly livenessProbe: boolean;
  readonly readinessProbe: boolean;
  readonly startupProbe: boolean;
  readonly initContainers: boolean;
}

/** The spec and metadata of a copy that is to be debugged: without what would restart it or send it traffic. */
export function strippedCopy(pod: Pod, kept: KeptParts): Pod {
  const strip = (container: Container): Container => {
    const { livenessProbe, readinessProbe, startupProbe, ...rest } = container;
    return {
      ...rest,
      ...(kept.livenessProbe && livenessProbe !== undefined ? { livenessProbe } : {}),
      ...(kept.readinessProbe && readinessProbe !== undefined ? { readinessProbe } : {}),
      ...(kept.startupProbe && startupProbe !== undefined ? { startupProbe } : {}),
    };
  };
  const { labels, annotations, ...metadata } = pod.metadata;
  const { initContainers, ...spec } = pod.spec;
  return {
    ...pod,
    metadata: {
      ...metadata,
      ...(kept.labels && labels !== undefined ? { labels } : {}),
      ...(kept.annotations && annotations !== undefined ? { annotations } : {}),
    },
    spec: {
      ...spec,
      ...(kept.initContainers && initContainers !== undefined ? { initContainers } : {}),
      containers: pod.spec.containers.map(strip),
    },
  };
}
