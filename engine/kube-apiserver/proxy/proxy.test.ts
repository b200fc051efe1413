import { expect, test } from 'vitest';
import type { HttpOutcome, HttpRequest } from '../../api/http-port.ts';
import type { NodeApi } from '../../api/node-api.ts';
import { NodeApiError } from '../../api/node-api.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { grant, startRbacServer } from '../testing/rbac-server.ts';
import { type Body, PODS, podNamed, startTestServer } from '../testing/test-server.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const ENDPOINTS = '/api/v1/namespaces/default/endpoints';
const NODES = '/api/v1/nodes';

type Told = { status?: number; headers?: Record<string, string>; body?: string | Uint8Array } | { error: string };

/** Says what the one behind the server answers. */
type Backend = (request: HttpRequest) => Told;

/** A server with a network in which one program answers after 10 ms. */
function startWithBackend(backend: Backend = () => ({}), options: Parameters<typeof startTestServer>[0] = {}) {
  const sent: HttpRequest[] = [];
  const server = startTestServer({
    advertiseAddress: '10.0.0.10',
    ...options,
    sendHttp(request, answered) {
      sent.push(request);
      server.sim.schedule(10, 'backend', () => answered(outcomeOf(backend(request))));
    },
  });

  /** A request and its answer, when it has come. */
  function send(...args: Parameters<typeof server.request>): ApiResponse & { readonly body: Body } {
    const taken = server.request(...args);
    let answer: ApiResponse | undefined = taken.later === undefined ? taken : undefined;
    taken.later?.((late) => {
      answer = late;
    });
    server.sim.runFor(1000);
    if (answer === undefined) throw new Error('there is no answer');
    return answer as ApiResponse & { readonly body: Body };
  }
  return { ...server, sent, send };
}

function outcomeOf(told: Told): HttpOutcome {
  if ('error' in told) return told;
  const body =
    typeof told.body === 'string' || told.body === undefined
      ? new TextEncoder().encode(told.body ?? 'hello')
      : told.body;
  return { status: told.status ?? 200, headers: told.headers ?? { 'content-type': 'text/plain' }, body };
}

type Server = ReturnType<typeof startWithBackend>;

/** A Pod that has an address. */
function addPod({ request }: Pick<Server, 'request'>, name: string, podIP = '10.244.1.2', spec: object = {}): void {
  request('POST', PODS, podNamed(name, spec));
  const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }] };
  const { status: code, body } = request('PUT', `${PODS}/${name}/status`, {
    ...request('GET', `${PODS}/${name}`).body,
    status,
  });
  expect(code, body.message).toBe(200);
}

/** A Service with the ports `http` (80) and `admin` (81), and who stands behind it. */
function addService({ request }: Pick<Server, 'request'>, name: string, subsets: readonly object[]): void {
  const ports = [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'admin', port: 81 },
  ];
  request('POST', SERVICES, { metadata: { name }, spec: { ports } });
  request('POST', ENDPOINTS, { metadata: { name }, subsets });
}

const pod = (name: string, ip: string) => ({ ip, targetRef: { kind: 'Pod', name, namespace: 'default' } });

test('a request goes on as it came, without what was meant for the server alone', () => {
  const server = startWithBackend(() => ({
    status: 201,
    headers: { 'content-type': 'text/plain', etag: '"1"' },
    body: 'made',
  }));
  addPod(server, 'web');
  const headers = {
    host: 'cluster.example.com:6443',
    'content-type': 'application/x-www-form-urlencoded',
    authorization: 'Bearer nonsense',
    connection: 'keep-alive, x-hop',
    'x-hop': '1',
    'x-mine': 'yes',
  };
  const user = { username: 'root', groups: ['system:masters'] };
  const answer = server.send('POST', `${PODS}/web:8080/proxy/a/b%20c/?q=1&q=2&x=%26`, 'name=x', headers, user);
  expect(answer).toMatchObject({ status: 201, headers: { 'content-type': 'text/plain', etag: '"1"' }, body: 'made' });
  expect(server.sent).toEqual([
    {
      method: 'POST',
      host: '10.244.1.2',
      port: 8080,
      path: '/a/b%20c/?q=1&q=2&x=%26',
      headers: {
        host: 'cluster.example.com:6443',
        'content-type': 'application/x-www-form-urlencoded',
        'x-mine': 'yes',
        'x-forwarded-uri': `${PODS}/web:8080/proxy/a/b%20c/`,
      },
      body: 'name=x',
      connectTimeoutMs: 30_000,
    },
  ]);
});

test.for([
  ['web', {}, { host: '10.244.1.2', port: 80 }],
  ['web', { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 8080 }] }] }, { port: 8080 }],
  ['web:9090', {}, { port: 9090 }],
  ['http:web:9090', {}, { port: 9090 }],
  ['https:web:9443', {}, { port: 9443, tls: { serverName: '10.244.1.2', insecure: true } }],
  ['https:web:', {}, { port: 443, tls: { serverName: '10.244.1.2', insecure: true } }],
] as const)('a Pod is named with its port, or has one: %s', ([name, spec, expected]) => {
  const server = startWithBackend();
  addPod(server, 'web', '10.244.1.2', spec);
  expect(server.send('GET', `${PODS}/${name}/proxy/`).body).toBe('hello');
  expect(server.sent).toMatchObject([{ path: '/', ...expected }]);
});

test('a Service is one of its Pods that are ready, by a port with a name or a number', () => {
  const server = startWithBackend();
  addPod(server, 'a', '10.244.1.2');
  addPod(server, 'b', '10.244.2.2');
  addService(server, 'web', [
    {
      addresses: [pod('a', '10.244.1.2'), pod('b', '10.244.2.2'), { ip: '10.0.0.66' }, pod('a', '10.9.9.9')],
      ports: [{ name: 'http', port: 8080 }],
    },
    { notReadyAddresses: [pod('a', '10.244.1.2')], ports: [{ name: 'admin', port: 81 }] },
  ]);
  for (let i = 0; i < 20; i++)
    for (const name of ['web:http', 'web:80', 'http:web:http']) server.send('GET', `${SERVICES}/${name}/proxy/`);
  // Only those that are Pods, with addresses that are theirs.
  expect(new Set(server.sent.map(({ host, port }) => `${host}:${port}`))).toEqual(
    new Set(['10.244.1.2:8080', '10.244.2.2:8080']),
  );
  expect(server.send('GET', `${SERVICES}/web:82/proxy/`).body).toMatchObject({
    reason: 'ServiceUnavailable',
    message: 'no service port 82 found for service "web"',
    code: 503,
  });
  for (const name of ['web', 'web:admin', 'web:nothing']) {
    const { body } = server.send('GET', `${SERVICES}/${name}/proxy/`);
    expect([body.code, body.message]).toEqual([503, `no endpoints available for service "${name}"`]);
  }
});

test('of whom there is no word, that is said', () => {
  const server = startWithBackend();
  server.request('POST', PODS, podNamed('pending'));
  addPod(server, 'local', '127.0.0.1');
  addPod(server, 'metadata', '169.254.169.254');
  addPod(server, 'web');
  addService(server, 'empty', []);
  const message = (url: string) => {
    const { body } = server.send('GET', url);
    return `${body.code} ${body.message}`;
  };
  expect(message(`${PODS}/none/proxy/`)).toBe('404 pods "none" not found');
  expect(message(`${PODS}/pending/proxy/`)).toBe('400 address not allowed');
  expect(message(`${PODS}/local/proxy/`)).toBe('400 address not allowed');
  expect(message(`${PODS}/metadata/proxy/`)).toBe('400 address not allowed');
  expect(message(`${PODS}/ftp:web:21/proxy/`)).toBe('400 invalid pod request "ftp:web:21"');
  expect(message(`${SERVICES}/a:b:c:d/proxy/`)).toBe('400 invalid service request "a:b:c:d"');
  expect(message(`${SERVICES}/none/proxy/`)).toBe('404 endpoints "none" not found');
  expect(message(`${SERVICES}/none:80/proxy/`)).toBe('404 services "none" not found');
  expect(message(`${SERVICES}/empty:http/proxy/`)).toBe('503 no endpoints available for service "empty"');
  expect(message(`${NODES}/none/proxy/`)).toBe('404 nodes "none" not found');
  expect(message(`${PODS}/web:99999/proxy/`)).toBe(
    '503 error trying to reach service: dial tcp: address 99999: invalid port',
  );
  expect(server.sent).toEqual([]);
});

test('who does not answer is unavailable, in the words of the dialer', () => {
  const server = startWithBackend(() => ({ error: 'dial tcp 10.244.1.2:81: connect: connection refused' }));
  addPod(server, 'web');
  expect(server.send('GET', `${PODS}/web:81/proxy/`)).toMatchObject({
    status: 503,
    body: {
      kind: 'Status',
      reason: 'ServiceUnavailable',
      message: 'error trying to reach service: dial tcp 10.244.1.2:81: connect: connection refused',
    },
  });
});

test('a reader of the bare path is sent to the one with a slash', () => {
  const server = startWithBackend();
  addPod(server, 'web');
  for (const method of ['GET', 'HEAD'] as const) {
    const { status, headers } = server.send(method, `${PODS}/web/proxy?a=1`);
    expect([status, headers['location']]).toEqual([301, `${PODS}/web/proxy/?a=1`]);
  }
  expect(server.sent).toEqual([]);
  expect(server.send('DELETE', `${PODS}/web/proxy?a=1`).status).toBe(200);
  expect(server.sent).toMatchObject([{ method: 'DELETE', path: '/?a=1' }]);
});

test('redirects and links of the one behind lead through the server; what it allows other pages does not hold here', () => {
  const server = startWithBackend(
    ({ path }): Told =>
      path === '/old'
        ? {
            status: 302,
            headers: { location: 'http://10.244.1.2:80/new', 'access-control-allow-origin': '*' },
            body: '',
          }
        : {
            headers: { 'content-type': 'text/html; charset=utf-8', 'content-length': '20' },
            body: '<a href="/old">x</a>',
          },
  );
  addPod(server, 'web');
  const moved = server.send('GET', `${PODS}/web/proxy/old`);
  expect([moved.status, moved.headers]).toEqual([302, { location: `${PODS}/web/proxy/new` }]);
  const page = server.send('GET', `${PODS}/web/proxy/page`);
  expect(page).toMatchObject({ status: 200, body: `<a href="${PODS}/web/proxy/old">x</a>` });
  expect(page.headers).toEqual({ 'content-type': 'text/html; charset=utf-8' });
});

test('bytes that are no text stay what they are, both ways', () => {
  const bytes = Uint8Array.of(0, 255, 128, 10);
  const server = startWithBackend(() => ({ headers: { 'content-type': 'image/png' }, body: bytes }));
  addPod(server, 'web');
  expect(server.send('PUT', `${PODS}/web/proxy/logo.png`, bytes).body).toEqual(bytes);
  const request: ApiRequest = { method: 'PUT', path: `${PODS}/web/proxy/logo.png`, bodyBytes: '\u0000\u00ff\u0080\n' };
  server.handle(request);
  expect(server.sent.map(({ body }) => body)).toEqual([bytes, bytes]);
});

test.for([
  ['/../../secrets', '/secrets'],
  ['/a/./b//c', '/a/b/c'],
  ['/a%2F..%2Fb', '/b'],
  ['/%3Fq', '/%3Fq'],
  ['/a:b@c;d=e', '/a:b@c;d=e'],
] as const)('no path leads out of the one behind: %s', ([asked, path]) => {
  const server = startWithBackend();
  addPod(server, 'web');
  server.send('GET', `${PODS}/web/proxy${asked}`);
  expect(server.sent).toMatchObject([{ path }]);
});

test('a connection that is to become another is refused in words', () => {
  const server = startWithBackend();
  addPod(server, 'web');
  const { body } = server.send('GET', `${PODS}/web/proxy/ws`, undefined, {
    connection: 'upgrade',
    upgrade: 'websocket',
  });
  expect([body.code, body.message]).toEqual([400, 'the proxy subresource of this server does not upgrade connections']);
});

test('who only looks on asks nobody', () => {
  const server = startWithBackend();
  addPod(server, 'web');
  expect(server.handle({ method: 'GET', path: `${PODS}/web/proxy/`, outside: true }).status).toBe(102);
  expect(server.sent).toEqual([]);
});

test('a kubelet answers for its node; other ports are dialled', () => {
  const kubelet = {
    get(path: string, query: URLSearchParams) {
      if (path === '/refused') throw new NodeApiError(400, 'not like this');
      return path === '/healthz'
        ? { contentType: 'text/plain; charset=utf-8', body: `ok${query.get('x') ?? ''}` }
        : undefined;
    },
  } as NodeApi;
  const server = startWithBackend(undefined, { dialNode: (name) => (name === 'node-1' ? kubelet : undefined) });
  for (const name of ['node-1', 'node-2']) {
    const addresses = [{ type: 'InternalIP', address: '10.0.0.11' }];
    server.request('POST', NODES, { metadata: { name }, status: { addresses } });
  }
  const text = (method: ApiRequest['method'], url: string) => {
    const { status, body } = server.send(method, `${NODES}/${url}`);
    return `${status} ${typeof body === 'string' ? body : body.message}`;
  };
  expect(text('GET', 'node-1/proxy/healthz')).toBe('200 ok');
  expect(text('GET', 'node-1:10250/proxy/healthz?x=1')).toBe('200 ok1');
  expect(text('GET', 'node-1/proxy/run')).toBe('404 404 page not found\n');
  expect(text('POST', 'node-1/proxy/healthz')).toBe('404 404 page not found\n');
  expect(text('GET', 'node-1/proxy/refused')).toBe('400 not like this\n');
  expect(text('GET', 'node-2/proxy/healthz')).toBe(
    '503 error trying to reach service: dial tcp 10.0.0.11:10250: connect: connection refused',
  );
  expect(text('GET', 'node-1:9100/proxy/metrics')).toBe('200 hello');
  expect(server.sent).toMatchObject([{ host: '10.0.0.11', port: 9100, path: '/metrics' }]);
});

test('whoever may get may not create: the method is the verb', () => {
  const server = startRbacServer();
  const { as, root } = server;
  addPod({ request: root as Server['request'] }, 'web');
  grant(root, 'jane', [
    { apiGroups: [''], resources: ['pods/proxy'], resourceNames: ['web', 'web:80'], verbs: ['get'] },
  ]);
  const jane = as('jane');
  // Allowed, and then there is no network.
  expect(jane('GET', `${PODS}/web/proxy/x`).status).toBe(102);
  expect(jane('HEAD', `${PODS}/web:80/proxy/x`).status).toBe(102);
  const refused = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;
  for (const [method, verb] of Object.entries(refused)) {
    expect(jane(method as 'POST', `${PODS}/web/proxy/x`).body.message).toBe(
      `pods "web" is forbidden: User "jane" cannot ${verb} resource "pods/proxy" in API group "" in the namespace "default"`,
    );
  }
  expect(jane('OPTIONS', `${PODS}/web/proxy/x`).status).toBe(403);
  expect(jane('GET', `${PODS}/https:web:443/proxy/x`).status).toBe(403);
  expect(root('OPTIONS', `${PODS}/web/proxy/x`).status).toBe(102);
});

test('what is handed on, discovery knows; elsewhere a HEAD is a GET and OPTIONS is nothing', () => {
  const { request } = startWithBackend();
  const { resources } = request('GET', '/api/v1').body;
  const names = resources
    .filter(({ name }: Body) => name.endsWith('/proxy'))
    .map(({ name, kind }: Body) => `${name} ${kind}`);
  expect(names).toEqual([
    'nodes/proxy NodeProxyOptions',
    'pods/proxy PodProxyOptions',
    'services/proxy ServiceProxyOptions',
  ]);
  expect(request('HEAD', `${PODS}`)).toEqual(request('GET', `${PODS}`));
  expect(request('OPTIONS', `${PODS}`).status).toBe(405);
  expect(request('GET', `${PODS}/web/log/more`).status).toBe(404);
});
