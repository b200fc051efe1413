import type { Pod } from '../../../api/kinds.ts';
import { pods } from '../../../api/resources.ts';
import type { Client } from '../../../client/client.ts';
import { CONFIG_HASH } from '../../../kubelet/index.ts';
import { formatDate } from '../../../linux/date-format.ts';
import { print } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import { randomBytes } from '../../../linux/tls.ts';
import type { Task } from '../../../sim/index.ts';
import { controlPlaneManifests, STATIC_POD_PATH } from '../../bootstrap/static-pods.ts';
import type { Release } from '../../versions.ts';
import { ask } from '../api.ts';
import { certificateIn, MANAGED, renew } from '../certificates.ts';
import { type Asked, KubeadmError } from '../command.ts';
import { etcdPlaceHere } from '../etcd-place.ts';
import { addressOf } from '../machine-address.ts';
import { type ClusterConfiguration, COMPONENTS } from './cluster-state.ts';

const TMP = '/etc/kubernetes/tmp';
const TIMEOUT_MS = 300_000;
const LOOK_MS = 500;

/** Which certificates a component's upgrade renews. */
const CERTIFICATES: Readonly<Record<string, readonly string[]>> = {
  etcd: ['etcd-server', 'etcd-peer', 'etcd-healthcheck-client'],
  'kube-apiserver': ['apiserver', 'apiserver-kubelet-client', 'front-proxy-client', 'apiserver-etcd-client'],
  'kube-controller-manager': ['controller-manager.conf'],
  'kube-scheduler': ['scheduler.conf'],
};

/**
 * Exchanges the manifests of the control plane one after the other, each once the kubelet has started the one before anew. One
 * that does not come up is put back, and all that came before it.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/
 *
 * @throws KubeadmError when a component does not come up
 */
export function* upgradeStaticPods(
  asked: Asked,
  client: Client,
  configuration: ClusterConfiguration,
  release: Release,
): Task<void> {
  const { process, flags } = asked;
  const suffix = yield* randomNumber(process);
  const [fresh, backup] = [
    `${TMP}/kubeadm-upgraded-manifests${suffix}`,
    `${TMP}/kubeadm-backup-manifests-${formatDate('%Y-%m-%d-%H-%M-%S', process.now())}`,
  ];
  for (const directory of [fresh, backup]) process.makeDirectories(directory);
  yield* print(process, `[upgrade/staticpods] Writing new Static Pod manifests to "${fresh}"\n`);
  const manifests = newManifests(process, configuration, release);
  const done: string[] = [];
  for (const component of COMPONENTS) {
    const file = `${component}.yaml`;
    yield* print(process, `[upgrade/staticpods] Preparing for "${component}" upgrade\n`);
    const path = `${STATIC_POD_PATH}/${file}`;
    if (process.access(path, 'exists') && process.readText(path) === manifests[file]) {
      const equal = `Current and new manifests of ${component} are equal, skipping upgrade`;
      yield* print(process, `[upgrade/staticpods] ${equal}\n`);
      continue;
    }
    if (flags.bool('certificate-renewal')) yield* renewCertificates(asked, CERTIFICATES[component] ?? []);
    const before = yield* hashOf(process, client, component);
    process.writeFile(`${fresh}/${file}`, manifests[file]!, { mode: 0o600 });
    process.rename(path, `${backup}/${file}`);
    process.rename(`${fresh}/${file}`, path);
    done.push(file);
    yield* print(
      process,
      `[upgrade/staticpods] Moving new manifest to "${path}" and backing up old manifest to "${backup}/${file}"\n` +
        '[upgrade/staticpods] Waiting for the kubelet to restart the component\n' +
        '[upgrade/staticpods] This can take up to 5m0s\n',
    );
    if (!(yield* comesUp(process, client, component, before))) {
      for (const each of done) process.rename(`${backup}/${each}`, `${STATIC_POD_PATH}/${each}`);
      throw new KubeadmError(
        "error execution phase control-plane: couldn't complete the static pod upgrade: couldn't upgrade control plane. kubeadm has tried to recover everything into the earlier state. Errors faced: timed out waiting for the condition",
      );
    }
    yield* print(process, `[upgrade/staticpods] Component "${component}" upgraded successfully!\n`);
  }
  process.removeTree(fresh);
}

/** What this machine's manifests are in a release, by file name. */
export function newManifests(
  process: Process,
  { extraArgs }: ClusterConfiguration,
  release: Release,
): Readonly<Record<string, string>> {
  const at = { nodeName: process.hostname, address: addressOf(process), etcd: etcdPlaceHere(process) };
  return controlPlaneManifests({ ...at, release, extraArgs });
}

/** For the names of directories that nobody has yet. */
export function* randomNumber(process: Process): Task<string> {
  const bytes = yield* randomBytes(process, 4);
  return String(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0));
}

function* renewCertificates({ process, surroundings }: Asked, names: readonly string[]): Task<void> {
  for (const managed of MANAGED.filter(({ name }) => names.includes(name))) {
    const old = certificateIn(process, managed.path);
    if (old === undefined) continue;
    yield* print(process, `[upgrade/staticpods] Renewing ${managed.name} certificate\n`);
    yield* renew(process, surroundings.authority, managed, old);
  }
}

function* find(process: Process, client: Client, component: string): Task<Pod | undefined> {
  try {
    return yield* ask(process, () => client.resource<Pod>(pods).get(`${component}-${process.hostname}`, 'kube-system'));
  } catch (error) {
    // While the API server itself is exchanged there is nobody to ask.
    if (error instanceof KubeadmError) return undefined;
    throw error;
  }
}

function* hashOf(process: Process, client: Client, component: string): Task<string | undefined> {
  return (yield* find(process, client, component))?.metadata.annotations?.[CONFIG_HASH];
}

/** Waits until the kubelet tells of the new manifest's Pod, and that it runs. */
function* comesUp(process: Process, client: Client, component: string, before: string | undefined): Task<boolean> {
  for (const endMs = process.now() + TIMEOUT_MS; process.now() < endMs; yield* process.sleep(LOOK_MS)) {
    const pod = yield* find(process, client, component);
    const hash = pod?.metadata.annotations?.[CONFIG_HASH];
    if (hash === undefined || hash === before || pod?.status?.phase !== 'Running') continue;
    yield* print(process, `[apiclient] Found 1 Pods for label selector component=${component}\n`);
    return true;
  }
  return false;
}
