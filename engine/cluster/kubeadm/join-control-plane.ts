import { parse } from 'yaml';
import type { Client } from '../../client/client.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { KUBELET_KUBECONFIG } from '../bootstrap/kubeadm.ts';
import { controlPlaneManifests, peerUrlOf, STATIC_POD_PATH } from '../bootstrap/static-pods.ts';
import { etcdPlace } from '../etcd/members/etcd-flags.ts';
import { type Asked, notHere, phaseError } from './command.ts';
import { textAt } from './configuration.ts';
import { checkControlPlane } from './control-plane-check.ts';
import { downloadCertificates } from './download-certs.ts';
import { imagesOf, pullImage } from './images.ts';
import { CERTS_PHASES } from './init-certs.ts';
import { KUBECONFIG_PHASES } from './init-kubeconfigs.ts';
import { MARK_CONTROL_PLANE } from './init-objects.ts';
import { addressOf } from './machine-address.ts';
import { directoryIsEmpty, portIsFree, preflight } from './preflight.ts';
import { readCertificateKey, SHARED_CERTIFICATES } from './upload-certs.ts';

const PKI = '/etc/kubernetes/pki';
const ETCD_TIMEOUT_MS = 40_000;
/** `timeouts.etcdAPICall` of the configuration. */
const ETCD_CALL_MS = 120_000;
const LOOK_MS = 500;

/** What somebody says who wants a further machine of the control plane. */
export interface ControlPlaneWish {
  readonly certificateKey: string;
}

/**
 * Where the cluster's balancer is, by which a machine can become another one of the control plane.
 *
 * @param cluster the ClusterConfiguration
 * @throws KubeadmError for what is missing
 */
export function endpointFor({ process, surroundings }: Asked, cluster: string, wish: ControlPlaneWish): string {
  const configuration = parse(cluster, { maxAliasCount: 0 }) as Record<string, unknown> | null;
  const endpoint = textAt(configuration ?? {}, 'controlPlaneEndpoint');
  if (endpoint === '') {
    throw notReady(
      "unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address",
    );
  }
  if (wish.certificateKey !== '') readCertificateKey(wish.certificateKey);
  else {
    const missing = SHARED_CERTIFICATES.map((name) => `${PKI}/${name}`).find((path) => !process.access(path, 'read'));
    if (missing !== undefined) {
      throw notReady(
        `failure loading certificate for CA: couldn't load the certificate file ${missing}: open ${missing}: no such file or directory`,
      );
    }
  }
  if (surroundings.etcd().named.length === 0)
    throw notHere('a second control plane of a cluster that was begun without a controlPlaneEndpoint');
  return endpoint;
}

function notReady(why: string) {
  return phaseError(
    'preflight',
    `\nOne or more conditions for hosting a new control plane instance is not satisfied.\n\n${why}\n\n` +
      'Please ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n' +
      '* The certificates that must be shared among control plane instances are provided.\n\n',
  );
}

const CHECKS = [...[6443, 10259, 10257, 2379, 2380].map(portIsFree), directoryIsEmpty('/var/lib/etcd')];

/** What the control plane's Pods will need: images, certificates, kubeconfigs and manifests, that of etcd excepted. @throws KubeadmError */
export function* prepareControlPlane(
  asked: Asked,
  client: Client,
  { certificateKey }: ControlPlaneWish,
  ignored: string,
): Task<void> {
  const { process, surroundings } = asked;
  yield* checkMachine(process, ignored);
  yield* print(process, PULLING);
  for (const image of imagesOf(surroundings.release)) yield* pullImage(process, image);
  if (certificateKey !== '') yield* downloadCertificates(process, client, readCertificateKey(certificateKey));
  yield* print(process, `[certs] Using certificateDir folder "${PKI}"\n`);
  for (const { run } of CERTS_PHASES) yield* run!(asked);
  yield* print(process, `[certs] Valid certificates and keys now exist in "${PKI}"\n`);
  yield* print(
    process,
    '[kubeconfig] Generating kubeconfig files\n[kubeconfig] Using kubeconfig folder "/etc/kubernetes"\n',
  );
  for (const { name, run } of KUBECONFIG_PHASES) if (OF_JOINING.includes(name)) yield* run!(asked);
  yield* print(process, `[control-plane] Using manifest folder "${STATIC_POD_PATH}"\n`);
  const manifests = manifestsFor(asked);
  for (const component of COMPONENTS) {
    yield* print(process, `[control-plane] Creating static Pod manifest for "${component}"\n`);
    process.writeFile(`${STATIC_POD_PATH}/${component}.yaml`, manifests[`${component}.yaml`]!, { mode: 0o600 });
  }
  yield* checkEtcd(asked);
}

/** A machine that is gone for good stays a member until somebody takes it out. After `cmd/kubeadm/app/util/etcd`. */
function* checkEtcd({ process, surroundings }: Asked): Task<void> {
  yield* print(process, '[check-etcd] Checking that the etcd cluster is healthy\n');
  const deadlineMs = process.now() + ETCD_CALL_MS;
  for (;;) {
    const { silent } = surroundings.etcd();
    if (silent === undefined) return;
    if (process.now() >= deadlineMs) {
      const problem = `failed to dial endpoint ${silent} with maintenance client: context deadline exceeded`;
      throw phaseError('check-etcd', `etcd cluster is not healthy: ${problem}`);
    }
    yield* process.sleep(LOOK_MS);
  }
}

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const OF_JOINING: readonly string[] = ['admin', 'controller-manager', 'scheduler'];

const PULLING = `[preflight] Pulling images required for setting up a Kubernetes cluster
[preflight] This might take a minute or two, depending on the speed of your internet connection
[preflight] You can also perform this action beforehand using 'kubeadm config images pull'
`;

function* checkMachine(process: Process, ignored: string): Task<void> {
  yield* print(process, '[preflight] Running pre-flight checks before initializing the new control plane instance\n');
  yield* preflight(process, CHECKS, ignored);
}

function manifestsFor({ process, surroundings }: Asked) {
  const [nodeName, address] = [process.hostname, addressOf(process)];
  const own = peerUrlOf(address);
  const others = surroundings.etcd().named.filter(([, url]) => url !== own);
  const etcd = etcdPlace([...others, [nodeName, own]]);
  return controlPlaneManifests({ nodeName, address, release: surroundings.release, etcd });
}

/**
 * Makes the machine's etcd a member, upon which its API server can start, and marks the node.
 *
 * @param server by which the kubelet has asked for its certificate; from its next start on it asks the API server here
 * @throws KubeadmError
 */
export function* startControlPlane(asked: Asked, server: string): Task<void> {
  const { process, surroundings } = asked;
  const own = peerUrlOf(addressOf(process));
  const etcd = surroundings.etcd();
  const deadlineMs = process.now() + ETCD_TIMEOUT_MS;
  const within = function* (step: () => boolean): Task<void> {
    while (!step()) {
      if (process.now() >= deadlineMs) throw phaseError('etcd-join', `${NO_ETCD}: ${TIMED_OUT}`);
      yield* process.sleep(LOOK_MS);
    }
  };
  yield* within(() => etcd.admit(own, etcd.named.filter(([, url]) => url !== own).length));
  yield* print(process, '[etcd] Announced new etcd member joining to the existing etcd cluster\n');
  yield* print(process, '[etcd] Creating static Pod manifest for "etcd"\n');
  process.writeFile(`${STATIC_POD_PATH}/etcd.yaml`, manifestsFor(asked)['etcd.yaml']!, { mode: 0o600 });
  yield* print(process, '[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s\n');
  yield* within(() => etcd.promote(own));
  const text = process.readText(KUBELET_KUBECONFIG).replaceAll(server, `https://${addressOf(process)}:6443`);
  process.writeFile(KUBELET_KUBECONFIG, text, { mode: 0o600 });
  yield* MARK_CONTROL_PLANE.run!(asked);
  yield* checkControlPlane(process, addressOf(process));
  yield* print(process, DONE);
}

const NO_ETCD = 'error creating local etcd static pod manifest file';
const TIMED_OUT = 'timeout waiting for etcd cluster to be available';

const DONE = `
This node has joined the cluster and a new control plane instance was created:

* Certificate signing request was sent to apiserver and approval was received.
* The Kubelet was informed of the new secure connection details.
* Control plane label and taint were applied to the new node.
* The Kubernetes control plane instances scaled up.
* A new etcd member was added to the local/stacked etcd cluster.

To start administering your cluster from this node, you need to run the following as a regular user:

\tmkdir -p $HOME/.kube
\tsudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
\tsudo chown $(id -u):$(id -g) $HOME/.kube/config

Run 'kubectl get nodes' to see this node join the cluster.

`;
