/** The Kubernetes that is simulated. */
export const KUBERNETES_VERSION = 'v1.36.2';

/** What ships with it. */
export const VERSIONS = {
  etcd: '3.6.6-0',
  pause: '3.10.1',
  containerd: '2.2.1',
  kernel: '6.12.57+deb13-amd64',
  osImage: 'Debian GNU/Linux 13 (trixie)',
} as const;

/** The address that the cluster's DNS Service is given, and the cluster's domain. */
export const CLUSTER_DNS = '10.96.0.10';
export const CLUSTER_DOMAIN = 'cluster.local';
