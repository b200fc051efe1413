import type { ServiceAccount } from '../../api/kinds.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { serviceAccounts } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { Client } from '../../client/client.ts';
import type { Transport } from '../../client/transport.ts';
import type { Simulation } from '../../sim/index.ts';

const NAMESPACE = 'kube-system';

interface TokenRequest {
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

interface Token {
  /** These headers and `authorization`. */
  readonly withIt: (headers: ApiRequest['headers']) => Readonly<Record<string, string>>;
  /** Another one is asked for from here on, long before this one ends. */
  readonly renewAtMs: number;
}

/**
 * A way to the API server as a ServiceAccount of kube-system, which is made when it is missing: what a controller has
 * with `--use-service-account-credentials`. Tokens are asked for when they are needed and renewed in time.
 *
 * @param transport of the controller manager itself, which may create accounts and tokens.
 */
export function serviceAccountTransport(transport: Transport, sim: Simulation, name: string): Transport {
  const client = new Client(transport, { userAgent: 'kube-controller-manager' });
  let token: Token | undefined;
  return (request) => {
    if (token === undefined || sim.wallMs >= token.renewAtMs) {
      const renewed = requestToken(client, sim, name);
      if ('refused' in renewed) return renewed.refused;
      token = renewed;
    }
    const response = transport({ ...request, headers: token.withIt(request.headers) });
    // The account is gone, and its tokens with it: the next request makes it anew.
    if (response.status === 401) token = undefined;
    return response;
  };
}

/** A client's headers are mostly the same, as are then those with its token. */
function adding(authorization: string): Token['withIt'] {
  const known = new WeakMap<object, Readonly<Record<string, string>>>();
  return (headers = NO_HEADERS) => {
    let all = known.get(headers);
    if (all === undefined) {
      all = { ...headers, authorization };
      known.set(headers, all);
    }
    return all;
  };
}

const NO_HEADERS: NonNullable<ApiRequest['headers']> = Object.freeze({});

/** A refusal is passed on as the answer to whatever was to be sent: its sender tries again. */
function requestToken(client: Client, sim: Simulation, name: string): Token | { readonly refused: ApiResponse } {
  try {
    return sim.trace.during({ component: 'kube-controller-manager', key: `${NAMESPACE}/${name}` }, () => {
      ensureAccount(client, name);
      const { token, expirationTimestamp } = createToken(client, name).status;
      const now = sim.wallMs;
      return { withIt: adding(`Bearer ${token}`), renewAtMs: now + (Date.parse(expirationTimestamp) - now) * 0.8 };
    });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const headers = { 'content-type': 'application/json' };
    return { refused: { status: error.code, headers, body: error.status } };
  }
}

function ensureAccount(client: Client, name: string): void {
  const accounts = client.resource<ServiceAccount>(serviceAccounts);
  try {
    accounts.get(name, NAMESPACE);
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'NotFound') throw error;
    accounts.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } });
  }
}

function createToken(client: Client, name: string): TokenRequest {
  const body = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { name }, spec: {} };
  return client.resource(serviceAccounts).createSubresource(name, NAMESPACE, 'token', body) as TokenRequest;
}
