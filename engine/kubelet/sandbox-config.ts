import type { Pod } from '../api/kinds.ts';
import type { NamespaceMode, PodSandboxConfig } from '../containerd/cri.ts';
import { podCgroup } from './cgroups.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { podDns } from './pod-dns.ts';
import { isHostNetwork } from './pod-format.ts';
import { kernelHostname } from './pod-hostname.ts';

/** Where a Pod's logs are on the node. */
export function podLogDirectory(pod: Pod): string {
  const { namespace, name, uid } = pod.metadata;
  return `/var/log/pods/${namespace}_${name}_${uid}`;
}

export function pidNamespaceMode(pod: Pod): NamespaceMode {
  if (pod.spec.hostPID === true) return 'NODE';
  return pod.spec.shareProcessNamespace === true ? 'POD' : 'CONTAINER';
}

/** What a sandbox is to be, and what of it could not be as the Pod wants it. */
export interface SandboxPlan {
  readonly config: PodSandboxConfig;
  readonly omissions: readonly string[];
}

/** @throws SandboxConfigError */
export function planSandbox(context: KubeletContext, pod: Pod, attempt: number): SandboxPlan {
  const omissions: string[] = [];
  return { config: sandboxConfig(context, pod, attempt, omissions), omissions };
}

/** Tells whoever looks at the Pod what is odd about its sandbox. */
export function tellOmissions(context: KubeletContext, pod: Pod, { omissions }: SandboxPlan): void {
  for (const message of omissions) podEvent(context, pod, 'Warning', 'DNSConfigForming', message);
}

/** What the runtime is told about a Pod's sandbox. After `kuberuntime_sandbox.go`. */
function sandboxConfig(context: KubeletContext, pod: Pod, attempt: number, omissions: string[]): PodSandboxConfig {
  const { name, namespace = 'default', uid, labels = {}, annotations = {} } = pod.metadata;
  const hostname = kernelHostname(pod, context.clusterDns?.domain ?? 'cluster.local');
  if ('error' in hostname) throw new SandboxConfigError(hostname.error);
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: isHostNetwork(pod) && pod.spec.hostnameOverride === undefined ? context.nodeName : hostname.name,
    logDirectory: podLogDirectory(pod),
    labels: {
      ...labels,
      'io.kubernetes.pod.name': name,
      'io.kubernetes.pod.namespace': namespace,
      'io.kubernetes.pod.uid': uid,
    },
    annotations,
    dnsConfig: podDns(context, pod, omissions),
    portMappings: isHostNetwork(pod) ? [] : portMappings(pod),
    linux: {
      cgroupParent: podCgroup(pod),
      namespaces: {
        network: isHostNetwork(pod) ? 'NODE' : 'POD',
        pid: pidNamespaceMode(pod),
        ipc: pod.spec.hostIPC === true ? 'NODE' : 'POD',
        user: pod.spec.hostUsers === false ? context.userNamespaces.mappings(uid) : undefined,
      },
      sysctls: sysctlsOf(pod),
    },
  };
}

function portMappings({ spec }: Pod): PodSandboxConfig['portMappings'] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.map(({ protocol = 'TCP', containerPort, hostPort = 0, hostIP }) => ({
    protocol,
    containerPort,
    hostPort,
    // Every address is what none means.
    hostIp: hostIP === '' || hostIP === '0.0.0.0' ? undefined : hostIP,
  }));
}

function sysctlsOf({ spec }: Pod): Readonly<Record<string, string>> | undefined {
  const { sysctls = [] } = spec.securityContext ?? {};
  if (sysctls.length === 0) return undefined;
  return Object.fromEntries(sysctls.map(({ name, value }) => [name.replaceAll('/', '.'), value]));
}

/** The Pod asks for a sandbox that cannot be. */
export class SandboxConfigError extends Error {
  override readonly name = 'SandboxConfigError';
}
