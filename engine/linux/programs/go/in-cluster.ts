import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { httpExchange } from './http-client.ts';
import { goError } from './runtime.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What the API server answered: its object, or why there is none. */
export type ApiAnswer<T> = { readonly object: T } | { readonly error: string };

/** One request of a Pod to the API server, with its account's token, as `rest.InClusterConfig` has it. */
export function* askApiServer<T>(process: Process, method: string, path: string, body?: object): Task<ApiAnswer<T>> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || port === undefined) {
    return {
      error:
        'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    };
  }
  const account = readAccount(process);
  if ('error' in account) return account;
  const answer = yield* httpExchange(process, {
    method,
    host,
    port: Number(port),
    path,
    headers: { Authorization: `Bearer ${account.token}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    tls: { serverName: host, authorities: account.authorities },
    timeoutMs: 30_000,
  });
  if ('error' in answer) return { error: `${methodName(method)} "https://${host}:${port}${path}": ${answer.error}` };
  const object = JSON.parse(decode(answer.body)) as T & { readonly message?: string };
  return answer.status < 300 ? { object } : { error: object.message ?? `${answer.status}` };
}

/** `Get` for GET, as net/http writes it in errors. */
const methodName = (method: string): string => method[0]! + method.slice(1).toLowerCase();

function readAccount(process: Process): { readonly token: string; readonly authorities: string } | { error: string } {
  try {
    const token = decode(process.readFile(`${ACCOUNT}/token`)).trim();
    return { token, authorities: decode(process.readFile(`${ACCOUNT}/ca.crt`)) };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return { error: goError(`open ${ACCOUNT}/token`, error) };
  }
}
