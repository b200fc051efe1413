import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { ApiResponse } from '../api/request.ts';
import type { Certificates } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { LiveCluster } from './live-cluster.ts';
import { readOptions, type ServerOptions, USAGE } from './options.ts';
import { createHttpServer } from './server.ts';

/** Virtual seconds for which the token in the kubeconfig is good. */
const TOKEN_SECONDS = 365 * 24 * 3600;

/** Serves a simulated cluster to real clients, as the command line says, until a signal comes. @throws Error */
export function clusterCommand(args: readonly string[]): void {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const cluster = new LiveCluster({ ...options, failed: fail });
  const certificates = options.https
    ? cluster.certificates([...new Set(['localhost', hostname(), '127.0.0.1', '::1', options.address])])
    : undefined;
  const server = createHttpServer(cluster, certificates, () => cluster.wallMs());
  server.on('error', fail);
  server.listen(options.port, options.address, () => {
    announce(cluster, server.address() as AddressInfo, options, certificates);
    cluster.start();
  });
  const stop = (): void => {
    cluster.stop();
    server.close();
    server.closeAllConnections();
    // Upgraded connections are no longer the server's to close.
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** Writes the kubeconfig and says in two lines how to use it. */
function announce(
  cluster: LiveCluster,
  { address, port, family }: AddressInfo,
  options: ServerOptions,
  certificates: Certificates | undefined,
): void {
  const scheme = certificates === undefined ? 'http' : 'https';
  const url = `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  const credentials = certificates && { ...certificates, token: requestToken(cluster) };
  const kubeconfig = writeKubeconfig(url, port, options.kubeconfig, credentials);
  const restored = cluster.restored > 0 ? `, brought back with ${cluster.restored} changes` : '';
  process.stdout.write(`The cluster serves on ${url}${restored}. In another terminal:\n`);
  process.stdout.write(`export KUBECONFIG=${kubeconfig}; kubectl get nodes\n`);
}

/** A token as a Pod would get it; undefined when the API server or the account is gone from a kept cluster. */
function requestToken(cluster: LiveCluster): string | undefined {
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const body = { spec: { expirationSeconds: TOKEN_SECONDS } };
  try {
    const answer = cluster.submit({ kind: 'api', request: { method: 'POST', path, body } }) as ApiResponse;
    return (answer.body as { readonly status?: { readonly token?: string } }).status?.token;
  } catch {
    return undefined;
  }
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error && error.stack !== undefined ? error.stack : error}\n`);
  process.exit(1);
}
