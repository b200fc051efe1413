import type { HttpOutcome, HttpRequest } from '../api/http-port.ts';
import type { Node } from '../api/kinds.ts';
import { Errno } from '../linux/errno.ts';
import { STATUS_TEXT } from '../linux/http.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { type ResourcePage, readResourcePage } from './resource-page.ts';

/** How kubelets are reached and believed: the flags `--kubelet-…`. */
export interface KubeletClientOptions {
  /** The types of a Node's addresses, the preferred one first. */
  readonly addressTypes: readonly string[];
  readonly port: number;
  /** Whether the port in the Node's status comes before `port`. */
  readonly useNodeStatusPort: boolean;
  /** Whether any certificate will do. */
  readonly insecureTls: boolean;
  /** A file with those who may sign a kubelet's certificate; the cluster's own authority without it. */
  readonly certificateAuthority?: string;
  readonly timeoutMs: number;
}

export type SendHttpFrom = (process: Process, request: HttpRequest) => Task<HttpOutcome>;

/** Why a kubelet has told nothing. */
export interface ScrapeFailure {
  readonly error: string;
  /** It took too long. */
  readonly late?: true;
}

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Asks the kubelet of a node what is used there, over TLS and as the Pod's ServiceAccount. The kubelet asks the API server whether
 * that may `get` the subresource `nodes/metrics`. After metrics-server's `pkg/scraper/client/resource/client.go`.
 */
export function* scrapeKubelet(
  process: Process,
  send: SendHttpFrom,
  options: KubeletClientOptions,
  node: Node,
): Task<ResourcePage | ScrapeFailure> {
  const host = addressOf(node, options.addressTypes);
  if (host === undefined) return { error: `no address matched types [${options.addressTypes.join(' ')}]` };
  const port = (options.useNodeStatusPort && node.status?.daemonEndpoints?.kubeletEndpoint?.Port) || options.port;
  const url = `https://${host}:${port}/metrics/resource`;
  const askedMs = process.now();
  const outcome = yield* send(process, {
    method: 'GET',
    host,
    port,
    path: '/metrics/resource',
    headers: { Host: `${host}:${port}`, 'User-Agent': 'metrics-server', ...bearer(process) },
    tls: { serverName: host, ...trust(process, options) },
    timeoutMs: options.timeoutMs,
  });
  if ('error' in outcome) {
    const late = outcome.error === 'context deadline exceeded';
    return { error: `Get "${url}": ${outcome.error}`, ...(late && { late }) };
  }
  if (outcome.status !== 200) {
    const status = `${outcome.status} ${STATUS_TEXT[outcome.status] ?? ''}`.trim();
    return { error: `request failed, status: ${JSON.stringify(status)}` };
  }
  try {
    return readResourcePage(decode(outcome.body), askedMs);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { error: error.message };
  }
}

function addressOf({ status }: Node, types: readonly string[]): string | undefined {
  const addresses = status?.addresses ?? [];
  return types.flatMap((type) => addresses.find((each) => each.type === type)?.address ?? [])[0];
}

function trust(process: Process, { insecureTls, certificateAuthority }: KubeletClientOptions) {
  if (insecureTls) return { insecure: true };
  return { authorities: textOf(process, certificateAuthority ?? `${ACCOUNT}/ca.crt`) ?? '' };
}

/** The token is read again each time, since the kubelet renews it. */
function bearer(process: Process): { readonly Authorization?: string } {
  const token = textOf(process, `${ACCOUNT}/token`);
  return token === undefined ? {} : { Authorization: `Bearer ${token.trim()}` };
}

function textOf(process: Process, path: string): string | undefined {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
