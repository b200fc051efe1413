import { expect, test } from 'vitest';
import { ConfigurationError } from '../../../api/config-shape.ts';
import type { HttpRequest } from '../../../api/http-port.ts';
import type { ApiResponse } from '../../../api/request.ts';
import { type Body, MERGE, PODS, podNamed, startTestServer } from '../../testing/test-server.ts';
import { configureAdmission, readAdmissionFile } from './index.ts';

const HEAD = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n';
const BACKEND = { url: 'https://images.example.com:8443/policy' };

function configured(text: string, enable: readonly string[] = []) {
  const texts = readAdmissionFile(text, (path) => `# ${path}`);
  return { enable, configured: configureAdmission(texts, enable, () => BACKEND) };
}

function serverWith(text: string, enable: readonly string[] = []) {
  return startTestServer({ admission: configured(text, enable) });
}

function refusal(text: string, ...enable: readonly string[]): string {
  try {
    configured(text, enable);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
}

const podSecurity = (more: string) =>
  `${HEAD}- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
${more}`;

const DEFAULTS = `    defaults: {enforce: baseline, enforce-version: latest, warn: restricted}
    exemptions: {usernames: [root], runtimeClasses: [kata], namespaces: [kube-system]}
`;

test('PodSecurity goes by its configuration where Namespaces say nothing, and leaves alone who is exempt', () => {
  const { request } = serverWith(podSecurity(DEFAULTS));
  const pod = podNamed('p', { hostNetwork: true });
  const post = (namespace: string, spec: object = {}, user = 'jane') =>
    request(
      'POST',
      `/api/v1/namespaces/${namespace}/pods`,
      { ...pod, spec: { ...pod.spec, ...spec } },
      {},
      { username: user, groups: ['system:authenticated'] },
    );
  expect(post('default').body.message).toBe(
    'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
  );
  expect(post('default', { hostNetwork: false }).headers?.['warning']).toContain('would violate PodSecurity');
  request('DELETE', `${PODS}/p?gracePeriodSeconds=0`);
  expect(post('default', {}, 'root').status).toBe(201);
  expect(post('default', { runtimeClassName: 'kata' }).body.message).not.toContain('PodSecurity');

  request('POST', '/api/v1/namespaces/kube-system/serviceaccounts', { metadata: { name: 'default' } });
  expect(post('kube-system').status).toBe(201);
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  request('PATCH', '/api/v1/namespaces/default', { metadata: { labels } }, MERGE);
  request('DELETE', `${PODS}/p?gracePeriodSeconds=0`);
  expect(post('default').status).toBe(201);
});

test('a configuration that is no good is refused in the words of the real server', () => {
  expect(refusal(podSecurity('    defaults: {enforce: strict, warn-version: "1.2"}\n'))).toBe(
    'couldn\'t init admission plugin "PodSecurity": [defaults.enforce: Invalid value: "strict": ' +
      'must be one of privileged, baseline, restricted, defaults.warn-version: Invalid value: "1.2": must be "latest" or "v1.x"]',
  );
  expect(refusal(podSecurity('    exemptions: {namespaces: [a, a], usernames: [""]}\n'))).toBe(
    'couldn\'t init admission plugin "PodSecurity": [exemptions.namespaces[1]: Duplicate value: "a", ' +
      'exemptions.usernames[0]: Invalid value: "": username must not be empty]',
  );
  expect(refusal('apiVersion: v1\nkind: AdmissionConfiguration\n')).toContain(
    'no kind "AdmissionConfiguration" is registered for version "v1" in scheme',
  );
  expect(refusal(HEAD, 'ImagePolicyWebhook')).toBe(
    'couldn\'t init admission plugin "ImagePolicyWebhook": no config specified',
  );
  expect(refusal(imagePolicy('{allowTTL: 5000}'), 'ImagePolicyWebhook')).toBe(
    'couldn\'t init admission plugin "ImagePolicyWebhook": valid value is between 1s and 30m0s, got 1h23m20s',
  );
  expect(refusal(HEAD, 'EventRateLimit')).toBe(
    'couldn\'t init admission plugin "EventRateLimit": limits: Invalid value: []: must not be empty',
  );
});

test('EventRateLimit lets a burst of events in, and then so many a second', () => {
  const { request, sim } = serverWith(
    `${HEAD}- name: EventRateLimit
  configuration:
    apiVersion: eventratelimit.admission.k8s.io/v1alpha1
    kind: Configuration
    limits: [{type: Namespace, qps: 1, burst: 2}]
`,
    ['EventRateLimit'],
  );
  let count = 0;
  const post = () => {
    const metadata = { name: `e${++count}`, namespace: 'default' };
    const event = { metadata, involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' }, reason: 'Tried' };
    return request('POST', '/api/v1/namespaces/default/events', event);
  };
  expect([post().status, post().status]).toEqual([201, 201]);
  expect(post()).toMatchObject({
    status: 429,
    body: {
      reason: 'TooManyRequests',
      message: 'Too many requests: limit reached on type Namespace for key default',
    },
  });
  sim.runFor(1000);
  expect([post().status, post().status]).toEqual([201, 429]);
});

test('what is limited by default needs a quota for it', () => {
  const { request } = serverWith(`${HEAD}- name: ResourceQuota
  configuration:
    apiVersion: apiserver.config.k8s.io/v1
    kind: ResourceQuotaConfiguration
    limitedResources:
    - resource: pods
      matchScopes: [{scopeName: PriorityClass, operator: In, values: [cluster-services]}]
    - resource: persistentvolumeclaims
      matchContains: [requests.storage]
`);
  const priority = { metadata: { name: 'cluster-services' }, value: 1000 };
  request('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', priority);
  const pod = podNamed('p', { priorityClassName: 'cluster-services' });
  expect(request('POST', PODS, pod).body.message).toBe(
    'insufficient quota to match these scopes: [{PriorityClass In [cluster-services]}]',
  );
  expect(request('POST', PODS, podNamed('other')).status).toBe(201);
  const claim = {
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  expect(request('POST', '/api/v1/namespaces/default/persistentvolumeclaims', claim).body.message).toBe(
    'persistentvolumeclaims "c" is forbidden: insufficient quota to consume: requests.storage',
  );

  const scope = { scopeName: 'PriorityClass', operator: 'In', values: ['cluster-services'] };
  const spec = { hard: { pods: '5' }, scopeSelector: { matchExpressions: [scope] } };
  request('POST', '/api/v1/namespaces/default/resourcequotas', { metadata: { name: 'q' }, spec });
  const status = { hard: { pods: '5' }, used: { pods: '0' } };
  request('PATCH', '/api/v1/namespaces/default/resourcequotas/q/status', { status }, MERGE);
  expect(request('POST', PODS, pod).status).toBe(201);
});

test('AlwaysPullImages has every image pulled', () => {
  const { request } = serverWith(HEAD, ['AlwaysPullImages']);
  const { body } = request('POST', PODS, podNamed('p'));
  expect(body.spec.containers[0].imagePullPolicy).toBe('Always');
});

const imagePolicy = (policy: string) =>
  `${HEAD}- name: ImagePolicyWebhook\n  configuration:\n    imagePolicy: ${policy}\n`;

/** A server whose image policy backend answers as it is told. */
function serverWithBackend(policy: string, answers: readonly (object | number | string)[]) {
  const asked: { readonly url: string; readonly review: Body }[] = [];
  const server = startTestServer({
    admission: configured(imagePolicy(policy), ['ImagePolicyWebhook']),
    sendHttp: ({ host, port, path, body }: HttpRequest, answered) => {
      asked.push({ url: `${host}:${port}${path}`, review: JSON.parse(body as string) });
      const answer = answers[asked.length - 1]!;
      server.sim.schedule(10, 'backend', () => {
        if (typeof answer === 'string') return answered({ error: answer });
        const status = typeof answer === 'number' ? answer : 200;
        const said = { apiVersion: 'imagepolicy.k8s.io/v1alpha1', kind: 'ImageReview', status: answer };
        answered({ status, headers: {}, body: new TextEncoder().encode(JSON.stringify(said)) });
      });
    },
  });
  const create = (pod: object): ApiResponse & { readonly body: Body } => {
    const first = server.request('POST', PODS, pod);
    let answer: ApiResponse | undefined = first.later === undefined ? first : undefined;
    first.later?.((late) => {
      answer = late;
    });
    server.sim.runUntil(() => answer !== undefined, 60_000);
    return answer as ApiResponse & { readonly body: Body };
  };
  return { ...server, asked, create };
}

test('the backend is asked about the images of a Pod, and its answer is remembered', () => {
  const denial = { allowed: false, reason: 'no latest tags' };
  const { create, asked, sim } = serverWithBackend('{allowTTL: 60, denyTTL: 30}', [denial, denial, { allowed: true }]);
  const pod = podNamed('p', { initContainers: [{ name: 'init', image: 'busybox' }] });
  const metadata = { name: 'p', annotations: { 'ticket.image-policy.k8s.io/id': '7', other: 'x' } };
  expect(create({ ...pod, metadata })).toMatchObject({
    status: 403,
    body: { message: 'pods "p" is forbidden: image policy webhook backend denied one or more images: no latest tags' },
  });
  expect(asked[0]).toMatchObject({
    url: 'images.example.com:8443/policy?timeout=30s',
    review: {
      apiVersion: 'imagepolicy.k8s.io/v1alpha1',
      kind: 'ImageReview',
      spec: {
        containers: [{ image: 'nginx:1.29' }, { image: 'busybox' }],
        annotations: { 'ticket.image-policy.k8s.io/id': '7' },
        namespace: 'default',
      },
    },
  });
  expect(create({ ...pod, metadata }).status).toBe(403);
  expect(asked).toHaveLength(1);
  sim.runFor(31_000);
  expect(create({ ...pod, metadata }).status).toBe(403);
  expect(asked).toHaveLength(2);
  expect(create(podNamed('q')).status).toBe(201);
  expect(create(podNamed('r')).status).toBe(201);
  expect(asked).toHaveLength(3);
});

test('without the backend nothing comes in, unless the configuration allows that', () => {
  const why = 'dial tcp 10.0.0.7:8443: connect: connection refused';
  expect(serverWithBackend('{}', [why]).create(podNamed('p'))).toMatchObject({
    status: 403,
    body: { message: `pods "p" is forbidden: Post "https://images.example.com:8443/policy?timeout=30s": ${why}` },
  });
  expect(serverWithBackend('{defaultAllow: true}', [why]).create(podNamed('p')).status).toBe(201);
});

test('a backend in trouble is asked again', () => {
  const { create, asked, sim } = serverWithBackend('{retryBackoff: 1000}', [500, 500, { allowed: true }]);
  const beganMs = sim.nowMs;
  expect(create(podNamed('p')).status).toBe(201);
  expect(asked).toHaveLength(3);
  expect(sim.nowMs - beganMs).toBeGreaterThanOrEqual(2500);
});
