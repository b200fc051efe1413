import { parse } from 'yaml';
import { isReady } from '../../../api/core/ready.ts';
import type { Node } from '../../../api/kinds.ts';
import { configMaps, nodes } from '../../../api/resources.ts';
import type { Client } from '../../../client/client.ts';
import { print } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { STATIC_POD_PATH } from '../../bootstrap/static-pods.ts';
import { ask } from '../api.ts';
import { KubeadmError, phaseError } from '../command.ts';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** The control plane's components in the order in which they are upgraded. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** Of what `kubeadm init` was told, what upgrades go by. */
export interface ClusterConfiguration {
  readonly text: string;
  readonly kubernetesVersion: string;
  /** Flags beyond those that kubeadm knows, by the component's name. */
  readonly extraArgs: Readonly<Record<string, readonly ExtraArg[]>>;
}

interface ExtraArg {
  readonly name: string;
  readonly value: string;
}

/** @throws KubeadmError */
export function* readConfiguration(process: Process, client: Client): Task<ClusterConfiguration> {
  const read = () => client.resource(configMaps).get('kubeadm-config', 'kube-system');
  const { data } = yield* ask(process, read, '[upgrade/config] FATAL: failed to get config map');
  const text = data?.['ClusterConfiguration'] ?? '';
  const configuration = asRecord(parse(text, { maxAliasCount: 0 }));
  return {
    text,
    kubernetesVersion: String(configuration['kubernetesVersion'] ?? ''),
    extraArgs: {
      'kube-apiserver': extraArgs(configuration['apiServer']),
      'kube-controller-manager': extraArgs(configuration['controllerManager']),
      'kube-scheduler': extraArgs(configuration['scheduler']),
    },
  };
}

function extraArgs(component: unknown): readonly ExtraArg[] {
  const list = asRecord(component)['extraArgs'];
  if (!Array.isArray(list)) return [];
  return list.map(asRecord).map(({ name, value }) => ({ name: String(name), value: String(value) }));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function* listNodes(process: Process, client: Client): Task<readonly Node[]> {
  const { items } = yield* ask(process, () => client.resource<Node>(nodes).list());
  return items;
}

/** What the API server calls itself. */
export function* clusterVersion(process: Process, client: Client): Task<string> {
  const { body } = yield* ask(process, () => client.request({ method: 'GET', path: '/version' }));
  return String(asRecord(body)['gitVersion'] ?? '');
}

/**
 * What has to be well before anything is changed.
 *
 * @throws KubeadmError with all that is not
 */
export function* checkHealth(process: Process, client: Client): Task<void> {
  yield* print(process, '[upgrade] Running cluster health checks\n');
  const own = (yield* listNodes(process, client)).filter(({ metadata }) => CONTROL_PLANE in (metadata.labels ?? {}));
  const notReady = own.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
  const missing = COMPONENTS.filter((name) => !process.access(`${STATIC_POD_PATH}/${name}.yaml`, 'exists'));
  const problems = [
    ...(notReady.length === 0
      ? []
      : [`[ERROR ControlPlaneNodesReady]: there are NotReady control-planes in the cluster: [${notReady.join(' ')}]`]),
    ...(missing.length === 0
      ? []
      : [`[ERROR StaticPodManifest]: couldn't find manifest files for: [${missing.join(' ')}]`]),
  ];
  if (problems.length === 0) return;
  throw fatalErrors(problems);
}

/** All that speaks against an upgrade. */
export function fatalErrors(problems: readonly string[]): KubeadmError {
  return phaseError(
    'preflight',
    `[preflight] Some fatal errors occurred:\n\t${problems.join('\n\t')}\n[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\``,
  );
}

/** Only root may write what an upgrade writes. @throws KubeadmError */
export function requireRoot({ credentials }: Process): void {
  if (credentials.uid === 0) return;
  throw new KubeadmError(
    'error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR IsPrivilegedUser]: user is not running as root',
  );
}
