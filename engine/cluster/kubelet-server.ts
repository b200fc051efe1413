import { type NodeApi, NodeApiError } from '../api/node-api.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import type { HttpServerRequest, HttpServerResponse } from '../linux/http.ts';

interface Review {
  readonly status: {
    readonly authenticated?: boolean;
    readonly allowed?: boolean;
    readonly user?: { readonly username?: string; readonly groups?: readonly string[] };
  };
}

/**
 * The kubelet's own server on the node's network, for whoever brings a token: the API server is asked whose it is and
 * what he may. The real one speaks HTTPS; here it is plain HTTP.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
 */
export function answerHttp(nodeApi: NodeApi, client: Client, request: HttpServerRequest): HttpServerResponse {
  const token = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) return { status: 401, body: 'Unauthorized' };
  try {
    const refusal = refuse(client, token, request);
    if (refusal !== undefined) return refusal;
    if (request.method !== 'GET') return { status: 405, body: 'Method Not Allowed' };
    const document = nodeApi.get(request.path, new URLSearchParams(request.query));
    if (document === undefined) return { status: 404, body: '404 page not found\n' };
    return { headers: { 'Content-Type': document.contentType }, body: document.body };
  } catch (error) {
    if (error instanceof NodeApiError) return { status: error.status, body: error.message };
    if (error instanceof StatusError || error instanceof ConnectionError) return { status: 500, body: error.message };
    throw error;
  }
}

function refuse(client: Client, token: string, { method, path }: HttpServerRequest): HttpServerResponse | undefined {
  const authentication = review(client, 'authentication.k8s.io', 'tokenreviews', 'TokenReview', { token });
  const { authenticated, user = {} } = authentication.status;
  if (authenticated !== true) return { status: 401, body: 'Unauthorized' };
  const verb = method === 'GET' ? 'get' : 'create';
  const subresource = subresourceOf(path);
  const spec = {
    user: user.username,
    groups: user.groups,
    resourceAttributes: { verb, version: 'v1', resource: 'nodes', subresource },
  };
  const { status } = review(client, 'authorization.k8s.io', 'subjectaccessreviews', 'SubjectAccessReview', spec);
  if (status.allowed === true) return undefined;
  const body = `Forbidden (user=${user.username}, verb=${verb}, resource=nodes, subresource(s)=[${subresource}])\n`;
  return { status: 403, body };
}

function review(client: Client, group: string, plural: string, kind: string, spec: unknown): Review {
  const body = { apiVersion: `${group}/v1`, kind, metadata: {}, spec };
  return client.request({ method: 'POST', path: `/apis/${group}/v1/${plural}`, body }).body as Review;
}

const SUBRESOURCES: readonly string[] = ['stats', 'metrics', 'healthz', 'pods', 'configz'];

/** What right a path needs: some are finer than `nodes/proxy`, which allows everything. */
function subresourceOf(path: string): string {
  const [first = ''] = path.slice(1).split('/');
  return SUBRESOURCES.includes(first) ? first : 'proxy';
}
