import { expect, test } from 'vitest';
import type { EndpointSlice, Service } from '../../api/kinds.ts';
import { type CorpusCase, get } from '../../linux/programs/nginx/testing/corpus.ts';
import { decision } from '../../linux/programs/nginx/testing/decision.ts';
import { askBoth, installedNginx } from '../../linux/programs/nginx/testing/servers.ts';
import { configurationOf } from '../../nginx-gateway-fabric/configuration.ts';
import { gatewayConf } from '../../nginx-gateway-fabric/gateway-conf.ts';
import type { Gateway, HttpRoute } from '../../nginx-gateway-fabric/kinds.ts';
import type { ClusterView } from '../../nginx-gateway-fabric/watched-gateways.ts';
import { Testbed } from './testbed.ts';

// What the ingress controller writes is read in the same way by Debian's nginx: the same requests lead to the same places.

const nginx = installedNginx();
if (nginx === undefined) console.warn('skipped: no nginx is installed to be compared with (apt-get install nginx)');

const INSTALL =
  'kubectl apply -f https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.14.1/deploy/static/provider/cloud/deploy.yaml';
const SERVICES = ['one', 'two', 'three'];
/** A port of this machine, and those of whoever stands in for the Pods and for the controllers' own servers. */
const port = (further: number) => `@PORT+${further}@`;
const backend = (index: number) => port(100 + index);

/** A Service and its one endpoint, which need not be there. */
function service(name: string, index: number): string {
  return `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}-1, labels: {kubernetes.io/service-name: ${name}}}
addressType: IPv4
ports: [{port: 80, protocol: TCP}]
endpoints: [{addresses: [10.244.9.${index + 1}]}]
---
`;
}

type Path = readonly [path: string, type: string, service: string];

function ingress(name: string, host: string, paths: readonly Path[], annotations: object = {}): string {
  const notes = Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]);
  const backends = paths.map(([path, pathType, backend]) => ({
    path,
    pathType,
    backend: { service: { name: backend, port: { number: 80 } } },
  }));
  return `${JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, annotations: Object.fromEntries(notes) },
    spec: { ingressClassName: 'nginx', rules: [{ ...(host === '' ? {} : { host }), http: { paths: backends } }] },
  })}\n---\n`;
}

const INGRESSES = [
  ingress('paths', 'paths.example', [
    ['/', 'Prefix', 'one'],
    ['/api', 'Prefix', 'two'],
    ['/api/v2', 'Prefix', 'three'],
    ['/api', 'Exact', 'one'],
    ['/exact', 'Exact', 'three'],
    ['/slash/', 'Prefix', 'two'],
    ['/mine', 'ImplementationSpecific', 'three'],
  ]),
  ingress('few', 'few.example', [['/only', 'Prefix', 'one']]),
  ingress('wild', '*.wild.example', [['/', 'Prefix', 'two']]),
  ingress('tame', 'tame.wild.example', [['/', 'Prefix', 'three']]),
  ingress('rewritten', 'rw.example', [['/app(/|$)(.*)', 'ImplementationSpecific', 'one']], {
    'rewrite-target': '/$2',
    'use-regex': 'true',
  }),
  ingress(
    'patterns',
    'patterns.example',
    [
      ['/v[0-9]+/', 'ImplementationSpecific', 'two'],
      ['/v1/long', 'ImplementationSpecific', 'three'],
      ['/', 'Prefix', 'one'],
    ],
    { 'use-regex': 'true' },
  ),
  ingress('root', 'root.example', [['/', 'Prefix', 'one']], { 'app-root': '/start' }),
  ingress('moved', 'moved.example', [['/', 'Prefix', 'one']], { 'permanent-redirect': 'https://www.example.com/x' }),
  ingress('now', 'now.example', [['/', 'Prefix', 'one']], {
    'temporal-redirect': 'https://now.example.com',
    'temporal-redirect-code': '307',
  }),
  ingress('secure', 'secure.example', [['/', 'Prefix', 'one']], { 'force-ssl-redirect': 'true' }),
  ingress('alias', 'alias.example', [['/', 'Prefix', 'two']], { 'server-alias': 'other.example,*.many.example' }),
  ingress('near', 'near.example', [['/', 'Prefix', 'one']], { 'whitelist-source-range': '127.0.0.0/8' }),
  ingress('far', 'far.example', [['/', 'Prefix', 'one']], { 'whitelist-source-range': '10.0.0.0/8' }),
  ingress('cors', 'cors.example', [['/', 'Prefix', 'one']], {
    'enable-cors': 'true',
    'cors-allow-origin': 'https://a.example',
  }),
  ingress('vhost', 'vhost.example', [['/', 'Prefix', 'one']], { 'upstream-vhost': 'inner.example' }),
  ingress('main', 'canary.example', [['/', 'Prefix', 'one']]),
  ingress('canary', 'canary.example', [['/', 'Prefix', 'two']], {
    canary: 'true',
    'canary-by-header': 'X-Canary',
    'canary-by-cookie': 'try_it',
  }),
  ingress('catch-all', '', [['/everything', 'Prefix', 'three']]),
];

const HOSTS = [
  ...[
    'paths',
    'few',
    'tame.wild',
    'a.wild',
    'a.b.wild',
    'wild',
    'rw',
    'patterns',
    'root',
    'moved',
    'now',
    'secure',
    'alias',
  ],
  ...['other', 'x.many', 'near', 'far', 'cors', 'vhost', 'canary', 'nobody'],
].map((name) => `${name}.example`);
const PATHS = [
  ...[
    '/',
    '/api',
    '/api/',
    '/api/x',
    '/apix',
    '/api/v2',
    '/api/v2/y?q=1',
    '/api/v22',
    '/exact',
    '/exact/',
    '/EXACT',
    '/slash',
  ],
  ...[
    '/slash/',
    '/mine',
    '/minefield',
    '/only',
    '/only/x',
    '/onlyx',
    '/app',
    '/app/',
    '/app/a/b?c=d',
    '/application',
    '/APP/x',
  ],
  ...[
    '/v1/',
    '/v12/x',
    '/v1/long',
    '/v1/longer',
    '/start',
    '/everything',
    '/everything/x',
    '//api',
    '/api/../exact',
    '/%61pi',
    '/healthz',
  ],
];

/** A GET for each host and path, and what depends on fields. */
function requests(): readonly string[] {
  const canary = (...fields: readonly string[]) => get('/', 'canary.example', ...fields);
  return [
    ...HOSTS.flatMap((host) => PATHS.map((path) => get(path, host))),
    ...['always', 'never', 'maybe'].flatMap((value) => [
      canary(`X-Canary: ${value}`),
      canary(`Cookie: try_it=${value}`),
      canary(`Cookie: a=b; try_it=${value}`, 'X-Canary: never'),
    ]),
    get('/', 'cors.example', 'Origin: https://a.example'),
    get('/', 'cors.example', 'Origin: https://b.example'),
    get('/', 'cors.example', 'Origin: https://a.example').replace('GET', 'OPTIONS'),
    get('/api', 'PATHS.example'),
    get('/api', 'paths.example:8080'),
    get('/api', 'paths.example.'),
  ];
}

/** What both can serve side by side on one machine: without TLS, at other ports, with servers that tell who was reached. */
function onOneMachine(conf: string): string {
  const inside = /^http \{\n([\s\S]*)^\}/m
    .exec(conf)![1]!
    .replace(/^\t(include|access_log|map_hash_bucket_size|error_log) .*\n/gm, '')
    .replace(/^\t\tlisten 443.*\n|^\t\tssl_certificate.*\n/gm, '')
    .replace(/^(\t\tlisten) 80\b/gm, `$1 127.0.0.1:${port(0)}`)
    .replaceAll('127.0.0.1:8181', `127.0.0.1:${port(200)}`)
    .replaceAll('127.0.0.1:10246', `127.0.0.1:${port(201)}`)
    .replace(/server 10\.244\.9\.(\d+):80/g, (_, index: string) => `server 127.0.0.1:${backend(Number(index))}`);
  const told = '$request_uri host=$http_host proto=$http_x_forwarded_proto forwarded=$http_x_forwarded_host';
  const backends = SERVICES.map(
    (name, index) =>
      `server { listen 127.0.0.1:${backend(index + 1)}; location / { return 200 "${name} ${told}"; } }\n`,
  );
  return inside + backends.join('');
}

test.skipIf(nginx === undefined)(
  'what the controller writes leads requests where Debian’s nginx leads them',
  async () => {
    const bed = new Testbed({ workers: [{ name: 'node-1' }] });
    bed.sh(INSTALL);
    bed.apply([...SERVICES.map(service), ...INGRESSES].join(''));
    const controller = () => bed.podViews('ingress-nginx').find(({ name }) => name.includes('controller'));
    bed.until('the controller is ready', () => controller()?.ready === true, 90);
    bed.pass(8);
    const conf = bed.kubectl('-n', 'ingress-nginx', 'exec', controller()!.name, '--', 'cat', '/etc/nginx/nginx.conf');
    for (const host of ['paths.example', '*.wild.example', 'canary.example'])
      expect(conf).toContain(`server_name ${host}`);

    const cases: readonly CorpusCase[] = [{ name: 'ingress', text: onOneMachine(conf), requests: requests() }];
    const {
      ours: [ours],
      theirs: [theirs],
    } = await askBoth(nginx!, cases);
    const different = requests().flatMap((request, index) => {
      const [own, real] = [decision(ours![index]!), decision(theirs![index]!)];
      return own === real ? [] : [{ request, own, real }];
    });
    expect(different).toEqual([]);
    // They do lead to different places.
    const reached = new Set(theirs!.map((answer) => answer.split('\r\n\r\n')[1]?.split(' ')[0]));
    for (const name of SERVICES) expect(reached).toContain(name);
  },
);

// The same of the Gateway API.

function httpRoute(name: string, hostnames: readonly string[], rules: readonly object[]): HttpRoute {
  const metadata = { name, namespace: 'default', uid: name, resourceVersion: '1' };
  const spec = { parentRefs: [{ name: 'edge' }], hostnames, rules };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata, spec } as unknown as HttpRoute;
}

const to = (name: string) => ({ backendRefs: [{ name, port: 80 }] });
const at = (value: string, more: object = {}) => ({ path: { value }, ...more });
const path = (replacePrefixMatch: string) => ({ type: 'ReplacePrefixMatch', replacePrefixMatch });

const ROUTES: readonly HttpRoute[] = [
  httpRoute(
    'paths',
    ['paths.example'],
    [
      { matches: [at('/')], ...to('one') },
      { matches: [at('/api'), { path: { type: 'Exact', value: '/exact' } }], ...to('two') },
      { matches: [at('/api/v2', { headers: [{ name: 'X-Version', value: '2' }] })], ...to('three') },
      { matches: [at('/api', { method: 'POST' })], ...to('three') },
      { matches: [at('/slash', { queryParams: [{ name: 'q', value: '1' }] })], ...to('three') },
    ],
  ),
  httpRoute('wild', ['*.wild.example'], [{ matches: [at('/')], ...to('two') }]),
  httpRoute('tame', ['tame.wild.example'], [{ matches: [at('/only')], ...to('three') }]),
  httpRoute(
    'changed',
    ['rw.example'],
    [
      {
        matches: [at('/app')],
        filters: [{ type: 'URLRewrite', urlRewrite: { hostname: 'in.example', path: path('/new/') } }],
        ...to('one'),
      },
      { matches: [at('/mine')], filters: [{ type: 'URLRewrite', urlRewrite: { path: path('/') } }], ...to('one') },
      {
        matches: [at('/v1')],
        filters: [{ type: 'RequestRedirect', requestRedirect: { path: path('/v2'), statusCode: 301 } }],
      },
      {
        matches: [at('/start')],
        filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', hostname: 'a.example' } }],
      },
      {
        matches: [at('/')],
        filters: [
          {
            type: 'RequestHeaderModifier',
            requestHeaderModifier: { add: [{ name: 'X-Forwarded-Proto', value: 'more' }] },
          },
        ],
        ...to('two'),
      },
    ],
  ),
  httpRoute(
    'gone',
    ['gone.example'],
    [
      { matches: [at('/api')], ...to('nobody') },
      { matches: [at('/')], ...to('empty') },
    ],
  ),
];

const VIEW: ClusterView = {
  gatewayClasses: () => [],
  gateways: () => [],
  routes: () => ROUTES,
  grants: () => [],
  namespace: () => undefined,
  secret: () => undefined,
  service: (_, name) => (name === 'nobody' ? undefined : ({ spec: { ports: [{ port: 80 }] } } as Service)),
  slices: (_, name) => {
    const index = SERVICES.indexOf(name);
    const endpoints = index < 0 ? [] : [{ addresses: [`10.244.9.${index + 1}`] }];
    return [{ addressType: 'IPv4', ports: [{ port: 80 }], endpoints } as unknown as EndpointSlice];
  },
};

const GATEWAY = {
  metadata: { name: 'edge', namespace: 'default' },
  spec: { gatewayClassName: 'nginx', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
} as unknown as Gateway;

test.skipIf(nginx === undefined)(
  'what the controller of the Gateway API writes leads requests where Debian’s nginx leads them',
  async () => {
    const conf = gatewayConf(configurationOf(VIEW, [GATEWAY])).replace(
      /127\.0\.0\.1:850(\d)/g,
      (_, last: string) => `127.0.0.1:${port(210 + Number(last))}`,
    );
    const hosts = [
      'paths.example',
      'a.wild.example',
      'tame.wild.example',
      'rw.example',
      'gone.example',
      'nobody.example',
    ];
    const asked = [
      ...hosts.flatMap((host) => PATHS.map((each) => get(each, host))),
      get('/api', 'paths.example').replace('GET', 'POST'),
      get('/api/v2/x', 'paths.example', 'X-Version: 2'),
      get('/api/v2/x', 'paths.example', 'X-Version: 3'),
      get('/slash/a?q=1', 'paths.example'),
      get('/slash/a?q=2', 'paths.example'),
      get('/app/a%20b?x=%2F', 'rw.example'),
    ];
    const cases: readonly CorpusCase[] = [{ name: 'gateway', text: onOneMachine(conf), requests: asked }];
    const {
      ours: [ours],
      theirs: [theirs],
    } = await askBoth(nginx!, cases);
    const different = asked.flatMap((request, index) => {
      const [own, real] = [decision(ours![index]!), decision(theirs![index]!)];
      return own === real ? [] : [{ request, own, real }];
    });
    expect(different).toEqual([]);
    const reached = new Set(theirs!.map((answer) => answer.split('\r\n\r\n')[1]?.split(' ')[0]));
    for (const name of SERVICES) expect(reached).toContain(name);
  },
);
