import { expect, test } from 'vitest';
import { add, address, ask, backend, conditions, gateway, HTTP, route, start } from './gateway-bed.ts';
import { converse, ECHO } from './upgrade-bed.ts';

// The Gateway API from end to end, with NGINX Gateway Fabric: https://gateway-api.sigs.k8s.io/guides/

const to = (service: string) => `backendRefs: [{name: ${service}, port: 80}]`;

test('a request goes where the most particular rule says, and those that it does not fit are passed over', () => {
  const bed = start(
    gateway(HTTP),
    route('paths', [
      `{matches: [{path: {value: /}}], ${to('one')}}`,
      `{matches: [{path: {value: /two}}], ${to('two')}}`,
    ]),
  );
  expect(bed.kubectl('get', 'gatewayclass', 'nginx', '--no-headers')).toMatch(
    /^nginx +gateway\.nginx\.org\/nginx-gateway-controller +True /,
  );
  expect(bed.kubectl('get', 'gateway', 'edge', '--no-headers')).toMatch(
    new RegExp(`^edge +nginx +${address(bed)} +True `),
  );
  expect(conditions(bed, 'httproute', 'paths', '.status.parents[0].conditions')).toBe(
    'Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs',
  );
  const host = `host=${address(bed)}`;
  expect(ask(bed, '/')).toBe(`one GET / ${host} x= y=`);
  expect(ask(bed, '/two?x=1')).toBe(`two GET /two?x=1 ${host} x= y=`);
  expect(ask(bed, '/two/a%20b')).toBe(`two GET /two/a%20b ${host} x= y=`);
  expect(ask(bed, '/twofold')).toBe(`one GET /twofold ${host} x= y=`);
  expect(ask(bed, '/_ngf-internal-s0_r1')).toBe('404');
  bed.kubectl('delete', 'httproute', 'paths');
  add(
    bed,
    route('conditions', [
      `{matches: [{path: {value: /a}, headers: [{name: Version, value: v2}]}], ${to('two')}}`,
      `{matches: [{path: {value: /a}, method: POST}], ${to('two')}}`,
      `{matches: [{path: {value: /a}, queryParams: [{name: new, value: "yes"}]}, {path: {type: Exact, value: /exact}}], ${to('two')}}`,
      `{matches: [{path: {value: /b}, headers: [{name: One, value: "1"}, {name: Two, value: "2"}]}], ${to('two')}}`,
      `{matches: [{path: {value: /a/deep}}], ${to('one')}}`,
    ]),
    route('rest', [`{${to('one')}}`], '  hostnames: [known.example]\n'),
  );
  const served = (path: string, options = '') => ask(bed, path, options).split(' ')[0];
  expect(served('/a')).toBe('404');
  expect(served('/a', "-H 'Version: v2'")).toBe('two');
  expect(served('/a/x', "-H 'version: v2'")).toBe('two');
  expect(served('/a', '-X POST')).toBe('two');
  expect(served('/a?new=yes')).toBe('two');
  expect(served('/a?new=no')).toBe('404');
  expect(served('/a/deep', "-H 'Version: v2'")).toBe('one');
  expect(served('/b', "-H 'One: 1' -H 'Two: 2'")).toBe('two');
  expect(served('/b', "-H 'One: 1'")).toBe('404');
  expect(served('/exact')).toBe('two');
  expect(served('/exact/')).toBe('404');
  expect(served('/', "-H 'Host: known.example'")).toBe('one');
});

test('filters change what is asked and what is answered', () => {
  const bed = start(
    gateway(HTTP),
    route('filters', [
      `{matches: [{path: {value: /headers}}], filters: [{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: X-Added, value: more}], remove: [X-Removed]}}, {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: X-Secret, value: outer}], add: [{name: X-More, value: "1"}]}}], ${to('one')}}`,
      `{matches: [{path: {value: /set}}], filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Added, value: set}]}}], ${to('one')}}`,
      `{matches: [{path: {value: /old}}], filters: [{type: URLRewrite, urlRewrite: {hostname: inner.example, path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}}], ${to('one')}}`,
      `{matches: [{path: {value: /gone}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}], ${to('one')}}`,
      `{matches: [{path: {value: /full}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /all}}}], ${to('one')}}`,
      `{matches: [{path: {value: /away}}], filters: [{type: RequestRedirect, requestRedirect: {scheme: https, hostname: other.example, statusCode: 301}}]}`,
      `{matches: [{path: {value: /moved}}], filters: [{type: RequestRedirect, requestRedirect: {port: 8080, path: {type: ReplacePrefixMatch, replacePrefixMatch: /here}}}]}`,
    ]),
  );
  expect(ask(bed, '/headers', "-H 'X-Added: some' -H 'X-Removed: secret'")).toContain('x=some,more y=');
  expect(ask(bed, '/headers')).toMatch(/x=more y=$/);
  expect(ask(bed, '/set', "-H 'X-Added: some'")).toContain('x=set');
  const head = bed.sh(`curl -sI http://${address(bed)}/headers`).stdout;
  expect(head).toMatch(/x-secret: outer\r\n/i);
  expect(head).not.toContain('inner');
  expect(head).toMatch(/x-more: 1\r\n/i);
  expect(ask(bed, '/old/a?q=1')).toBe('one GET /new/a?q=1 host=inner.example x= y=');
  expect(ask(bed, '/old')).toContain('GET /new host');
  expect(ask(bed, '/gone/x')).toContain('GET /x host');
  expect(ask(bed, '/gone')).toContain('GET / host');
  expect(ask(bed, '/full/x?q=1')).toContain('GET /all?q=1 host');
  expect(ask(bed, '/away/x?q=1')).toBe('301 https://other.example/away/x?q=1');
  expect(ask(bed, '/moved/x')).toBe(`302 http://${address(bed)}:8080/here/x`);
});

test('weights share requests out, and what cannot be had answers for its share', () => {
  const bed = start(
    gateway(HTTP),
    route('weights', [
      '{matches: [{path: {value: /}}], backendRefs: [{name: one, port: 80, weight: 3}, {name: two, port: 80, weight: 1}]}',
      '{matches: [{path: {value: /none}}], backendRefs: [{name: one, port: 80, weight: 0}]}',
    ]),
    route('missing', [`{matches: [{path: {value: /missing}}], ${to('nobody')}}`]),
    route('empty', [`{matches: [{path: {value: /empty}}], ${to('idle')}}`]),
    'apiVersion: v1\nkind: Service\nmetadata: {name: idle}\nspec:\n  selector: {app: idle}\n  ports: [{port: 80}]\n',
  );
  const script = `for i in $(seq 200); do curl -s http://${address(bed)}/; echo; done | cut -d' ' -f1 | sort | uniq -c`;
  const [, one = '0'] = /(\d+) one/.exec(bed.sh(script).stdout) ?? [];
  expect(Number(one)).toBeGreaterThan(125);
  expect(Number(one)).toBeLessThan(175);
  expect(ask(bed, '/none')).toBe('500');
  expect(ask(bed, '/missing')).toBe('500');
  expect(ask(bed, '/empty')).toBe('503');
  expect(conditions(bed, 'httproute', 'missing', '.status.parents[0].conditions')).toBe(
    'Accepted=True/Accepted ResolvedRefs=False/BackendNotFound',
  );
  expect(bed.kubectl('get', 'httproute', 'missing', '-o', 'jsonpath={.status.parents[0].conditions[1].message}')).toBe(
    'spec.rules[0].backendRefs[0].name: Not found: "nobody"',
  );
});

test('another namespace has to allow what is taken from it, and a listener who may attach', () => {
  const bed = start('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {edge: "yes"}}\n');
  add(
    bed,
    gateway(
      `${HTTP}  - {name: open, port: 8080, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {edge: "yes"}}}}}\n`,
    ),
    backend('three', 'shop'),
    route('across', ['{matches: [{path: {value: /}}], backendRefs: [{name: three, namespace: shop, port: 80}]}']),
    route('shop', ['{matches: [{path: {value: /}}], backendRefs: [{name: three, port: 80}]}'], '', 'shop'),
    route('stranger', [`{${to('one')}}`]).replace('name: edge,', 'name: edge, sectionName: open,'),
    route('lost', [`{${to('one')}}`]).replace('name: edge,', 'name: edge, sectionName: nowhere,'),
  );
  bed.until('the server is ready', () => bed.podViews('shop').every(({ ready }) => ready));
  bed.pass(3);
  const shown = (name: string) => conditions(bed, 'httproute', name, '.status.parents[0].conditions').split(' ');
  expect(shown('across')).toContain('ResolvedRefs=False/RefNotPermitted');
  expect(ask(bed, '/')).toBe('500');
  add(
    bed,
    `apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: edge, namespace: shop}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}]
  to: [{group: "", kind: Service, name: three}]
`,
  );
  expect(shown('across')).toContain('ResolvedRefs=True/ResolvedRefs');
  expect(ask(bed, '/')).toContain('three GET /');
  expect(shown('stranger')).toContain('Accepted=False/NotAllowedByListeners');
  expect(shown('lost')).toContain('Accepted=False/NoMatchingParent');
  expect(
    bed.kubectl('-n', 'shop', 'get', 'httproute', 'shop', '-o', 'jsonpath={.status.parents[0].conditions[0].reason}'),
  ).toBe('Accepted');
  const attached = bed.kubectl(
    'get',
    'gateway',
    'edge',
    '-o',
    'jsonpath={range .status.listeners[*]}{.name}={.attachedRoutes} {end}',
  );
  expect(attached.trim()).toBe('http=1 open=1');
});

test('names: the listener that says most has a request, TLS shows its certificate, and what is no good is said', () => {
  const bed = start(
    gateway(
      `${HTTP}  - {name: wild, hostname: "*.example.com", port: 80, protocol: HTTP}
  - {name: secure, hostname: secure.example.com, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}
  - {name: bare, hostname: bare.example.com, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: none}]}}
  - {name: tcp, port: 9000, protocol: TCP}
`,
    ),
  );
  bed.sh(
    'openssl req -x509 -newkey rsa:2048 -nodes -keyout /tmp/k -out /tmp/c -days 30 -subj /CN=secure.example.com -addext subjectAltName=DNS:secure.example.com; kubectl create secret tls cert --cert=/tmp/c --key=/tmp/k',
  );
  add(
    bed,
    route('any', [`{${to('one')}}`]).replace('name: edge,', 'name: edge, sectionName: http,'),
    route('wild', [`{matches: [{path: {value: /w}}], ${to('two')}}`], '  hostnames: [a.example.com]\n'),
    route('secure', [`{${to('two')}}`], '  hostnames: [secure.example.com]\n').replace(
      'name: edge,',
      'name: edge, sectionName: secure,',
    ),
    route('elsewhere', [`{${to('two')}}`], '  hostnames: [example.org]\n').replace(
      'name: edge,',
      'name: edge, sectionName: wild,',
    ),
  );
  const asked = (path: string, host: string) => ask(bed, path, `-H 'Host: ${host}'`).split(' ')[0];
  expect(asked('/', 'other.org')).toBe('one');
  expect(asked('/w', 'a.example.com')).toBe('two');
  expect(asked('/', 'a.example.com')).toBe('404');
  expect(asked('/', 'b.example.com')).toBe('404');
  const secure = bed.sh(`curl -sk --resolve secure.example.com:443:${address(bed)} https://secure.example.com/`).stdout;
  expect(secure).toContain('two GET / host=secure.example.com');
  expect(bed.sh(`curl -sk --resolve bare.example.com:443:${address(bed)} https://bare.example.com/`).exitCode).not.toBe(
    0,
  );
  expect(conditions(bed, 'httproute', 'elsewhere', '.status.parents[0].conditions')).toContain(
    'Accepted=False/NoMatchingListenerHostname',
  );
  expect(conditions(bed, 'gateway', 'edge', '.status.conditions')).toBe(
    'Accepted=True/ListenersNotValid Programmed=True/Programmed',
  );
  const listener = (name: string) =>
    conditions(bed, 'gateway', 'edge', `.status.listeners[?(@.name=="${name}")].conditions`);
  expect(listener('secure')).toBe(
    'Accepted=True/Accepted Programmed=True/Programmed ResolvedRefs=True/ResolvedRefs Conflicted=False/NoConflicts',
  );
  expect(listener('bare')).toContain('Programmed=False/Invalid ResolvedRefs=False/InvalidCertificateRef');
  expect(listener('tcp')).toContain('Accepted=False/UnsupportedProtocol');
});

test('what nginx must not be told is refused, some by the API server and the rest by the controller', () => {
  const bed = start(gateway(HTTP));
  const refused = (manifest: string) => bed.sh(`kubectl apply -f - <<'END'\n${manifest}END\n`).stderr;
  expect(refused(route('bad', [`{matches: [{path: {value: relative}}], ${to('one')}}`]))).toContain(
    "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']",
  );
  expect(refused(route('bad', [`{filters: [{type: RequestRedirect}], ${to('one')}}`]))).toContain(
    'filter.requestRedirect must be specified for RequestRedirect filter.type',
  );
  expect(
    refused(gateway('  - {name: a, port: 80, protocol: HTTP}\n  - {name: b, port: 80, protocol: HTTP}\n', 'twice')),
  ).toContain('Combination of port, protocol and hostname must be unique for each listener');
  add(
    bed,
    route('sly', [`{matches: [{path: {value: "/x;} location / { return 200"}}], ${to('one')}}`]),
    route('half', [
      `{matches: [{path: {value: /ok}}], ${to('one')}}`,
      `{matches: [{path: {value: /bad}}], filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X, value: "$host"}]}}], ${to('one')}}`,
    ]),
  );
  expect(conditions(bed, 'httproute', 'sly', '.status.parents[0].conditions')).toContain(
    'Accepted=False/UnsupportedValue',
  );
  expect(conditions(bed, 'httproute', 'half', '.status.parents[0].conditions')).toBe(
    'Accepted=True/Accepted ResolvedRefs=True/ResolvedRefs PartiallyInvalid=True/UnsupportedValue',
  );
  expect(ask(bed, '/ok')).toContain('one GET /ok');
  expect(ask(bed, '/bad')).toBe('404');
});

test('a connection that becomes another protocol goes through', () => {
  const bed = start(gateway(HTTP), ECHO, route('echo', [`{matches: [{path: {value: /echo}}], ${to('echo')}}`]));
  const said = converse(bed, address(bed), '/echo', 'word');
  expect(said).toMatch(/^HTTP\/1\.1 101 Switching Protocols\n/);
  expect(said).toContain('\n\nhello\nback: word\n');
});
