import { statusOf } from '../../debian/database.ts';
import type { Archive, Package } from '../../debian/package.ts';
import { listOf, listPath, type Source } from '../../debian/sources.ts';
import type { FileTree } from '../../linux/host.ts';
import type { Program } from '../../linux/syscalls.ts';
import { RELEASES, type Release, VERSIONS } from '../versions.ts';

/** kubeadm's packages, by the names that apt knows. */
export const KUBERNETES_PACKAGES = ['kubeadm', 'kubectl', 'kubelet'] as const;

export type KubernetesPackage = (typeof KUBERNETES_PACKAGES)[number];

/** The package manager's programs. */
export const DEBIAN_PROGRAMS = ['apt', 'apt-cache', 'apt-get', 'apt-mark', 'dpkg'] as const;

export type DebianTools = Readonly<Record<(typeof DEBIAN_PROGRAMS)[number], Program>>;

/** What the packages add to a release's number: `1.36.2-1.1` */
const REVISION = '-1.1';

const DEBIAN: Source = { url: 'http://deb.debian.org/debian', suite: 'trixie', components: ['main'] };
const KUBERNETES: Source = { url: 'https://pkgs.k8s.io/core:/stable:/v1.36/deb/', suite: '/', components: [] };

const ABOUT: Readonly<
  Record<KubernetesPackage, Pick<Package, 'description' | 'installedKib' | 'sizeBytes' | 'depends'>>
> = {
  kubeadm: {
    description: 'Command-line utility for administering a Kubernetes cluster',
    installedKib: 71_244,
    sizeBytes: 12_538_000,
    depends: 'cri-tools (>= 1.30.0)',
  },
  kubectl: {
    description: 'Command-line utility for interacting with a Kubernetes cluster',
    installedKib: 58_852,
    sizeBytes: 11_742_000,
  },
  kubelet: {
    description: 'Node agent for Kubernetes clusters',
    installedKib: 57_816,
    sizeBytes: 12_963_000,
    depends: 'iptables (>= 1.4.21), kubernetes-cni (>= 1.2.0), iproute2, mount, util-linux',
  },
};

const KUBERNETES_AUTHORS = { maintainer: 'Kubernetes Authors <dev@kubernetes.io>', homepage: 'https://kubernetes.io' };

/** What else of that archive is on a node. */
const COMPANIONS: readonly Package[] = [
  companion(
    'cri-tools',
    '1.36.0-1.1',
    'Command-line utility for interacting with a container runtime',
    41_800,
    16_900_000,
  ),
  companion(
    'kubernetes-cni',
    '1.9.0-1.1',
    'Binaries required to provision kubernetes container networking',
    91_300,
    38_200_000,
  ),
];

/** Of Debian's own thousands, what one asks for on a node. */
const SYSTEM: readonly Package[] = [
  ['apt', '3.0.3', 'admin', 'commandline package manager'],
  ['bash', '5.2.37-2+b5', 'shells', 'GNU Bourne Again SHell'],
  ['containerd', `${VERSIONS.containerd}-1`, 'admin', 'open and reliable container runtime'],
  ['curl', '8.14.1-2', 'web', 'command line tool for transferring data with URL syntax'],
  ['dpkg', '1.22.21', 'admin', 'Debian package management system'],
  ['iptables', '1.8.11-2', 'net', 'administration tools for packet filtering and NAT'],
  ['openssh-server', '1:10.0p1-7', 'net', 'secure shell (SSH) server, for secure access from remote machines'],
  ['openssl', '3.5.4-1', 'utils', 'Secure Sockets Layer toolkit - cryptographic utility'],
  ['systemd', '257.9-1', 'admin', 'system and service manager'],
].map(([name = '', version = '', section = '', description = '']) => ({
  name,
  version,
  section,
  description,
  maintainer: 'Debian Developers <debian-devel@lists.debian.org>',
  architecture: 'amd64',
  installedKib: 4096,
  sizeBytes: 1_400_000,
}));

function companion(
  name: string,
  version: string,
  description: string,
  installedKib: number,
  sizeBytes: number,
): Package {
  return {
    name,
    version,
    section: 'admin',
    description,
    architecture: 'amd64',
    installedKib,
    sizeBytes,
    ...KUBERNETES_AUTHORS,
  };
}

function packageOf(name: KubernetesPackage, release: Release): Package {
  const version = `${release.slice(1)}${REVISION}`;
  return { name, version, section: 'admin', architecture: 'amd64', ...ABOUT[name], ...KUBERNETES_AUTHORS };
}

/** The release of which a package's version is. */
export function releaseOfVersion(version: string): Release | undefined {
  return RELEASES.find((release) => version === `${release.slice(1)}${REVISION}`);
}

/** What lies at the URLs that sources.list names. https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/ */
export function archiveAt(url: string): Archive | undefined {
  if (url.replace(/\/$/, '') === DEBIAN.url) {
    return { url, mirror: DEBIAN.url, label: 'Debian:13.2/stable', packages: SYSTEM };
  }
  if (url.replace(/\/?$/, '/') !== KUBERNETES.url) return undefined;
  return {
    url,
    mirror: 'https://prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/core:/stable:/v1.36/deb',
    label: 'isv:kubernetes:core:stable:v1.36:pkgs.k8s.io',
    packages: [
      ...RELEASES.flatMap((release) => KUBERNETES_PACKAGES.map((name) => packageOf(name, release))),
      ...COMPANIONS,
    ],
  };
}

/**
 * What the package manager of a node has noted: the packages it was made with, kubeadm's held as its instructions advise, and
 * the lists as they were then, so that later releases show after `apt-get update`.
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/
 */
export function debianFiles(release: Release): FileTree {
  const own = KUBERNETES_PACKAGES.map((name) => packageOf(name, release));
  const isHeld = (name: string) => own.some((each) => each.name === name);
  return {
    '/etc/apt/sources.list': { text: `deb ${DEBIAN.url} ${DEBIAN.suite} main\n` },
    '/etc/apt/sources.list.d/kubernetes.list': {
      text: `deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.gpg] ${KUBERNETES.url} /\n`,
    },
    '/var/lib/dpkg/status': { text: statusOf([...own, ...COMPANIONS, ...SYSTEM], isHeld) },
    [listPath(DEBIAN)]: { text: listOf({ packages: SYSTEM }) },
    [listPath(KUBERNETES)]: { text: listBefore(release) },
  };
}

/** The list of the archive when a release was the newest. */
function listBefore(release: Release): string {
  const { packages } = archiveAt(KUBERNETES.url)!;
  const later = RELEASES.slice(RELEASES.indexOf(release) + 1);
  return listOf({
    packages: packages.filter(({ version }) => !later.some((each) => releaseOfVersion(version) === each)),
  });
}
