/** The releases that there are, the oldest first. They differ in what they call themselves, and in nothing else. */
export const RELEASES = ['v1.36.0', 'v1.36.1', 'v1.36.2'] as const;

/** What a cluster is made of unless told, and what the workstation has: the newest. */
export const KUBERNETES_VERSION: Release = 'v1.36.2';

export type Release = (typeof RELEASES)[number];

/** @throws Error for what has never been released */
export function releaseNamed(version: string): Release {
  const release = RELEASES.find((each) => each === version);
  if (release === undefined) throw new Error(`there is no Kubernetes ${version} here, only ${RELEASES.join(', ')}`);
  return release;
}

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
