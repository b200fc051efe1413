import type { Pod } from '../api/kinds.ts';
import type { NamespaceMode, PodSandboxConfig } from '../containerd/cri.ts';
import { podCgroup } from './cgroups.ts';
import type { ClusterDns, KubeletContext } from './kubelet-context.ts';
import { isHostNetwork } from './pod-format.ts';

/** Where a Pod's logs are on the node. */
export function podLogDirectory(pod: Pod): string {
  const { namespace, name, uid } = pod.metadata;
  return `/var/log/pods/${namespace}_${name}_${uid}`;
}

export function pidNamespaceMode(pod: Pod): NamespaceMode {
  if (pod.spec.hostPID === true) return 'NODE';
  return pod.spec.shareProcessNamespace === true ? 'POD' : 'CONTAINER';
}

/** What the runtime is told about a Pod's sandbox. After `kuberuntime_sandbox.go`. */
export function sandboxConfig(context: KubeletContext, pod: Pod, attempt: number): PodSandboxConfig {
  const { name, namespace = 'default', uid, labels = {}, annotations = {} } = pod.metadata;
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: isHostNetwork(pod) ? context.nodeName : podHostname(pod),
    logDirectory: podLogDirectory(pod),
    labels: {
      ...labels,
      'io.kubernetes.pod.name': name,
      'io.kubernetes.pod.namespace': namespace,
      'io.kubernetes.pod.uid': uid,
    },
    annotations,
    dnsConfig: dnsConfig(context.clusterDns, pod, namespace),
    linux: {
      cgroupParent: podCgroup(pod),
      namespaces: {
        network: isHostNetwork(pod) ? 'NODE' : 'POD',
        pid: pidNamespaceMode(pod),
        ipc: pod.spec.hostIPC === true ? 'NODE' : 'POD',
      },
    },
  };
}

/** At most 63 characters, and none of them a trailing dash. */
export function podHostname(pod: Pod): string {
  return (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '');
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
function dnsConfig(cluster: ClusterDns | undefined, pod: Pod, namespace: string): PodSandboxConfig['dnsConfig'] {
  const own = pod.spec.dnsConfig;
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  const useCluster =
    cluster !== undefined &&
    (policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !isHostNetwork(pod)));
  if (!useCluster && policy !== 'None' && own === undefined) return undefined;
  const { domain } = cluster ?? { domain: 'cluster.local' };
  const base = useCluster
    ? {
        servers: [cluster.server],
        searches: [`${namespace}.svc.${domain}`, `svc.${domain}`, domain],
        options: ['ndots:5'],
      }
    : { servers: [], searches: [], options: [] };
  const options = (own?.options ?? []).map(({ name, value }) => (value === undefined ? `${name}` : `${name}:${value}`));
  return {
    servers: [...base.servers, ...(own?.nameservers ?? [])],
    searches: [...base.searches, ...(own?.searches ?? [])],
    options: [...base.options, ...options],
  };
}
