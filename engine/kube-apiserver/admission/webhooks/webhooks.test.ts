import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../api/http-port.ts';
import type { ApiRequest, ApiResponse } from '../../../api/request.ts';
import {
  type Body,
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  MERGE,
  PODS,
  podNamed,
  startTestServer,
} from '../../testing/test-server.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';

/** What a webhook says to a review: allowed, unless told. */
type Judge = (request: Body) => Body | Told;

/** An answer with its body as a text. */
type Told =
  | { readonly status: number; readonly headers: Record<string, string>; readonly body: string }
  | { readonly error: string };

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A server whose webhooks answer after 10 ms; what they were asked is kept. */
function startWithWebhooks(judges: Readonly<Record<string, Judge>>) {
  const asked: { readonly path: string; readonly request: Body }[] = [];
  const server = startTestServer({
    sendHttp: ({ path, body }: HttpRequest, answered) => {
      const { apiVersion, kind, request } = JSON.parse(body as string);
      const name = path.slice(1).split('?')[0]!;
      asked.push({ path: name, request });
      const judged = judges[name]?.(request) ?? {};
      server.sim.schedule(10, 'webhook', () => {
        if ('error' in judged) answered(judged);
        else if ('headers' in judged) answered({ ...judged, body: encoded(judged.body) });
        else {
          const response = { uid: request.uid, allowed: true, ...judged };
          answered({ status: 200, headers: {}, body: encoded(JSON.stringify({ apiVersion, kind, response })) });
        }
      });
    },
  });

  function register(kind: 'Mutating' | 'Validating', name: string, webhooks: readonly object[]): void {
    const full = webhooks.map((webhook) => ({ sideEffects: 'None', admissionReviewVersions: ['v1'], ...webhook }));
    const object = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name },
    };
    const { status, body } = server.request('POST', `${GROUP}/${kind.toLowerCase()}webhookconfigurations`, {
      ...object,
      webhooks: full,
    });
    expect(status, body.message).toBe(201);
  }

  /** The answer, however long it takes. */
  function settle(...args: Parameters<typeof server.request>): ApiResponse & { readonly body: Body } {
    const first = server.request(...args);
    let answer: ApiResponse | undefined = first.later === undefined ? first : undefined;
    first.later?.((late) => {
      answer = late;
    });
    server.sim.runUntil(() => answer !== undefined, 60_000);
    return answer as ApiResponse & { readonly body: Body };
  }
  return { ...server, asked, register, settle };
}

function about(resource: string, operations = ['CREATE', 'UPDATE'], more: object = {}) {
  const [plural = '', group = ''] = resource.split(/\.(.*)/);
  return { rules: [{ apiGroups: [group], apiVersions: ['v1'], operations, resources: [plural], ...more }] };
}

function at(name: string) {
  return { name: `${name}.example.com`, clientConfig: { url: `https://hooks.example.com/${name}` } };
}

function patching(...operations: readonly object[]): Body {
  return { patchType: 'JSONPatch', patch: btoa(JSON.stringify(operations)) };
}

function labelling(key: string, value = 'yes'): Judge {
  return ({ object }) =>
    object.metadata.labels === undefined
      ? patching({ op: 'add', path: '/metadata/labels', value: { [key]: value } })
      : patching({ op: 'add', path: `/metadata/labels/${key}`, value });
}

test('a request waits for its webhook, and others do not wait for it', () => {
  const { request, register, sim } = startWithWebhooks({ hook: () => ({}) });
  register('Validating', 'v', [{ ...at('hook'), ...about('configmaps') }]);
  const waiting = request('POST', CONFIG_MAPS, configMapNamed('slow'));
  expect(waiting.status).toBe(102);
  expect(request('POST', PODS, podNamed('fast')).status).toBe(201);
  expect(request('GET', `${CONFIG_MAPS}/slow`).status).toBe(404);
  const answers: number[] = [];
  waiting.later!(({ status }) => answers.push(status));
  sim.runFor(20);
  expect(answers).toEqual([201]);
  expect(request('GET', `${CONFIG_MAPS}/slow`).status).toBe(200);
});

test('names are generated, and uids given, after what may change the object and before what judges it', () => {
  const { asked, register, settle } = startWithWebhooks({ mutate: labelling('a'), judge: () => ({}) });
  register('Mutating', 'm', [{ ...at('mutate'), ...about('pods') }]);
  register('Validating', 'v', [{ ...at('judge'), ...about('pods') }]);
  const { metadata, spec } = podNamed('');
  const { body } = settle('POST', PODS, { kind: 'Pod', apiVersion: 'v1', metadata: { generateName: 'web-' }, spec });
  expect(metadata.name).toBe('');
  const [mutating, validating] = asked.map((each) => each.request);
  expect(mutating.name).toBeUndefined();
  expect(mutating.object.metadata).not.toHaveProperty('uid');
  expect(mutating.object.metadata).toMatchObject({ generateName: 'web-', namespace: 'default' });
  // What was judged is what is stored.
  expect(validating.object.metadata).toEqual({
    ...body.metadata,
    resourceVersion: validating.object.metadata.resourceVersion,
  });
  expect(validating.name).toBe(body.metadata.name);
  expect(validating.object.spec).toEqual(body.spec);
  expect(asked).toHaveLength(2);
});

test('the review says who does what to which object', () => {
  const { asked, register, settle } = startWithWebhooks({});
  register('Validating', 'v', [{ ...at('hook'), ...about('configmaps', ['*']) }]);
  settle('POST', `${CONFIG_MAPS}?fieldManager=me`, configMapNamed('a'));
  settle('PATCH', `${CONFIG_MAPS}/a`, { data: { b: '2' } }, MERGE);
  settle('DELETE', `${CONFIG_MAPS}/a`);
  const [create, update, remove] = asked.map((each) => each.request);
  expect(create).toMatchObject({
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
    name: 'a',
    namespace: 'default',
    operation: 'CREATE',
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
  });
  expect(update).toMatchObject({
    operation: 'UPDATE',
    object: { data: { a: '1', b: '2' } },
    oldObject: { data: { a: '1' } },
    options: { kind: 'PatchOptions' },
  });
  expect(remove).toMatchObject({ operation: 'DELETE', object: null, oldObject: { data: { b: '2' } } });
});

test('who says no is quoted, with the code and reason it gives', () => {
  const { register, settle } = startWithWebhooks({
    message: () => ({ allowed: false, status: { message: 'not today', code: 418, reason: 'Teapot' } }),
    reason: () => ({ allowed: false, status: { reason: 'because' } }),
    bare: () => ({ allowed: false }),
  });
  register('Validating', 'm', [{ ...at('message'), ...about('configmaps') }]);
  register('Validating', 'r', [{ ...at('reason'), ...about('secrets') }]);
  register('Validating', 'b', [{ ...at('bare'), ...about('pods') }]);
  expect(settle('POST', CONFIG_MAPS, configMapNamed('a')).body).toMatchObject({
    message: 'admission webhook "message.example.com" denied the request: not today',
    reason: 'Teapot',
    code: 418,
  });
  expect(settle('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } }).body).toMatchObject({
    message: 'admission webhook "reason.example.com" denied the request: because',
    code: 400,
  });
  expect(settle('POST', PODS, podNamed('p')).body.message).toBe(
    'admission webhook "bare.example.com" denied the request without explanation',
  );
});

test.for<readonly [string, Body, string]>([
  [
    'no answer',
    { error: 'dial tcp 10.0.0.9:443: connect: connection refused' },
    'failed to call webhook: Post "https://hooks.example.com:443/hook?timeout=10s": dial tcp 10.0.0.9:443: connect: connection refused',
  ],
  [
    '404',
    { status: 404, headers: {}, body: 'nope' },
    'failed to call webhook: the server could not find the requested resource',
  ],
  [
    '500',
    { status: 500, headers: {}, body: 'oh' },
    'failed to call webhook: an error on the server ("oh") has prevented the request from succeeding',
  ],
  [
    'nonsense',
    { status: 200, headers: {}, body: '<html>' },
    "failed to call webhook: couldn't get version/kind; json parse error: invalid character '<' looking for beginning of value",
  ],
  [
    'no response',
    { status: 200, headers: {}, body: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}' },
    'received invalid webhook response: webhook response was absent',
  ],
  [
    'a patch',
    patching({ op: 'remove', path: '/data' }),
    'received invalid webhook response: validating webhook may not return response.patch',
  ],
])('a failed call (%s) fails the request, or does not', ([, outcome, words]) => {
  const { register, settle } = startWithWebhooks({ hook: () => outcome });
  register('Validating', 'closed', [{ ...at('hook'), ...about('configmaps') }]);
  register('Validating', 'open', [{ ...at('hook'), ...about('secrets'), failurePolicy: 'Ignore' }]);
  const refused = settle('POST', CONFIG_MAPS, configMapNamed('a'));
  expect(refused.body).toMatchObject({ reason: 'InternalError', code: 500 });
  expect(refused.body.message).toBe(`Internal error occurred: failed calling webhook "hook.example.com": ${words}`);
  expect(settle('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } }).status).toBe(201);
});

test('a webhook is called again when others have changed the object after it, once', () => {
  const { asked, register, settle } = startWithWebhooks({
    first: () => ({}),
    second: labelling('b'),
    third: labelling('c'),
  });
  register('Mutating', 'a', [
    { ...at('first'), ...about('configmaps'), reinvocationPolicy: 'IfNeeded' },
    { ...at('second'), ...about('configmaps'), reinvocationPolicy: 'IfNeeded' },
    { ...at('third'), ...about('configmaps') },
  ]);
  const { body } = settle('POST', CONFIG_MAPS, configMapNamed('a'));
  expect(body.metadata.labels).toEqual({ b: 'yes', c: 'yes' });
  expect(asked.map(({ path }) => path)).toEqual(['first', 'second', 'third', 'first', 'second']);
});

test('what a webhook makes of an object is defaulted and validated as anything else', () => {
  const probe = patching({ op: 'add', path: '/spec/containers/0/livenessProbe', value: { tcpSocket: { port: 80 } } });
  const { register, settle } = startWithWebhooks({
    probe: () => probe,
    spoil: () => patching({ op: 'replace', path: '/spec/replicas', value: -1 }),
  });
  register('Mutating', 'p', [{ ...at('probe'), ...about('pods') }]);
  register('Mutating', 's', [{ ...at('spoil'), ...about('deployments.apps') }]);
  const { body } = settle('POST', PODS, podNamed('p'));
  expect(body.spec.containers[0].livenessProbe).toMatchObject({ tcpSocket: { port: 80 }, periodSeconds: 10 });
  expect(settle('POST', DEPLOYMENTS, deploymentNamed('d')).body.message).toContain('spec.replicas: Invalid value: -1');
});

test('a webhook is about the versions that its rules name, unless it insists', () => {
  const { asked, register, settle } = startWithWebhooks({});
  const v2 = {
    rules: [
      {
        apiGroups: ['autoscaling'],
        apiVersions: ['v2'],
        operations: ['CREATE'],
        resources: ['horizontalpodautoscalers'],
      },
    ],
  };
  register('Validating', 'a', [
    { ...at('equivalent'), ...v2 },
    { ...at('exact'), ...v2, matchPolicy: 'Exact' },
  ]);
  const spec = {
    maxReplicas: 3,
    scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
    targetCPUUtilizationPercentage: 50,
  };
  const autoscaler = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec };
  expect(settle('POST', '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers', autoscaler).status).toBe(
    201,
  );
  expect(asked.map(({ path }) => path)).toEqual(['equivalent']);
  expect(asked[0]!.request).toMatchObject({
    kind: { version: 'v2' },
    requestKind: { version: 'v1' },
    object: { apiVersion: 'autoscaling/v2', spec: { metrics: [{ type: 'Resource' }] } },
  });
});

test('subresources, scopes and selectors say what a webhook is about', () => {
  const { asked, register, request, settle } = startWithWebhooks({});
  request('POST', DEPLOYMENTS, deploymentNamed('web'));
  register('Validating', 'v', [
    { ...at('scale'), ...about('deployments/scale.apps', ['UPDATE']) },
    { ...at('cluster'), ...about('*', ['CREATE'], { scope: 'Cluster' }) },
    { ...at('selected'), ...about('configmaps'), objectSelector: { matchLabels: { app: 'web' } } },
  ]);
  settle('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 5 } }, MERGE);
  settle('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  settle('POST', CONFIG_MAPS, configMapNamed('plain'));
  settle('POST', CONFIG_MAPS, configMapNamed('marked', { metadata: { name: 'marked', labels: { app: 'web' } } }));
  expect(asked.map(({ path, request: { name } }) => `${path} ${name}`)).toEqual([
    'scale web',
    'cluster other',
    'selected marked',
  ]);
  expect(asked[0]!.request).toMatchObject({
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    subResource: 'scale',
    object: { kind: 'Scale', spec: { replicas: 5 } },
    oldObject: { kind: 'Scale', spec: { replicas: 2 } },
  });
});

test('an update that meets another one is judged anew', () => {
  let interfere = (): void => {};
  const { asked, register, request, settle } = startWithWebhooks({
    hook: () => {
      interfere();
      return {};
    },
  });
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  register('Validating', 'v', [
    { ...at('hook'), ...about('configmaps'), matchConditions: [{ name: 'not-b', expression: '!has(object.data.b)' }] },
  ]);
  interfere = () => {
    interfere = () => {};
    request('PATCH', `${CONFIG_MAPS}/a`, { data: { b: '2', a: '1' } }, MERGE);
    request('PATCH', `${CONFIG_MAPS}/a`, { data: { b: null, d: '4' } }, MERGE);
  };
  const { body } = settle('PATCH', `${CONFIG_MAPS}/a`, { data: { c: '3' } }, MERGE);
  expect(body.data).toMatchObject({ a: '1', c: '3' });
  const last = asked.filter(({ request: { object } }) => object.data.c === '3').at(-1)!.request;
  expect(last.object.data).toEqual(body.data);
});

test('warnings of webhooks reach the client, and a dry run is called one', () => {
  const { asked, register, settle } = startWithWebhooks({ hook: () => ({ warnings: ['mind the gap'] }) });
  register('Validating', 'v', [{ ...at('hook'), ...about('configmaps') }]);
  const { headers } = settle('POST', `${CONFIG_MAPS}?dryRun=All`, configMapNamed('a'));
  expect(headers['warning']).toBe('299 - "mind the gap"');
  expect(asked[0]!.request).toMatchObject({ dryRun: true, options: { dryRun: ['All'] } });
});

test('when the server ends, nobody waits on', () => {
  const { request, register, close } = startWithWebhooks({});
  register('Validating', 'v', [{ ...at('hook'), ...about('configmaps') }]);
  const statuses: number[] = [];
  const sent: ApiRequest['method'] = 'POST';
  request(sent, CONFIG_MAPS, configMapNamed('a')).later!(({ status }) => statuses.push(status));
  close();
  expect(statuses).toEqual([503]);
});

test('what a webhook wants to be audited is in the trace once, under its name', () => {
  const { register, settle, sim } = startWithWebhooks({
    first: () => ({ auditAnnotations: { reason: 'as agreed' } }),
    second: () => ({ allowed: false, auditAnnotations: { reason: 'never' } }),
  });
  register('Mutating', 'm', [{ ...at('first'), ...about('configmaps') }]);
  register('Validating', 'v', [{ ...at('second'), ...about('configmaps') }]);
  expect(settle('POST', CONFIG_MAPS, configMapNamed('a')).status).toBe(400);
  const entries = sim.trace.entries.filter(({ kind }) => kind === 'request.audit');
  expect(entries.map(({ subject, detail }) => `${subject}=${detail}`)).toEqual([
    'first.example.com/reason=as agreed',
    'second.example.com/reason=never',
  ]);
});
