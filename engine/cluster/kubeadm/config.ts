import { CallError, callCri } from '../../containerd/crictl/cri-client.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { COREDNS_IMAGE, componentReference } from '../images/references.ts';
import { KUBERNETES_VERSION, type Release, VERSIONS } from '../versions.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';

/** What a control plane of a release runs. */
export function imagesOf(release: Release): readonly string[] {
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'].map((name) =>
      componentReference(name, release),
    ),
    COREDNS_IMAGE,
    `registry.k8s.io/pause:${VERSIONS.pause}`,
    `registry.k8s.io/etcd:${VERSIONS.etcd}`,
  ];
}

const CLUSTER_DEFAULTS = `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: ${KUBERNETES_VERSION.replace(/\d+$/, '0').slice(1)}
networking:
  dnsDomain: cluster.local
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`;

const TIMEOUTS = `timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s
`;

const REGISTRATION = `nodeRegistration:
  criSocket: unix:///var/run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
`;

const INIT_DEFAULTS = `apiVersion: kubeadm.k8s.io/v1beta4
bootstrapTokens:
- groups:
  - system:bootstrappers:kubeadm:default-node-token
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages:
  - signing
  - authentication
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 1.2.3.4
  bindPort: 6443
${REGISTRATION}  name: node
  taints: null
${TIMEOUTS}---
${CLUSTER_DEFAULTS}`;

const JOIN_DEFAULTS = `apiVersion: kubeadm.k8s.io/v1beta4
caCertPath: /etc/kubernetes/pki/ca.crt
discovery:
  bootstrapToken:
    apiServerEndpoint: kube-apiserver:6443
    token: abcdef.0123456789abcdef
    unsafeSkipCAVerification: true
  tlsBootstrapToken: abcdef.0123456789abcdef
kind: JoinConfiguration
${REGISTRATION}  name: HOSTNAME
  taints: null
${TIMEOUTS}`;

const RESET_DEFAULTS = `apiVersion: kubeadm.k8s.io/v1beta4
certificatesDir: /etc/kubernetes/pki
criSocket: unix:///var/run/containerd/containerd.sock
kind: ResetConfiguration
${TIMEOUTS}`;

function printer(name: string, text: string): Command {
  return {
    name: `${name}-defaults`,
    short: `Print default ${name} configuration, that can be used for 'kubeadm ${name}'`,
    *run({ process }) {
      yield* print(process, text.replace('HOSTNAME', process.hostname));
    },
  };
}

function* pull({ process, surroundings }: Asked): Task<void> {
  for (const image of imagesOf(surroundings.release)) {
    yield* pullImage(process, image);
    yield* print(process, `[config/images] Pulled ${image}\n`);
  }
}

/** @throws KubeadmError */
export function* pullImage(process: Process, image: string): Task<void> {
  try {
    yield* callCri(process, 'pullImage', image);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new KubeadmError(`failed to pull image ${JSON.stringify(image)}: ${error.message}`);
  }
}

function missing(name: string, short: string): Command {
  return { name, short, missing: `"kubeadm config ${name}"` };
}

export const CONFIG: Command = {
  name: 'config',
  short: 'Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster',
  long: `What 'kubeadm init' was told of a cluster is in the ConfigMap "kubeadm-config" in kube-system.
`,
  commands: [
    {
      name: 'images',
      short: 'Interact with container images used by kubeadm',
      commands: [
        {
          name: 'list',
          short: 'Print a list of images kubeadm will use',
          *run({ process, surroundings }) {
            yield* print(process, `${imagesOf(surroundings.release).join('\n')}\n`);
          },
        },
        { name: 'pull', short: 'Pull images used by kubeadm', run: pull },
      ],
    },
    missing(
      'migrate',
      'Read an older version of the kubeadm configuration API types from a file, and output a newer one',
    ),
    {
      name: 'print',
      short: 'Print configuration',
      commands: [printer('init', INIT_DEFAULTS), printer('join', JOIN_DEFAULTS), printer('reset', RESET_DEFAULTS)],
    },
    missing('validate', 'Read a file containing the kubeadm configuration API and report any validation errors'),
  ],
};
