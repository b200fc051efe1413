import { configMaps } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { Client } from '../../client/client.ts';
import { ConnectionError } from '../../client/transport.ts';
import { readYamlText } from '../../client/yaml-text.ts';
import { detachedSignature } from '../../kube-controller-manager/bootstrap/detached-signature.ts';
import { configFromObject } from '../../kubectl/kubeconfig-contents.ts';
import { klog } from '../../linux/programs/go/runtime.ts';
import type { Process } from '../../linux/syscalls.ts';
import { DerError } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { readConfig } from './api.ts';
import { type BootstrapToken, tokenText } from './bootstrap-token.ts';
import { pinOf } from './ca-pin.ts';
import { type Asked, notHere, phaseError } from './command.ts';

const NAME = 'cluster-info';
const NAMESPACE = 'kube-public';
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps/${NAME}?timeout=10s`;
const RETRY_MS = 5_000;
const TIMEOUT_MS = 300_000;

/** Where a cluster is, and whom to believe there. */
export interface ClusterInfo {
  readonly server: string;
  /** PEM. */
  readonly authority: string;
}

export interface Discovery {
  /** `10.0.0.10:6443` */
  readonly endpoint: string;
  readonly token: Pick<BootstrapToken, 'id' | 'secret'>;
  /** By what the CA's key may be known; any will do when there are none. */
  readonly pins: readonly string[];
}

/**
 * Finds out what cluster serves at an address, from what everybody may read there, and believes it: for a signature by the
 * token, and the CA for its key. After `cmd/kubeadm/app/discovery/token`.
 *
 * @throws KubeadmError
 */
export function* discover({ process, surroundings, flags }: Asked, discovery: Discovery): Task<ClusterInfo> {
  const { endpoint, token, pins } = discovery;
  const client = new Client(surroundings.connect(`https://${endpoint}`, { name: '' }), { userAgent: 'kubeadm' });
  const found = yield* clusterInfo(process, client, discovery, flags.number('v') > 0);
  const content = found['kubeconfig'] ?? '';
  if (found[`jws-kubeconfig-${token.id}`] !== detachedSignature(content, token.id, token.secret)) {
    throw unbelieved("failed to verify JWS signature of received cluster info object, can't trust this API Server");
  }
  const { clusters } = configFromObject(readYamlText(content, { maxAliasCount: 0 }) as Record<string, unknown>);
  const { server = '', 'certificate-authority-data': data } = clusters[0]?.cluster ?? {};
  const authority = typeof data === 'string' ? atob(data) : '';
  checkPin(authority, pins);
  return { server, authority };
}

/**
 * What a kubeconfig tells of the cluster that it leads to: it is believed, since somebody has brought it here.
 *
 * @throws KubeadmError
 */
export function clusterInFile(process: Process, path: string): ClusterInfo {
  if (/^https?:/.test(path)) throw notHere('a discovery file that is fetched');
  const { contexts, clusters, currentContext } = readConfig(process, path);
  const name = contexts.find((each) => each.name === currentContext)?.context.cluster ?? '';
  const { server, 'certificate-authority-data': data } = clusters.find((each) => each.name === name)?.cluster ?? {};
  if (server === undefined || typeof data !== 'string')
    throw unbelieved(`the kubeconfig file ${path} names no server, or not whom to believe there`);
  return { server, authority: atob(data) };
}

/** Waits until the ConfigMap bears the token's signature. */
function* clusterInfo(
  process: Process,
  client: Client,
  { endpoint, token }: Discovery,
  isVerbose: boolean,
): Task<Readonly<Record<string, string>>> {
  const deadlineMs = process.now() + TIMEOUT_MS;
  for (;;) {
    let problem = `could not find a JWS signature in the cluster-info ConfigMap for token ID ${JSON.stringify(token.id)}`;
    try {
      const { data = {} } = client.resource(configMaps).get(NAME, NAMESPACE);
      if (data[`jws-kubeconfig-${token.id}`] !== undefined) return data;
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      const why = error instanceof StatusError ? error.message : `Get "https://${endpoint}${PATH}": ${error.message}`;
      problem = `failed to request the cluster-info ConfigMap: ${why}`;
    }
    if (process.now() >= deadlineMs) throw unbelieved(problem);
    if (isVerbose) yield* klog(process, 'I', 'token.go:252', `[discovery] Retrying due to error: ${problem}`);
    yield* process.sleep(RETRY_MS);
  }
}

function checkPin(authority: string, pins: readonly string[]): void {
  if (pins.length === 0) return;
  let pin: string;
  try {
    pin = pinOf(authority);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw unbelieved('failed to parse cluster CA from the cluster-info ConfigMap');
  }
  if (pins.includes(pin)) return;
  throw unbelieved(
    `cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ${JSON.stringify(pin)} are pinned`,
  );
}

function unbelieved(why: string) {
  return phaseError('preflight', `couldn't validate the identity of the API Server: ${why}`);
}

/** The API server as the machine that has this token. */
export function clientByToken({ surroundings }: Asked, server: string, token: Discovery['token']): Client {
  const asker = { name: 'tls-bootstrap-token-user', token: tokenText(token) };
  return new Client(surroundings.connect(server, asker), { userAgent: 'kubeadm' });
}
