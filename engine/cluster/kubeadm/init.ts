import { StatusError } from '../../api/status-error.ts';
import type { FlagSpecs } from '../../linux/programs/go/flags.ts';
import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { COREDNS_OBJECTS } from '../add-ons/coredns.ts';
import { kubeProxyObjects } from '../add-ons/kube-proxy.ts';
import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { CLUSTER_CIDR, controlPlaneManifests, STATIC_POD_PATH } from '../bootstrap/static-pods.ts';
import { joiningObjects } from '../kubeadm-objects.ts';
import { ask, clientOf, configPath, loadConfig } from './api.ts';
import { type Asked, type Command, KubeadmError, notHere } from './command.ts';
import { loadConfiguration, requireNoOthers } from './config-flag.ts';
import { CERTS_PHASES } from './init-certs.ts';
import { KUBECONFIG_PHASES } from './init-kubeconfigs.ts';
import { MARK_CONTROL_PLANE, UPLOAD_CONFIG_PHASES } from './init-objects.ts';
import { addressOf } from './machine-address.ts';
import { directoryIsEmpty, fileIsAbsent, portIsFree, preflight } from './preflight.ts';
import { UPLOAD_CERTS } from './upload-certs.ts';

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
const CA = '/etc/kubernetes/pki/ca.crt';

const CHECKS = [
  ...[6443, 10259, 10257].map(portIsFree),
  ...COMPONENTS.map((name) => fileIsAbsent(`${STATIC_POD_PATH}/${name}.yaml`)),
  ...[10250, 2379, 2380].map(portIsFree),
  directoryIsEmpty('/var/lib/etcd'),
];

/** A machine that could become one is none here: the cluster has its control plane. */
function* init(asked: Asked): Task<void> {
  const { process, flags, surroundings } = asked;
  requireNoOthers(asked, Object.keys(INIT.flags ?? {}));
  const file = yield* loadConfiguration(asked);
  if (file !== undefined && !file.kinds.some((kind) => ['InitConfiguration', 'ClusterConfiguration'].includes(kind)))
    throw new KubeadmError('no InitConfiguration or ClusterConfiguration kind was found in the YAML file');
  yield* print(process, `[init] Using Kubernetes version: ${surroundings.release}\n`);
  yield* preflight(process, CHECKS, flags.string('ignore-preflight-errors'));
  throw notHere('a second cluster');
}

/** Writes the manifests of components down as they were when the cluster began. */
function manifestPhase(name: string, short: string, components: readonly string[]): Command {
  return {
    name,
    short,
    *run({ process, surroundings: { release } }) {
      const manifests = controlPlaneManifests({ nodeName: process.hostname, address: addressOf(process), release });
      process.makeDirectories(STATIC_POD_PATH);
      for (const component of components) {
        yield* print(
          process,
          component === 'etcd'
            ? `[etcd] Creating static Pod manifest for local etcd in "${STATIC_POD_PATH}"\n`
            : `[control-plane] Creating static Pod manifest for "${component}"\n`,
        );
        process.writeFile(`${STATIC_POD_PATH}/${component}.yaml`, manifests[`${component}.yaml`]!, { mode: 0o600 });
      }
    },
  };
}

/** Creates what is missing of the objects that a cluster begins with. */
function objectsPhase(
  name: string,
  short: string,
  done: string,
  objects: (server: string, asked: Asked) => readonly AddOnObject[],
): Command {
  return {
    name,
    short,
    *run(asked) {
      const { process } = asked;
      const { server } = loadConfig(process, configPath(asked));
      const client = clientOf(asked);
      for (const { path, object } of objects(server, asked)) {
        const create = () => {
          try {
            client.request({ method: 'POST', path, body: object });
          } catch (error) {
            if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
          }
        };
        yield* ask(process, create, `error execution phase ${name}`);
      }
      yield* print(process, `${done}\n`);
    },
  };
}

const COREDNS = objectsPhase(
  'coredns',
  'Install the CoreDNS addon to a Kubernetes cluster',
  '[addons] Applied essential addon: CoreDNS',
  () => COREDNS_OBJECTS,
);
const KUBE_PROXY = objectsPhase(
  'kube-proxy',
  'Install the kube-proxy addon to a Kubernetes cluster',
  '[addons] Applied essential addon: kube-proxy',
  (server, { surroundings }) => kubeProxyObjects(server, CLUSTER_CIDR, surroundings.release),
);

/** A phase that has others below it, and `all` for all of them. */
function group(name: string, short: string, commands: readonly Command[]): Command {
  const all: Command = {
    name: 'all',
    short: `${short}: all of them`,
    flags: Object.assign({}, ...commands.map(({ flags }) => flags)) as FlagSpecs,
    *run(asked) {
      for (const { run } of commands) yield* run!(asked);
    },
  };
  return { name, short, commands: [all, ...commands] };
}

const PHASES: readonly Command[] = [
  group('addon', 'Install required addons for passing conformance tests', [COREDNS, KUBE_PROXY]),
  objectsPhase(
    'bootstrap-token',
    'Creates what joining by bootstrap tokens needs',
    '[bootstrap-token] Configured RBAC rules and the "cluster-info" ConfigMap in the "kube-public" namespace',
    (server, { process, surroundings }) => joiningObjects(server, process.readText(CA), surroundings.release),
  ),
  group('certs', 'Certificate generation', CERTS_PHASES),
  group('control-plane', 'Generate all static Pod manifest files necessary to establish the control plane', [
    manifestPhase('apiserver', 'Generates the kube-apiserver static Pod manifest', ['kube-apiserver']),
    manifestPhase('controller-manager', 'Generates the kube-controller-manager static Pod manifest', [
      'kube-controller-manager',
    ]),
    manifestPhase('scheduler', 'Generates the kube-scheduler static Pod manifest', ['kube-scheduler']),
  ]),
  {
    name: 'etcd',
    short: 'Generate static Pod manifest file for local etcd',
    commands: [
      manifestPhase('local', 'Generate the static Pod manifest file for a local, single-node local etcd instance', [
        'etcd',
      ]),
    ],
  },
  group(
    'kubeconfig',
    'Generate all kubeconfig files necessary to establish the control plane and the admin kubeconfig file',
    KUBECONFIG_PHASES,
  ),
  MARK_CONTROL_PLANE,
  {
    name: 'preflight',
    short: 'Run pre-flight checks',
    *run({ process }) {
      yield* preflight(process, CHECKS, '');
    },
  },
  UPLOAD_CERTS,
  group('upload-config', 'Upload the kubeadm and kubelet configuration to a ConfigMap', UPLOAD_CONFIG_PHASES),
];

const ELSEWHERE = ['kubelet-start', 'kubelet-finalize', 'show-join-command', 'wait-control-plane'];

export const INIT: Command = {
  name: 'init',
  short: 'Run this command in order to set up the Kubernetes control plane',
  long: `Sets up the control plane of a new cluster on this machine. This cluster has its control plane already: what can be run are
the checks before it, and single phases that repair what is lost of it ("kubeadm init phase --help").
`,
  maxArgs: 0,
  flags: {
    'ignore-preflight-errors': {
      type: 'string',
      default: '',
      usage: "A list of checks whose errors will be shown as warnings. Value 'all' ignores errors from all checks.",
    },
    ...Object.fromEntries(
      [
        'apiserver-advertise-address',
        'control-plane-endpoint',
        'pod-network-cidr',
        'service-cidr',
        'kubernetes-version',
        'node-name',
        'cri-socket',
        'config',
        'token',
        'image-repository',
        'certificate-key',
        'skip-phases',
        'apiserver-cert-extra-sans',
        'service-dns-domain',
      ].map((name) => [
        name,
        { type: 'string', default: '', usage: 'As in the real command; nothing depends on it here.' } as const,
      ]),
    ),
    'upload-certs': { type: 'bool', default: false, usage: 'As in the real command; nothing depends on it here.' },
  },
  dryRun: true,
  run: init,
  commands: [
    {
      name: 'phase',
      short: 'Use this command to invoke single phase of the "init" workflow',
      commands: [
        ...PHASES,
        ...ELSEWHERE.map((name) => ({ name, short: `The phase ${name}`, missing: `"kubeadm init phase ${name}"` })),
      ],
    },
  ],
};
