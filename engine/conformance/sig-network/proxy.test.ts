import { beforeAll, expect, test } from 'vitest';
import type { ApiRequest, ApiResponse, Pod } from '../../index.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// After test/e2e/network/proxy.go: what a Pod and a Service answer through the API server.

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';
const NAMESPACE = '/api/v1/namespaces/default';
const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const;

let bed: Testbed;

/** A request to the API server, and its answer when it has come. */
function send(method: ApiRequest['method'], url: string): ApiResponse {
  const [path, search] = url.split('?') as [string, string?];
  const query = search === undefined ? {} : { query: Object.fromEntries(new URLSearchParams(search)) };
  const taken = bed.cluster.submit({ kind: 'api', request: { method, path, ...query } }) as ApiResponse;
  let answer = taken.later === undefined ? taken : undefined;
  taken.later?.((late) => {
    answer = late;
  });
  bed.until(`${method} ${url} is answered`, () => answer !== undefined);
  return answer!;
}

beforeAll(() => {
  bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: agnhost, labels: {test: response}}
spec:
  containers:
  - name: agnhost
    image: ${AGNHOST}
    command: [/agnhost, porter, --json-response]
    env: [{name: SERVE_PORT_80, value: foo}]
  restartPolicy: Never
---
apiVersion: v1
kind: Service
metadata: {name: test-service, labels: {test: response}}
spec:
  selector: {test: response}
  ports: [{port: 80, targetPort: 80, protocol: TCP}]
`);
  bed.untilReady('agnhost');
  bed.pass(2);
});

/** 200, and word of the method that arrived. */
function expectMethod(method: ApiRequest['method'], url: string): void {
  const answer = send(method, url);
  expect(answer.status, `${method} ${url}: ${JSON.stringify(answer.body)}`).toBe(200);
  if (method !== 'HEAD') expect(JSON.parse(answer.body as string)).toEqual({ Method: method, Body: 'foo' });
}

test('Proxy, validate ProxyWithPath responses', () => {
  for (const target of ['pods/agnhost', 'services/test-service'])
    for (const method of METHODS) expectMethod(method, `${NAMESPACE}/${target}/proxy/some/path/with/${method}`);
});

test('Proxy, validate Proxy responses', () => {
  for (const target of ['pods/agnhost', 'services/test-service']) {
    const url = `${NAMESPACE}/${target}/proxy`;
    for (const method of METHODS) {
      if (method !== 'GET' && method !== 'HEAD') expectMethod(method, `${url}?method=${method}`);
    }
    // A reader is sent to the path with a slash, so that relative links lead somewhere.
    const moved = send('GET', `${url}?method=GET`);
    expect([moved.status, moved.headers['location']]).toEqual([301, `${url}/?method=GET`]);
    expect(send('HEAD', `${url}?method=HEAD`).status).toBe(301);
    expectMethod('HEAD', `${url}/?method=HEAD`);
  }
});

test('Proxy, logs service endpoint', () => {
  bed.apply(PORTER);
  bed.until('the porter is ready', () => porterPods().some(({ status }) => status?.phase === 'Running'));
  bed.until('it has endpoints', () => bed.kubectl('get', 'endpoints', 'proxy-service').includes(':160'));
  const pod = porterPods()[0]!.metadata.name;
  const service = (scheme: string, port: string) =>
    `${NAMESPACE}/services/${[scheme, 'proxy-service', port].filter((part) => part !== '').join(':')}/proxy`;
  const direct = (scheme: string, port: string) =>
    `${NAMESPACE}/pods/${[scheme, pod, port].filter((part) => part !== '').join(':')}/proxy`;
  const expected: Record<string, string> = {
    [service('', 'portname1')]: 'foo',
    [service('http', 'portname1')]: 'foo',
    [service('', 'portname2')]: 'bar',
    [service('http', 'portname2')]: 'bar',
    [service('https', 'tlsportname1')]: 'tls baz',
    [service('https', 'tlsportname2')]: 'tls qux',
    [direct('', '')]: `<a href="${direct('', '')}/rewriteme">test</a>`,
    [direct('', '1080')]: `<a href="${direct('', '1080')}/rewriteme">test</a>`,
    [direct('http', '1080')]: `<a href="${direct('http', '1080')}/rewriteme">test</a>`,
    [direct('', '160')]: 'foo',
    [direct('http', '160')]: 'foo',
    [direct('', '162')]: 'bar',
    [direct('http', '162')]: 'bar',
    [direct('https', '443')]: `<a href="${direct('https', '443')}/tlsrewriteme">test</a>`,
    [direct('https', '460')]: 'tls baz',
    [direct('https', '462')]: 'tls qux',
  };
  for (let attempt = 0; attempt < 20; attempt++) {
    const seen = Object.keys(expected).map((url) => {
      const { status, body } = send('GET', `${url}/`);
      return [url, status === 200 ? body : `${status} ${JSON.stringify(body)}`];
    });
    expect(Object.fromEntries(seen)).toEqual(expected);
  }
});

function porterPods(): readonly Pod[] {
  return bed.list<Pod>('pods', '-l', 'proxy-service-target=true');
}

const PORTER = `apiVersion: v1
kind: Service
metadata: {name: proxy-service}
spec:
  selector: {proxy-service-target: "true"}
  ports:
  - {name: portname1, port: 80, targetPort: dest1}
  - {name: portname2, port: 81, targetPort: 162}
  - {name: tlsportname1, port: 443, targetPort: tlsdest1}
  - {name: tlsportname2, port: 444, targetPort: 462}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: proxy-service}
spec:
  replicas: 1
  selector: {proxy-service-target: "true"}
  template:
    metadata: {labels: {proxy-service-target: "true"}}
    spec:
      containers:
      - name: proxy-service
        image: ${AGNHOST}
        command: [/agnhost, porter]
        env:
        - {name: SERVE_PORT_80, value: '<a href="/rewriteme">test</a>'}
        - {name: SERVE_PORT_1080, value: '<a href="/rewriteme">test</a>'}
        - {name: SERVE_PORT_160, value: foo}
        - {name: SERVE_PORT_162, value: bar}
        - {name: SERVE_TLS_PORT_443, value: '<a href="/tlsrewriteme">test</a>'}
        - {name: SERVE_TLS_PORT_460, value: tls baz}
        - {name: SERVE_TLS_PORT_462, value: tls qux}
        ports:
        - {containerPort: 80}
        - {name: dest1, containerPort: 160}
        - {name: dest2, containerPort: 162}
        - {name: tlsdest1, containerPort: 460}
        - {name: tlsdest2, containerPort: 462}
        readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 1, timeoutSeconds: 5, periodSeconds: 10}
`;
