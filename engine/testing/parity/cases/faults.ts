import type { Fault, FaultyAnswer } from '../fault.ts';
import type { Scenario } from '../scenario.ts';

const TEXT = { 'content-type': 'text/plain' };
const HTML = { 'content-type': 'text/html' };

/** Answers to whatever is asked, by a name. */
const ANSWERS: Readonly<Record<string, FaultyAnswer>> = {
  truncated: { status: 200, body: '{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"na' },
  html: { status: 200, headers: HTML, body: '<html><body>hello</body></html>' },
  'html-as-json': { status: 200, body: '<html><body>hello</body></html>' },
  empty: { status: 200, body: '' },
  array: { status: 200, body: '[]' },
  object: { status: 200, body: '{}' },
  'items-text': { status: 200, body: '{"kind":"PodList","apiVersion":"v1","items":"no"}' },
  '500': { status: 500, headers: TEXT, body: 'boom: the database is on fire\n' },
  '500-status': {
    status: 500,
    body: '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"etcdserver: request timed out","reason":"InternalError","code":500}',
  },
  '500-empty': { status: 500, body: '' },
  '500-json': { status: 500, body: '{"kind":' },
  '502': { status: 502, headers: HTML, body: '<html>\n<head><title>502 Bad Gateway</title></head>\n</html>\n' },
  '503': { status: 503, headers: TEXT, body: 'no healthy upstream' },
  '504': { status: 504, headers: HTML, body: '<html>504</html>' },
  '429': { status: 429, headers: TEXT, body: 'slow down' },
  '400': { status: 400, headers: TEXT, body: 'nope' },
  '401': { status: 401, headers: TEXT, body: 'nope' },
  '403': { status: 403, headers: TEXT, body: 'nope' },
  '404': { status: 404, headers: TEXT, body: '404 page not found' },
  '405': { status: 405, headers: TEXT, body: 'nope' },
  '406': { status: 406, headers: TEXT, body: 'nope' },
  '409': { status: 409, headers: TEXT, body: 'nope' },
  '410': { status: 410, headers: TEXT, body: 'nope' },
  '413': { status: 413, headers: HTML, body: '<html>413 too large</html>' },
  '415': { status: 415, headers: TEXT, body: 'nope' },
  '418': { status: 418, headers: TEXT, body: 'teapot' },
  '422': { status: 422, headers: TEXT, body: 'nope' },
  cut: 'cut',
};

/** The answers met on some requests, each under `prefix-name`. */
function faultsOn(on: RegExp, prefix: string, names = Object.keys(ANSWERS)): Record<string, Fault> {
  return Object.fromEntries(names.map((name) => [`${prefix}-${name}`, { on, answer: ANSWERS[name]! }]));
}

function watching(text: string): Fault {
  return { on: /watch=true/, answer: { status: 200, body: text } };
}

const OBJECTS = /pods|configmaps|deployments/;
const DISCOVERY = /GET \/apis?(\?|$)/;
const OFTEN = ['500', '503', '429', 'html', 'truncated', '409', '413'];
const DISCOVERED = ['truncated', 'html', '500', '503', '401', '403', '404', '429', 'object', 'empty'];

const ALL_ANSWERS = Object.keys(ANSWERS)
  .map((name) => `@server any-${name}\nkubectl get pods\nkubectl get pod x\nkubectl delete configmap x`)
  .join('\n');

/** A server whose answers are wrong. */
export const faultyAnswers: Scenario = {
  name: 'faulty-answers',
  faults: {
    ...faultsOn(OBJECTS, 'any'),
    'no-patience': { on: OBJECTS, answer: { status: 503, headers: { ...TEXT, 'retry-after': '1' }, body: 'x' } },
    'hang-up': { on: OBJECTS, answer: 'hang up' },
    hang: { on: OBJECTS, answer: 'hang' },
  },
  script: `
@quiet kubectl get pods
${ALL_ANSWERS}
@server any-truncated
kubectl create configmap x
kubectl get pods -o yaml
kubectl get pods,cm
@server any-500
kubectl create configmap x
kubectl get pods -o yaml
@server any-422
kubectl get pods -o name
@server any-empty
kubectl create configmap x
@server any-array
kubectl create configmap x
@server any-items-text
kubectl create configmap x
@server any-html
kubectl create configmap x
@server no-patience
kubectl get pod x
@server hang-up
kubectl get pod x
kubectl create configmap x
@server hang
kubectl get pods --request-timeout=4s
kubectl get pods -o yaml --request-timeout=4
kubectl create configmap x --request-timeout=4s
`,
};

const WRITES = OFTEN.map(
  (name) => `@server write-${name}
kubectl apply -f map.yaml
kubectl create -f map.yaml
kubectl replace -f map.yaml
kubectl delete -f map.yaml
kubectl label cm x a=b
kubectl patch cm x -p "{}"
kubectl describe cm x
kubectl scale deploy/x --replicas=2
kubectl get cm,deploy
kubectl get --raw /api/v1/namespaces/default/configmaps
kubectl apply --server-side -f map.yaml
kubectl diff -f map.yaml`,
).join('\n');

/** The same for commands that change something. */
export const faultyWrites: Scenario = {
  name: 'faulty-writes',
  files: { 'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n' },
  faults: faultsOn(OBJECTS, 'write', OFTEN),
  script: `
@quiet kubectl get pods
@quiet kubectl apply -f map.yaml
${WRITES}
`,
};

const DISCOVERIES = DISCOVERED.map(
  (name) => `@server discovery-${name}
rm -rf .kube/cache; kubectl get pods
rm -rf .kube/cache; kubectl api-resources
rm -rf .kube/cache; kubectl api-versions
rm -rf .kube/cache; kubectl apply -f map.yaml`,
).join('\n');

/** A server that cannot say what it serves, or what version it is of, and watches and logs that go wrong. */
export const faultyDiscovery: Scenario = {
  name: 'faulty-discovery',
  files: { 'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n' },
  faults: {
    ...faultsOn(DISCOVERY, 'discovery', DISCOVERED),
    ...faultsOn(/\/version/, 'version', ['500', '503', '401', 'html', 'truncated']),
    ...faultsOn(/\/log/, 'log', ['500', '503', '404', 'html']),
    'watch-end': watching(''),
    'watch-cut': watching('{"type":"ADDED","obj'),
    'watch-text': watching('hello\n'),
    'watch-foo': watching('{"type":"FOO","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"w"}}}\n'),
    'watch-object': watching(
      '{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"w"}}}\n',
    ),
    'watch-status': watching(
      '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (2)","reason":"Expired","code":410}}\n',
    ),
  },
  script: `
@quiet kubectl get pods
${DISCOVERIES}
@server sound
@quiet kubectl get pods
@server version-500
kubectl get --raw /version
@server version-401
kubectl get --raw /version
@server version-html
kubectl get --raw /version
@server log-500
kubectl logs -n kube-system etcd-control-plane --tail=1
@server log-503
kubectl logs -n kube-system etcd-control-plane --tail=1
@server log-404
kubectl logs -n kube-system etcd-control-plane --tail=1
@server log-html
kubectl logs -n kube-system etcd-control-plane --tail=1
@server watch-end
timeout 200 kubectl get cm -w
@server watch-cut
timeout 200 kubectl get cm -w
timeout 200 kubectl get cm -w -o name
@server watch-text
timeout 200 kubectl get cm -w
@server watch-foo
timeout 200 kubectl get cm -w
@server watch-object
timeout 200 kubectl get cm -w
timeout 200 kubectl get cm -w -o name
@server watch-status
timeout 200 kubectl get cm -w
timeout 200 kubectl get cm -w -o name
timeout 200 kubectl get cm -w -o yaml
`,
};
