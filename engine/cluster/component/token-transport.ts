import { ANONYMOUS } from '../../api/request.ts';
import type { Transport } from '../../client/transport.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { type ApiEndpoint, connectApiServer } from './api-endpoint.ts';

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * A Pod's way to the API server, as whoever the token among its files says it is: without one, as nobody. The token is read
 * again for each request, since the kubelet renews it. https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export function tokenTransport(address: ApiEndpoint, host: Host, process: Process): Transport {
  return withToken(connectApiServer(address, host, ANONYMOUS), () => tokenOf(process));
}

/** Asks with a token each time, as long as there is one. */
export function withToken(transport: Transport, tokenNow: () => string | undefined): Transport {
  return (request) => {
    const token = tokenNow();
    if (token === undefined) return transport(request);
    return transport({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
  };
}

function tokenOf(process: Process): string | undefined {
  try {
    return decode(process.readFile(TOKEN)).trim();
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
