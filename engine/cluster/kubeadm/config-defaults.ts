import { print } from '../../linux/stdio.ts';
import { KUBELET_CONFIG } from '../machines/machine-files.ts';
import { KUBERNETES_VERSION } from '../versions.ts';
import { type Command, KubeadmError } from './command.ts';

// What `kubeadm config print …-defaults` prints.

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

const UPGRADE_DEFAULTS = `apiVersion: kubeadm.k8s.io/v1beta4
apply:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
diff:
  contextLines: 3
kind: UpgradeConfiguration
node:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
plan: {}
${TIMEOUTS}`;

/** Of kube-proxy's, what it goes by here; the real one prints every field, most of them empty. */
const KUBE_PROXY_CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
clusterCIDR: ""
kind: KubeProxyConfiguration
mode: ""
`;

const COMPONENT_CONFIGS: Readonly<Record<string, string>> = {
  KubeProxyConfiguration: KUBE_PROXY_CONFIG,
  KubeletConfiguration: KUBELET_CONFIG,
};

function printer(name: string, text: string, hasComponents: boolean): Command {
  const kinds = Object.keys(COMPONENT_CONFIGS).join(' ');
  return {
    name: `${name}-defaults`,
    short: `Print default ${name} configuration, that can be used for 'kubeadm ${name}'`,
    ...(hasComponents && {
      flags: {
        'component-configs': {
          type: 'string',
          default: '',
          usage: `A comma-separated list for component config API objects to print the default values for: [${kinds}].`,
        },
      },
    }),
    *run({ process, flags }) {
      const wanted = hasComponents
        ? flags
            .string('component-configs')
            .split(',')
            .filter((kind) => kind !== '')
        : [];
      if (wanted.some((kind) => !Object.hasOwn(COMPONENT_CONFIGS, kind)))
        throw new KubeadmError(`--component-configs needs to contain some of [${kinds}]`);
      const documents = [text.replace('HOSTNAME', process.hostname), ...wanted.map((kind) => COMPONENT_CONFIGS[kind]!)];
      yield* print(process, documents.join('---\n'));
    },
  };
}

export const PRINT: Command = {
  name: 'print',
  short: 'Print configuration',
  commands: [
    printer('init', INIT_DEFAULTS, true),
    printer('join', JOIN_DEFAULTS, true),
    printer('reset', RESET_DEFAULTS, false),
    printer('upgrade', UPGRADE_DEFAULTS, false),
  ],
};
