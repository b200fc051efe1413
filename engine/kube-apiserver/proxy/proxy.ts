import { badRequest, serviceUnavailable } from '../../api/errors.ts';
import type { HttpOutcome, HttpRequest } from '../../api/http-port.ts';
import type { NodeApi } from '../../api/node-api.ts';
import { NodeApiError } from '../../api/node-api.ts';
import type { ApiResponse } from '../../api/request.ts';
import type { ResourceHandler, ResourceRequest } from '../context.ts';
import { admitSubresource } from '../handlers/admission.ts';
import { nodeAddress } from '../handlers/pod-connect.ts';
import { answered, forwarded } from './forward.ts';
import { type Location, locate } from './location.ts';
import { type RequestPath, readPath } from './path.ts';

/** A request is begun again once its answer is there; it has asked one question only. */
const ANSWER = 'proxy';

const OPTIONS_KINDS: Readonly<Record<string, string>> = {
  pods: 'PodProxyOptions',
  services: 'ServiceProxyOptions',
  nodes: 'NodeProxyOptions',
};

/** What came of it, and where it had been sent. */
interface Passed {
  readonly outcome: HttpOutcome;
  readonly backend: string;
}

/**
 * Hands a request on to a Pod, to one of a Service's Pods or to a node, by the network of the machine that this server runs on.
 * https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
 *
 * Simplified: an answer is passed on when it is whole, and connections are not upgraded.
 */
export const proxy: ResourceHandler = (sent) => {
  const { server, request, info } = sent;
  const path = readPath(request, info);
  const here = request.headers?.['host'] ?? server.proxying.address;
  const known = server.scope.known(ANSWER) as Passed | undefined;
  if (known !== undefined)
    return answered(known.outcome, { prefix: path.prefix, backend: known.backend, frontend: here });
  if (request.headers?.['upgrade'] !== undefined)
    throw badRequest('the proxy subresource of this server does not upgrade connections');
  const kind = OPTIONS_KINDS[info.resource]!;
  admitSubresource(sent, 'CONNECT', { kind, apiVersion: 'v1', ...(path.there === '' ? {} : { path: path.there }) });
  const location = locate(server.lookup, info, server.proxying.draws);
  if (path.there === '' && (request.method === 'GET' || request.method === 'HEAD'))
    return { status: 301, headers: { location: `${path.prefix}/${path.query}` }, body: '' };
  return 'kubelet' in location ? askKubelet(sent, location.kubelet, path) : send(sent, location, path, here);
};

function send(
  { server, request }: ResourceRequest,
  { scheme, host, port }: Exclude<Location, { kubelet: string }>,
  path: RequestPath,
  here: string,
): ApiResponse {
  const number = Number(port);
  if (!/^\d+$/.test(port)) throw unreachable(`dial tcp: lookup tcp/${port}: unknown port`);
  if (number > 65_535) throw unreachable(`dial tcp: address ${port}: invalid port`);
  const backend = `${host}:${port}`;
  const onward: HttpRequest = forwarded(request, { scheme, host, port: number }, path, here);
  server.scope.answers([
    {
      key: ANSWER,
      ask: (tell) => server.proxying.send(onward, (outcome) => tell({ outcome, backend } satisfies Passed)),
    },
  ]);
  throw new Error('a proxied request was not set aside');
}

function unreachable(why: string) {
  return serviceUnavailable(`error trying to reach service: ${why}`);
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** Kubelets are not asked over the network here, but by what stands for it. */
function askKubelet({ server, request }: ResourceRequest, node: string, path: RequestPath): ApiResponse {
  const kubelet = server.dialNode(node);
  if (kubelet === undefined) throw unreachable(`dial tcp ${nodeAddress(server, node)}: connect: connection refused`);
  return fromKubelet(kubelet, request.method, path);
}

function fromKubelet(kubelet: NodeApi, method: string, { there, query }: RequestPath): ApiResponse {
  try {
    const asked = method === 'GET' || method === 'HEAD';
    const found = asked ? kubelet.get(decodeURIComponent(there), new URLSearchParams(query)) : undefined;
    if (found === undefined) return { status: 404, headers: TEXT, body: '404 page not found\n' };
    const { status = 200, contentType, location, body } = found;
    return { status, headers: { 'content-type': contentType, ...(location && { location }) }, body };
  } catch (error) {
    if (!(error instanceof NodeApiError)) throw error;
    return { status: error.status, headers: TEXT, body: `${error.message}\n` };
  }
}
