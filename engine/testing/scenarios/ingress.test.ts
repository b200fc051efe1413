import { beforeAll, describe, expect, test } from 'vitest';
import type { Ingress } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';
import { converse, ECHO } from './upgrade-bed.ts';

// Ingress from end to end, with ingress-nginx as its documentation has it installed:
// https://kubernetes.io/docs/concepts/services-networking/ingress/

const INSTALL =
  'kubectl apply -f https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.14.1/deploy/static/provider/cloud/deploy.yaml';
const CONTROLLER = ['-n', 'ingress-nginx', 'exec', 'deploy/ingress-nginx-controller', '--'];

/** A server that tells who it is and what it was asked. */
function backend(name: string, replicas = 1): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.29
        lifecycle: {preStop: {exec: {command: [sleep, "8"]}}}
        command: [sh, -c, "echo 'server { listen 80; location / { return 200 \\"${name} $request_uri host=$http_host proto=$http_x_forwarded_proto\\"; } location /broken { return 500; } }' > /etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'"]
        ports: [{name: http, containerPort: 80}]
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: ${name}}
  ports: [{name: web, port: 80, targetPort: http}]
`;
}

interface Rule {
  readonly host?: string;
  readonly path?: string;
  readonly type?: string;
  readonly service?: string;
  readonly port?: string;
}

function ingress(
  name: string,
  rules: readonly Rule[],
  annotations: Readonly<Record<string, string>> = {},
  spec = 'ingressClassName: nginx',
): string {
  const notes = Object.entries(annotations).map(
    ([key, value]) => `    nginx.ingress.kubernetes.io/${key}: ${JSON.stringify(value)}\n`,
  );
  const lines = rules.map(
    ({ host, path = '/', type = 'Prefix', service = 'one', port = 'number: 80' }) =>
      `  - ${host === undefined ? '' : `host: "${host}"\n    `}http: {paths: [{path: "${path}", pathType: ${type}, backend: {service: {name: ${service}, port: {${port}}}}}]}\n`,
  );
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
${notes.length === 0 ? '' : `  annotations:\n${notes.join('')}`}spec:
  ${spec}
  rules:
${lines.join('')}`;
}

/** A cluster with the controller, two servers, and these Ingresses in force. */
function start(...manifests: readonly string[]): Testbed {
  const bed = new Testbed({ workers: [{ name: 'node-1' }] });
  expect(bed.sh(INSTALL).stdout).toContain('ingressclass.networking.k8s.io/nginx created\n');
  bed.apply([backend('one'), backend('two'), ...manifests].join('---\n'));
  bed.until(
    'the controller and the servers are ready',
    () =>
      ['default', 'ingress-nginx'].every(
        (namespace) => bed.podViews(namespace).length > 0 && bed.podViews(namespace).every(({ ready }) => ready),
      ),
    90,
  );
  bed.pass(8);
  return bed;
}

/** Adds Ingresses and lets the controller see them. */
function add(bed: Testbed, ...manifests: readonly string[]): void {
  bed.apply(manifests.join('---\n'));
  bed.pass(8);
}

/** Status and body, and where a redirect leads. */
function ask(bed: Testbed, host: string, path = '/', ...options: readonly string[]): string {
  const { stdout } = bed.run(
    'workstation',
    ...[
      'curl',
      '-s',
      '-m',
      '5',
      '-o',
      '/tmp/body',
      '-D',
      '/tmp/head',
      '-w',
      '%{http_code}',
      '-H',
      `Host: ${host}`,
      ...options,
      `http://10.0.0.200${path}`,
    ],
  );
  const location = /^location: (\S+)/im.exec(bed.sh('cat /tmp/head').stdout)?.[1];
  const body = bed.sh('cat /tmp/body').stdout;
  return [stdout, location ?? (body.startsWith('<html>') ? '' : body)].filter((part) => part !== '').join(' ');
}

const logs = (bed: Testbed) => bed.kubectl('-n', 'ingress-nginx', 'logs', 'deploy/ingress-nginx-controller');
const conf = (bed: Testbed) => bed.kubectl(...CONTROLLER, 'cat', '/etc/nginx/nginx.conf');

// One story: each test adds to what the ones before it have left in force.
describe('with one cluster', { shuffle: false }, () => {
  let bed: Testbed;
  beforeAll(() => {
    bed = start();
  });

  test('before there is an Ingress everything is answered with 404', () => {
    expect(ask(bed, 'web.example')).toBe('404');
    expect(conf(bed)).not.toContain('web.example');
  });

  test('hosts and paths: exact before prefix, the longest prefix first, whole elements of a path, wildcards of one level', () => {
    add(
      bed,
      ingress('paths', [
        { host: 'web.example', path: '/app', service: 'one' },
        { host: 'web.example', path: '/app/deep', service: 'two', port: 'name: web' },
        { host: 'web.example', path: '/exact', type: 'Exact', service: 'two' },
        { host: 'web.example', path: '/own', type: 'ImplementationSpecific', service: 'one' },
        { host: '*.wild.example', path: '/', service: 'two' },
      ]),
    );
    expect(conf(bed)).toMatch(/server_name web\.example;[\s\S]*location = \/exact \{[\s\S]*set \$service_name "two";/);
    const who = (host: string, path: string) => ask(bed, host, path).split(' ').slice(0, 2).join(' ');
    expect(who('web.example', '/app')).toBe('200 one');
    expect(who('web.example', '/app/x')).toBe('200 one');
    expect(who('web.example', '/apple')).toBe('404');
    expect(who('web.example', '/app/deep')).toBe('200 two');
    expect(who('web.example', '/app/deeper')).toBe('200 one');
    expect(who('web.example', '/exact')).toBe('200 two');
    expect(who('web.example', '/exact/')).toBe('404');
    expect(who('web.example', '/own/x')).toBe('200 one');
    expect(who('a.wild.example', '/')).toBe('200 two');
    expect(who('wild.example', '/')).toBe('404');
    expect(ask(bed, 'web.example', '/app/x?q=1')).toBe('200 one /app/x?q=1 host=web.example proto=http');
  });

  test('the Ingress bears the address, and events say that it was seen', () => {
    bed.pass(60);
    expect(bed.get<Ingress>('ingress', 'paths').status?.loadBalancer?.ingress).toEqual([{ ip: '10.0.0.200' }]);
    expect(bed.kubectl('get', 'ingress', 'paths')).toMatch(
      /^paths +nginx +web\.example,web\.example,web\.example \+ 2 more\.\.\. +10\.0\.0\.200 +80 /m,
    );
    expect(bed.eventsOf('paths')).toEqual(['Sync: Scheduled for sync']);
    const said = logs(bed);
    expect(said).toContain('"Found valid IngressClass" ingress="default/paths" ingressclass="nginx"');
    expect(said).toContain('"Configuration changes detected, backend reload required"');
    expect(said).toContain('"Backend successfully reloaded"');
    expect(said).toMatch(
      /"updating Ingress status" namespace="default" ingress="paths" currentValue=null newValue=\[\{"ip":"10\.0\.0\.200"\}\]/,
    );
    expect(said).toMatch(
      /^10\.0\.0\.2 - - \[.*\] "GET \/app HTTP\/1\.1" 200 \d+ "-" "curl\/8\.14\.1" \d+ 0\.\d{3} \[default-one-80\] \[\] 10\.244\.\d+\.\d+:80 \d+ 0\.\d{3} 200 [0-9a-f]{32}$/m,
    );
  });

  test('whose Ingress it is: by class, by the annotation of old, and nobody’s without either', () => {
    add(
      bed,
      ingress('other-class', [{ host: 'other.example' }], {}, 'ingressClassName: haproxy'),
      ingress('no-class', [{ host: 'none.example' }], {}, 'defaultBackend: {service: {name: one, port: {number: 80}}}'),
      ingress(
        'old',
        [{ host: 'old.example' }],
        {},
        'defaultBackend: {service: {name: two, port: {number: 80}}}',
      ).replace('metadata:\n', 'metadata:\n  annotations: {kubernetes.io/ingress.class: nginx}\n'),
    );
    expect(ask(bed, 'other.example')).toBe('404');
    expect(ask(bed, 'none.example')).toBe('404');
    expect(ask(bed, 'old.example')).toContain('200 one');
    expect(logs(bed)).toContain(
      '"Ignoring ingress because of error while validating ingress class" ingress="default/other-class" error="ingress does not contain a valid IngressClass"',
    );
    bed.kubectl('annotate', 'ingressclass', 'nginx', 'ingressclass.kubernetes.io/is-default-class=true');
    add(
      bed,
      ingress(
        'defaulted',
        [{ host: 'defaulted.example' }],
        {},
        'defaultBackend: {service: {name: two, port: {number: 80}}}',
      ),
    );
    expect(bed.get<Ingress>('ingress', 'defaulted').spec?.ingressClassName).toBe('nginx');
    expect(ask(bed, 'defaulted.example')).toContain('200 one');
    bed.kubectl('delete', 'ingress', 'other-class', 'no-class', 'old', 'defaulted');
  });

  test('of two Ingresses with the same host and path the older one counts', () => {
    add(bed, ingress('first', [{ host: 'both.example', service: 'one' }]));
    add(
      bed,
      ingress('a-second', [
        { host: 'both.example', service: 'two' },
        { host: 'both.example', path: '/two', service: 'two' },
      ]),
    );
    expect(ask(bed, 'both.example')).toContain('200 one');
    expect(ask(bed, 'both.example', '/two')).toContain('200 two');
    bed.kubectl('delete', 'ingress', 'first');
    bed.pass(8);
    expect(ask(bed, 'both.example')).toContain('200 two');
  });

  test('what a host’s own default is, and that of everything', () => {
    add(
      bed,
      ingress(
        'with-default',
        [{ host: 'def.example', path: '/one' }],
        {},
        'ingressClassName: nginx\n  defaultBackend: {service: {name: two, port: {number: 80}}}',
      ),
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: catch-all}\nspec:\n  ingressClassName: nginx\n  defaultBackend: {service: {name: one, port: {number: 80}}}\n',
    );
    expect(ask(bed, 'def.example', '/one')).toContain('200 one');
    expect(ask(bed, 'def.example', '/else')).toContain('200 two');
    expect(ask(bed, 'nobody.example')).toContain('200 one');
    bed.kubectl('delete', 'ingress', 'catch-all');
    bed.pass(8);
    expect(ask(bed, 'nobody.example')).toBe('404');
  });

  test('a Service that is not there, or has nobody behind it: 503, and the log says why', () => {
    add(
      bed,
      ingress('missing', [{ host: 'missing.example', service: 'nope' }]),
      ingress('empty', [
        { host: 'empty.example', service: 'empty' },
        { host: 'port.example', port: 'number: 81' },
      ]),
      'apiVersion: v1\nkind: Service\nmetadata: {name: empty}\nspec: {selector: {app: nobody}, ports: [{port: 80}]}\n',
    );
    expect(ask(bed, 'missing.example')).toBe('503');
    expect(ask(bed, 'empty.example')).toBe('503');
    expect(ask(bed, 'port.example')).toBe('503');
    expect(logs(bed)).toContain(
      'Error obtaining Endpoints for Service "default/nope": no object matching key "default/nope" in local store',
    );
    expect(logs(bed)).toContain('Service "default/empty" does not have any active Endpoint.');
  });

  test('paths rewritten by groups, and redirects', () => {
    add(
      bed,
      ingress('rewrite', [{ host: 'rw.example', path: '/something(/|$)(.*)', type: 'ImplementationSpecific' }], {
        'rewrite-target': '/$2',
        'use-regex': 'true',
      }),
      ingress('root', [{ host: 'root.example' }], { 'app-root': '/app1' }),
      ingress('moved', [{ host: 'moved.example' }], { 'permanent-redirect': 'https://www.example.com' }),
      ingress('for-now', [{ host: 'now.example' }], { 'temporal-redirect': 'https://now.example.com/x' }),
      ingress('secure', [{ host: 'secure.example' }], { 'force-ssl-redirect': 'true' }),
    );
    expect(ask(bed, 'rw.example', '/something')).toContain('200 one / ');
    expect(ask(bed, 'rw.example', '/something/')).toContain('200 one / ');
    expect(ask(bed, 'rw.example', '/something/new?a=1')).toContain('200 one /new?a=1 ');
    expect(ask(bed, 'rw.example', '/SOMETHING/new')).toContain('200 one /new ');
    expect(ask(bed, 'rw.example', '/somethingelse')).toBe('404');
    expect(ask(bed, 'root.example')).toBe('302 http://root.example/app1');
    expect(ask(bed, 'root.example', '/x')).toContain('200 one /x');
    expect(ask(bed, 'moved.example', '/any')).toBe('301 https://www.example.com');
    expect(ask(bed, 'now.example')).toBe('302 https://now.example.com/x');
    expect(ask(bed, 'secure.example', '/x?y=1')).toBe('308 https://secure.example/x?y=1');
  });

  test('a canary by header, by cookie and by share', () => {
    add(
      bed,
      ingress('main', [{ host: 'canary.example', service: 'one' }]),
      ingress('canary', [{ host: 'canary.example', service: 'two' }], {
        canary: 'true',
        'canary-weight': '30',
        'canary-by-header': 'X-Canary',
        'canary-by-cookie': 'try_it',
      }),
    );
    expect(ask(bed, 'canary.example', '/', '-H', 'X-Canary: always')).toContain('200 two');
    expect(ask(bed, 'canary.example', '/', '-H', 'X-Canary: never')).toContain('200 one');
    expect(ask(bed, 'canary.example', '/', '-H', 'Cookie: try_it=always')).toContain('200 two');
    expect(ask(bed, 'canary.example', '/', '-H', 'Cookie: try_it=never', '-H', 'X-Canary: always')).toContain(
      '200 two',
    );
    const { stdout } = bed.sh(
      'for i in $(seq 200); do curl -s -H "Host: canary.example" http://10.0.0.200/ | cut -d" " -f1; echo; done | grep -c two',
    );
    expect(Number(stdout)).toBeGreaterThan(35);
    expect(Number(stdout)).toBeLessThan(85);
  });

  test('passwords, networks, rates and sticky cookies', () => {
    bed.sh(
      `printf 'ann:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/\\n' > auth; kubectl create secret generic passwords --from-file=auth`,
    );
    add(
      bed,
      ingress('secret', [{ host: 'secret.example' }], {
        'auth-type': 'basic',
        'auth-secret': 'passwords',
        'auth-realm': 'Staff only',
      }),
      ingress('no-secret', [{ host: 'nosecret.example' }], { 'auth-type': 'basic', 'auth-secret': 'nope' }),
      ingress('inside', [{ host: 'inside.example' }], { 'whitelist-source-range': '192.168.0.0/16' }),
      ingress('outside', [{ host: 'outside.example' }], { 'whitelist-source-range': '10.0.0.0/24' }),
      ingress('slow', [{ host: 'slow.example' }], { 'limit-rps': '1', 'limit-burst-multiplier': '2' }),
      ingress('sticky', [{ host: 'sticky.example' }], { affinity: 'cookie', 'session-cookie-name': 'route' }),
    );
    expect(ask(bed, 'secret.example')).toBe('401');
    expect(ask(bed, 'secret.example', '/', '-u', 'ann:secret')).toContain('200 one');
    expect(ask(bed, 'nosecret.example')).toBe('503');
    expect(ask(bed, 'inside.example')).toBe('403');
    expect(ask(bed, 'outside.example')).toContain('200 one');
    const { stdout } = bed.sh(
      'for i in $(seq 6); do curl -s -o /dev/null -w "%{http_code} " -H "Host: slow.example" 10.0.0.200; done',
    );
    expect(stdout).toBe('200 200 200 503 503 503 ');
    expect(bed.sh('curl -si -H "Host: sticky.example" 10.0.0.200').stdout).toMatch(
      /Set-Cookie: route=[0-9a-f]{32}; Path=\/; HttpOnly\r\n/,
    );
  });

  test('what is refused: snippets that nobody allowed, expressions where none belong, values that would break out', () => {
    add(
      bed,
      ingress('snippet', [{ host: 'snippet.example' }], { 'configuration-snippet': 'return 200 "mine";' }),
      ingress('strict', [{ host: 'strict.example', path: '/a(/|$)(.*)' }], { 'rewrite-target': '/$2' }),
      ingress('breakout', [{ host: 'break.example' }], { 'app-root': '/x; } location /evil { return 200; ' }),
    );
    expect(ask(bed, 'snippet.example')).toBe('503');
    expect(ask(bed, 'strict.example', '/a/b')).toBe('404');
    expect(ask(bed, 'break.example')).toContain('200 one');
    expect(ask(bed, 'break.example', '/evil')).toContain('200 one /evil');
    expect(logs(bed)).toContain('path /a(/|$)(.*) cannot be used with pathType Prefix');
  });

  test('options of the ConfigMap, and what happens when they are no good: the old configuration stays', () => {
    bed.kubectl(
      '-n',
      'ingress-nginx',
      'patch',
      'configmap',
      'ingress-nginx-controller',
      '--type=merge',
      '-p',
      '{"data":{"server-tokens":"true","proxy-read-timeout":"7","http-snippet":"nonsense here;"}}',
    );
    bed.pass(8);
    expect(logs(bed)).toMatch(
      /Unexpected failure reloading the backend:[\s\S]*Error: exit status 1\n.*\[emerg\] \d+#\d+: unknown directive "nonsense" in \/tmp\/nginx\/nginx-cfg\d+:\d+/,
    );
    expect(ask(bed, 'web.example', '/app')).toContain('200 one');
    bed.kubectl(
      '-n',
      'ingress-nginx',
      'patch',
      'configmap',
      'ingress-nginx-controller',
      '--type=merge',
      '-p',
      '{"data":{"http-snippet":""}}',
    );
    bed.pass(8);
    expect(conf(bed)).toContain('proxy_read_timeout 7s;');
    expect(bed.sh('curl -s -H "Host: nobody.example" 10.0.0.200').stdout).toContain('nginx/1.27.1');
  });
});

test('TLS: a host’s own certificate, the redirect to it, and the one that nobody believes', () => {
  const bed = start();
  const make = (host: string) =>
    `openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout ${host}.key -out ${host}.crt -subj "/CN=${host}" -addext "subjectAltName=DNS:${host}" 2> /dev/null; `;
  bed.sh(
    `${make('tls.example')}${make('else.example')}kubectl create secret tls own --cert=tls.example.crt --key=tls.example.key; kubectl create secret tls other --cert=else.example.crt --key=else.example.key; kubectl create secret generic broken --type=kubernetes.io/tls --from-literal=tls.crt=nonsense --from-literal=tls.key=nonsense; kubectl create secret tls mixed --cert=tls.example.crt --key=else.example.key`,
  );
  const tls = (host: string, secret: string) =>
    ingress(
      host.replace('.example', ''),
      [{ host }],
      {},
      `ingressClassName: nginx\n  tls: [{hosts: [${host}], secretName: ${secret}}]`,
    );
  add(
    bed,
    tls('tls.example', 'own'),
    tls('wrong.example', 'other'),
    tls('broken.example', 'broken'),
    tls('mixed.example', 'mixed'),
    tls('gone.example', 'gone'),
    ingress('plain', [{ host: 'plain.example' }]),
  );
  const curl = (host: string, ...args: readonly string[]) =>
    bed.sh(`curl -sS --resolve ${host}:443:10.0.0.200 ${args.join(' ')} https://${host}/`);
  expect(curl('tls.example', '--cacert', 'tls.example.crt').stdout).toBe('one / host=tls.example proto=https');
  expect(curl('tls.example', '-k', '-D', '-', '-o', '/dev/null').stdout).toMatch(
    /Strict-Transport-Security: max-age=31536000; includeSubDomains/,
  );
  expect(curl('tls.example').stderr).toContain('curl: (60) SSL certificate problem: self-signed certificate');
  expect(ask(bed, 'tls.example', '/x')).toBe('308 https://tls.example/x');
  for (const host of ['wrong.example', 'broken.example', 'mixed.example', 'gone.example', 'plain.example']) {
    const { stdout, stderr } = curl(host, '-k', '-v');
    expect(stdout).toContain('one / ');
    expect(stderr).toContain('subject: O=Acme Co; CN=Kubernetes Ingress Controller Fake Certificate');
  }
  expect(curl('nobody.example', '-k').stdout).toContain('404 Not Found');
  const said = logs(bed);
  expect(said).toContain(
    'Error getting SSL certificate "default/gone": local SSL certificate default/gone was not found. Using default certificate',
  );
  expect(said).toContain('unexpected error creating SSL Cert: no valid PEM formatted block found');
  expect(said).toContain('tls: private key does not match public key');
  expect(said).toContain('x509: certificate is valid for else.example, not wrong.example');
  // The Secret comes, or changes: so does the certificate.
  bed.sh(`${make('gone.example')}kubectl create secret tls gone --cert=gone.example.crt --key=gone.example.key`);
  bed.pass(8);
  expect(curl('gone.example', '--cacert', 'gone.example.crt').stdout).toContain('one / ');
});

test('a rolling update behind it loses no request, nor does a reload', () => {
  const bed = start(ingress('web', [{ host: 'web.example' }]));
  bed.kubectl('scale', 'deployment', 'one', '--replicas=3');
  bed.kubectl('rollout', 'status', 'deployment/one');
  bed.pass(5);
  const { stdout } = bed.sh(
    `(for i in $(seq 300); do curl -s -o /dev/null -w '%{http_code}\\n' -m 5 -H 'Host: web.example' 10.0.0.200; sleep 0.1; done) > codes &
     kubectl set env deployment/one A=b > /dev/null; kubectl rollout status deployment/one > /dev/null; wait; sort codes | uniq -c`,
  );
  expect(stdout.trim()).toBe('300 200');
});

test('when nginx dies the kubelet starts the container again; told to end, both end in order', () => {
  const bed = start(ingress('web', [{ host: 'web.example' }]));
  bed.kubectl(...CONTROLLER, 'sh', '-c', 'kill -9 $(cat /tmp/nginx/nginx.pid)');
  bed.until(
    'the container has been started again',
    () =>
      bed
        .podViews('ingress-nginx')[0]
        ?.containers.some(({ name, restarts }) => name === 'controller' && restarts === 1) === true,
    150,
  );
  bed.until('it is back', () => ask(bed, 'web.example').startsWith('200 one'), 60);
  const { name } = bed.podViews('ingress-nginx')[0]!;
  bed.kubectl('-n', 'ingress-nginx', 'delete', 'pod', name, '--wait=false');
  bed.pass(4);
  expect(bed.kubectl('-n', 'ingress-nginx', 'logs', name)).toContain('"NGINX process has stopped"');
});

test('a WebSocket goes through, over HTTPS as well', () => {
  const bed = start(ECHO, ingress('echo', [{ host: 'echo.example', service: 'echo' }]));
  const plain = converse(bed, '10.0.0.200', '/', 'word', 'echo.example');
  expect(plain).toMatch(/^HTTP\/1\.1 101 Switching Protocols\n/);
  expect(plain).toContain('\n\nhello\nback: word\n');
  expect(logs(bed)).toMatch(/"GET \/ HTTP\/1\.1" 101 /);
  // curl knows no other protocol and gives up in the end; what it was told stands in the log.
  const url = '--resolve echo.example:443:10.0.0.200 https://echo.example/sealed';
  bed.sh(`curl -sk -m 3 -H 'Upgrade: echo' -H 'Connection: Upgrade' ${url}`);
  bed.pass(2);
  expect(logs(bed)).toMatch(/"GET \/sealed HTTP\/1\.1" 101 6 /);
});
