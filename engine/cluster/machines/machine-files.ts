import type { FileTree } from '../../linux/host.ts';
import type { Program } from '../../linux/syscalls.ts';
import { CLIENTS, KUBECONFIGS } from '../bootstrap/bearers.ts';
import { KUBELET_KUBECONFIG } from '../bootstrap/kubeadm.ts';
import { KUBELET_CLIENT, kubeletClientFile } from '../bootstrap/kubelet-identity.ts';
import { type ControlPlaneLayout, controlPlaneManifests, STATIC_POD_PATH } from '../bootstrap/static-pods.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import { VERSIONS } from '../versions.ts';

const OS_RELEASE = `PRETTY_NAME="${VERSIONS.osImage}"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
ID=debian
HOME_URL="https://www.debian.org/"
`;

/** What `modprobe` finds: all that this kernel can do is built in. */
const BUILT_IN =
  'bridge br_netfilter dummy ip_set ip_tables ip_vs ip_vs_rr ip_vs_sh ip_vs_wrr loop nf_conntrack nf_tables nfs overlay tun veth';

/** What root's shells start with; the learner's own has more. */
const BASHRC = `PS1='\\u@\\h:\\w\\$ '
alias k=kubectl
alias ll='ls -l'
`;

/** Files that every machine has: what a Debian installation and kubeadm's prerequisites leave. */
export function machineFiles(hostname: string, hosts: ReadonlyMap<string, string>): FileTree {
  const hostLines = [...hosts].map(([name, address]) => `${address}\t${name}`).join('\n');
  return {
    '/etc/hostname': { text: `${hostname}\n` },
    '/etc/hosts': { text: `127.0.0.1\tlocalhost\n${hostLines}\n` },
    '/etc/os-release': { text: OS_RELEASE },
    '/etc/passwd': {
      text: 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
    },
    '/etc/group': { text: 'root:x:0:\nnogroup:x:65534:\n' },
    '/etc/resolv.conf': { text: 'nameserver 10.0.0.1\n' },
    [`/lib/modules/${VERSIONS.kernel}/modules.builtin`]: {
      text: BUILT_IN.replace(/\S+ ?/g, (name) => `kernel/${name.trim()}.ko\n`),
    },
    '/root': { directory: true, mode: 0o700 },
    '/root/.bashrc': { text: BASHRC },
    '/mnt': { directory: true },
    '/tmp': { directory: true, mode: 0o1777 },
    '/usr/local/sbin': { directory: true },
    // As on every Debian: what programs say of themselves while they run is in one place, by two names.
    '/var/run': { symlink: '/run' },
    '/var/log': { directory: true },
    '/var/tmp': { directory: true, mode: 0o1777 },
  };
}

export const KUBELET_CONFIG_FILE = '/var/lib/kubelet/config.yaml';

/** Of what kubeadm writes, what this kubelet goes by; other fields may be added. */
export const KUBELET_CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    cacheTTL: 0s
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
  webhook:
    cacheAuthorizedTTL: 0s
    cacheUnauthorizedTTL: 0s
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
healthzBindAddress: 127.0.0.1
healthzPort: 10248
kind: KubeletConfiguration
staticPodPath: /etc/kubernetes/manifests
`;

/** What is installed on a node beside containerd. */
export type CriTools = Readonly<Record<'crictl' | 'ctr', Program>>;

/** What kubeadm adds on a machine that becomes a node. */
export function nodeFiles({ crictl, ctr }: CriTools): FileTree {
  return {
    [STATIC_POD_PATH]: { directory: true, mode: 0o700 },
    '/usr/bin/crictl': { program: crictl, size: 40_186_306 },
    '/usr/bin/ctr': { program: ctr, size: 22_429_880 },
    '/etc/apparmor.d/disable': { directory: true },
    '/etc/default': { directory: true },
    '/etc/cni/net.d': { directory: true, mode: 0o700 },
    '/var/lib/kubelet': { directory: true, mode: 0o700 },
    [KUBELET_CONFIG_FILE]: { text: KUBELET_CONFIG, mode: 0o644 },
    '/var/lib/kubelet/kubeadm-flags.env': { text: 'KUBELET_KUBEADM_ARGS=""\n', mode: 0o644 },
    '/var/log/pods': { directory: true },
    '/var/log/containers': { directory: true },
  };
}

/** A machine of the control plane. */
export interface ControlPlanePlace extends ControlPlaneLayout {
  /** Where the balancer stands, with its port, if there is one. */
  readonly endpoint: string | undefined;
}

/** What `kubeadm init` adds on the first machine of the control plane, and `kubeadm join --control-plane` on others. */
export function controlPlaneFiles(place: ControlPlanePlace, pki: ClusterPki): FileTree {
  const { nodeName, address, endpoint, etcd } = place;
  const manifests = Object.entries(controlPlaneManifests(place)).map(
    ([name, text]) => [`${STATIC_POD_PATH}/${name}`, { text, mode: 0o600 }] as const,
  );
  const server = `https://${address}:6443`;
  const isFirst = etcd?.isExisting !== true;
  const kubeconfigs = Object.fromEntries(
    KUBECONFIGS.filter(([file]) => isFirst || file !== 'super-admin.conf').map(([file, user, ...groups]) => {
      const { certificate, key } = pki.clientCertificate(user, groups);
      const shown = { 'client-certificate-data': btoa(certificate), 'client-key-data': btoa(key) };
      // What runs here asks the API server here; people ask wherever the cluster is.
      const isLocal = endpoint === undefined || !file.includes('admin');
      const text = kubeconfig(isLocal ? server : `https://${endpoint}`, user, { ca: pki.rootCa, shown });
      return [`/etc/kubernetes/${file}`, { text, mode: 0o600 }];
    }),
  );
  return {
    ...Object.fromEntries(manifests),
    ...kubeconfigs,
    ...(isFirst ? kubeletIdentity(nodeName, server, pki) : {}),
    // As `kubeadm init` asks to be copied.
    '/root/.kube/config': kubeconfigs['/etc/kubernetes/admin.conf']!,
    ...pkiFiles(pki, place),
    '/var/lib/etcd': { directory: true, mode: 0o700 },
  };
}

/** What the first kubelet is known by, as the phase kubelet-finalize leaves it. */
function kubeletIdentity(nodeName: string, server: string, pki: ClusterPki): FileTree {
  const file = kubeletClientFile(pki.nowMs);
  const shown = { 'client-certificate': KUBELET_CLIENT, 'client-key': KUBELET_CLIENT };
  const text = kubeconfig(server, `system:node:${nodeName}`, { ca: pki.rootCa, shown });
  return {
    [KUBELET_KUBECONFIG]: { text, mode: 0o600 },
    [file]: { text: pki.kubeletCertificate(nodeName), mode: 0o600 },
    [KUBELET_CLIENT]: { symlink: file },
  };
}

function pkiFiles(pki: ClusterPki, { nodeName, address, endpoint }: ControlPlanePlace): FileTree {
  const server = pki.serverCertificate(nodeName, address, endpoint?.replace(/:.*/, ''));
  const files: readonly (readonly [name: string, text: string, mode: number])[] = [
    ['ca.crt', pki.rootCa, 0o644],
    ['ca.key', pki.keys.authority.pem, 0o600],
    ['apiserver.crt', server.certificate, 0o644],
    ['apiserver.key', server.key, 0o600],
    // The real kubeadm gives etcd and the front proxy authorities of their own; here the cluster's has signed what they show.
    ...['etcd/ca', 'front-proxy-ca'].flatMap((name) => [
      [`${name}.crt`, pki.rootCa, 0o644] as const,
      [`${name}.key`, pki.keys.authority.pem, 0o600] as const,
    ]),
    ['etcd/server.crt', server.certificate, 0o644],
    ['etcd/server.key', server.key, 0o600],
    ...[...CLIENTS, ['etcd/peer', nodeName] as const].flatMap(([name, user, ...groups]) => {
      const { certificate, key } = pki.clientCertificate(user, groups);
      return [[`${name}.crt`, certificate, 0o644] as const, [`${name}.key`, key, 0o600] as const];
    }),
    ['sa.key', pki.keys.serviceAccounts.pem, 0o600],
    ['sa.pub', pki.serviceAccountsPublicKey, 0o600],
  ];
  return Object.fromEntries(files.map(([name, text, mode]) => [`/etc/kubernetes/pki/${name}`, { text, mode }]));
}

/** Whom the bearer of a kubeconfig is to believe, and why he is to be believed. */
interface Proof {
  /** The certificate of the cluster's CA, PEM. */
  readonly ca: string;
  /** Fields of the user. */
  readonly shown: Readonly<Record<string, string>>;
}

/**
 * A kubeconfig with one cluster, one user and one context, as kubeadm writes it.
 *
 * @param proof without it the name alone has to do
 */
export function kubeconfig(server: string, user: string, proof?: Proof): string {
  const authority = proof && `    certificate-authority-data: ${btoa(proof.ca)}\n`;
  const shown = proof && Object.entries(proof.shown).map(([field, value]) => `\n    ${field}: ${value}`);
  return `apiVersion: v1
clusters:
- cluster:
${authority ?? ''}    server: ${server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: ${user}
  name: ${user}@kubernetes
current-context: ${user}@kubernetes
kind: Config
preferences: {}
users:
- name: ${user}
  user:${shown?.join('') ?? ' {}'}
`;
}
