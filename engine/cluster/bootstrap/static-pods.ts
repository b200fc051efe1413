import { KUBERNETES_VERSION, type Release, VERSIONS } from '../versions.ts';

/** Where things are on the control-plane machine. */
export interface ControlPlaneAddress {
  readonly nodeName: string;
  readonly address: string;
}

/** An etcd that is one of several, or can get company. */
export interface EtcdPlace {
  /** What it is told of the others. */
  readonly flags: readonly string[];
  /** Whether others are there before it. */
  readonly isExisting: boolean;
}

/** What its components are, and where. */
export interface ControlPlaneLayout extends ControlPlaneAddress {
  readonly release: Release;
  /** Absent where it is the only one for good. */
  readonly etcd?: EtcdPlace | undefined;
  /** Flags that the ClusterConfiguration adds, by the component's name: in place of one of the same name, and in their order. */
  readonly extraArgs?: Readonly<Record<string, readonly { readonly name: string; readonly value: string }[]>>;
}

/** Where Pods have their addresses. */
export const CLUSTER_CIDR = '10.244.0.0/16';

/** Path of the directory whose manifests the kubelet runs without being told by any API server. */
export const STATIC_POD_PATH = '/etc/kubernetes/manifests';

/**
 * The manifests that `kubeadm init` leaves on a control-plane node, by file name.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#generate-static-pod-manifests-for-control-plane-components
 */
export function controlPlaneManifests(at: ControlPlaneLayout): Readonly<Record<string, string>> {
  return Object.fromEntries(
    components(at).map((component) => {
      const command = withExtraArgs(component.command, at.extraArgs?.[component.name] ?? []);
      return [`${component.name}.yaml`, manifest({ ...component, command })];
    }),
  );
}

function withExtraArgs(
  [program = '', ...flags]: readonly string[],
  extra: readonly { readonly name: string; readonly value: string }[],
): readonly string[] {
  if (extra.length === 0) return [program, ...flags];
  const isReplaced = (flag: string) => extra.some(({ name }) => flag.startsWith(`--${name}=`));
  return withFlags(program, [
    ...flags.filter((flag) => !isReplaced(flag)),
    ...extra.map(({ name, value }) => `--${name}=${value}`),
  ]);
}

function withFlags(program: string, flags: readonly string[]): readonly string[] {
  return [program, ...flags.toSorted()];
}

/** The command lines in those manifests, by the name of the program. */
export function controlPlaneCommands(at: ControlPlaneAddress): Readonly<Record<string, readonly string[]>> {
  const layout = { ...at, release: KUBERNETES_VERSION };
  return Object.fromEntries(components(layout).map(({ name, command }) => [name, command]));
}

function components(at: ControlPlaneLayout): readonly Component[] {
  return [etcd(at), apiServer(at), controllerManager(at), scheduler(at)];
}

interface Component {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
  /** Health endpoint: port and path of the liveness and startup probes. */
  readonly health: { readonly port: number; readonly path: string; readonly scheme?: 'HTTPS' };
  /** Host paths mounted at the same place. */
  readonly mounts: readonly {
    readonly name: string;
    readonly path: string;
    readonly type: string;
    readonly readOnly: boolean;
  }[];
}

/** Where members reach each other. */
export function peerUrlOf(address: string): string {
  return `https://${address}:2380`;
}

function etcd(at: ControlPlaneLayout): Component {
  return {
    name: 'etcd',
    image: `registry.k8s.io/etcd:${VERSIONS.etcd}`,
    command: withFlags('etcd', [
      ...(at.etcd?.flags ?? []),
      `--advertise-client-urls=https://${at.address}:2379`,
      '--cert-file=/etc/kubernetes/pki/etcd/server.crt',
      '--client-cert-auth=true',
      '--data-dir=/var/lib/etcd',
      '--key-file=/etc/kubernetes/pki/etcd/server.key',
      `--listen-client-urls=https://127.0.0.1:2379,https://${at.address}:2379`,
      '--listen-metrics-urls=http://127.0.0.1:2381',
      `--name=${at.nodeName}`,
      '--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
    ]),
    cpu: '100m',
    memory: '100Mi',
    health: { port: 2381, path: '/readyz' },
    mounts: [
      { name: 'etcd-data', path: '/var/lib/etcd', type: 'DirectoryOrCreate', readOnly: false },
      { name: 'etcd-certs', path: '/etc/kubernetes/pki/etcd', type: 'DirectoryOrCreate', readOnly: false },
    ],
  };
}

function apiServer(at: ControlPlaneLayout): Component {
  return {
    name: 'kube-apiserver',
    image: `registry.k8s.io/kube-apiserver:${at.release}`,
    command: [
      'kube-apiserver',
      `--advertise-address=${at.address}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      '--client-ca-file=/etc/kubernetes/pki/ca.crt',
      '--enable-admission-plugins=NodeRestriction',
      '--enable-bootstrap-token-auth=true',
      '--etcd-servers=https://127.0.0.1:2379',
      '--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt',
      '--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key',
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      '--secure-port=6443',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      '--service-account-key-file=/etc/kubernetes/pki/sa.pub',
      '--service-account-signing-key-file=/etc/kubernetes/pki/sa.key',
      '--service-cluster-ip-range=10.96.0.0/12',
      '--tls-cert-file=/etc/kubernetes/pki/apiserver.crt',
      '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
    ],
    cpu: '250m',
    health: { port: 6443, path: '/livez', scheme: 'HTTPS' },
    mounts: [{ name: 'k8s-certs', path: '/etc/kubernetes/pki', type: 'DirectoryOrCreate', readOnly: true }],
  };
}

function controllerManager({ release }: ControlPlaneLayout): Component {
  return {
    name: 'kube-controller-manager',
    image: `registry.k8s.io/kube-controller-manager:${release}`,
    command: [
      'kube-controller-manager',
      '--allocate-node-cidrs=true',
      '--bind-address=127.0.0.1',
      `--cluster-cidr=${CLUSTER_CIDR}`,
      '--controllers=*,bootstrapsigner,tokencleaner',
      '--kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--leader-elect=true',
      '--root-ca-file=/etc/kubernetes/pki/ca.crt',
      '--use-service-account-credentials=true',
    ],
    cpu: '200m',
    health: { port: 10257, path: '/healthz' },
    mounts: [
      { name: 'k8s-certs', path: '/etc/kubernetes/pki', type: 'DirectoryOrCreate', readOnly: true },
      { name: 'kubeconfig', path: '/etc/kubernetes/controller-manager.conf', type: 'FileOrCreate', readOnly: true },
    ],
  };
}

function scheduler({ release }: ControlPlaneLayout): Component {
  return {
    name: 'kube-scheduler',
    image: `registry.k8s.io/kube-scheduler:${release}`,
    command: [
      'kube-scheduler',
      '--bind-address=127.0.0.1',
      '--kubeconfig=/etc/kubernetes/scheduler.conf',
      '--leader-elect=true',
    ],
    cpu: '100m',
    health: { port: 10259, path: '/livez' },
    mounts: [{ name: 'kubeconfig', path: '/etc/kubernetes/scheduler.conf', type: 'FileOrCreate', readOnly: true }],
  };
}

function manifest(component: Component): string {
  const { name, image, command, cpu, memory, health, mounts } = component;
  return `apiVersion: v1
kind: Pod
metadata:
  labels:
    component: ${name}
    tier: control-plane
  name: ${name}
  namespace: kube-system
spec:
  containers:
  - command:
${command.map((word) => `    - ${word}`).join('\n')}
    image: ${image}
    imagePullPolicy: IfNotPresent
    livenessProbe:
      failureThreshold: 8
      httpGet:
        host: 127.0.0.1
        path: ${health.path}
        port: ${health.port}${health.scheme === undefined ? '' : `\n        scheme: ${health.scheme}`}
      initialDelaySeconds: 10
      periodSeconds: 10
      timeoutSeconds: 15
    name: ${name}
    resources:
      requests:
        cpu: ${cpu}${memory === undefined ? '' : `\n        memory: ${memory}`}
    volumeMounts:
${mounts.map(({ name: volume, path, readOnly }) => `    - mountPath: ${path}\n      name: ${volume}${readOnly ? '\n      readOnly: true' : ''}`).join('\n')}
  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  volumes:
${mounts.map(({ name: volume, path, type }) => `  - hostPath:\n      path: ${path}\n      type: ${type}\n    name: ${volume}`).join('\n')}
status: {}
`;
}
