import { expect, test } from 'vitest';
import {
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  deploymentNamed,
  PODS,
  podNamed,
  startTestServer,
} from './testing/test-server.ts';

test('a fresh cluster has its four namespaces; a restarted server finds what etcd holds', () => {
  const { etcd, sim, request, close } = startTestServer();
  const names = request('GET', '/api/v1/namespaces').body.items.map(
    (each: { metadata: { name: string } }) => each.metadata.name,
  );
  expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  const revision = etcd.revision;
  close();
  const again = startTestServer({ etcd, sim });
  expect(again.request('GET', '/api/v1/namespaces/default/serviceaccounts/default').status).toBe(200);
  expect(etcd.revision).toBe(revision);
});

test('creating a Pod fills in what the server knows', () => {
  const { request, etcd } = startTestServer();
  const { status, body } = request('POST', PODS, podNamed('web'));
  expect(status).toBe(201);
  expect(body.metadata).toMatchObject({
    name: 'web',
    namespace: 'default',
    generation: 1,
    creationTimestamp: '2026-01-12T09:00:00Z',
    resourceVersion: String(etcd.revision),
  });
  expect(body.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  expect(body.spec).toMatchObject({
    serviceAccountName: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
  });
  expect(body.spec.tolerations.map((each: { key: string }) => each.key)).toEqual([
    'node.kubernetes.io/not-ready',
    'node.kubernetes.io/unreachable',
  ]);
  expect(etcd.get('/registry/pods/default/web')?.value).toBe(request('GET', `${PODS}/web`).body);
});

test('keys in etcd are the real ones', () => {
  const { request, etcd } = startTestServer();
  request('POST', '/api/v1/nodes', { metadata: { name: 'node-1' }, spec: {} });
  request('POST', DEPLOYMENTS, deploymentNamed('web'));
  request('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'node-1' } });
  expect(etcd.range('/registry/').keyValues.map(({ key }) => key)).toEqual(
    expect.arrayContaining([
      '/registry/minions/node-1',
      '/registry/deployments/default/web',
      '/registry/leases/kube-node-lease/node-1',
      '/registry/serviceaccounts/default/default',
    ]),
  );
});

test('generateName gives five letters, different each time', () => {
  const { request } = startTestServer();
  const pod = { ...podNamed(''), metadata: { generateName: 'web-' } };
  const names = [request('POST', PODS, pod), request('POST', PODS, pod)].map(({ body }) => body.metadata.name);
  expect(names[0]).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(new Set(names).size).toBe(2);
});

test.each([
  ['GET', `${PODS}/nope`, undefined, 404, 'NotFound', 'pods "nope" not found'],
  ['GET', `${DEPLOYMENTS}/nope`, undefined, 404, 'NotFound', 'deployments.apps "nope" not found'],
  ['POST', CONFIG_MAPS, configMapNamed('taken'), 409, 'AlreadyExists', 'configmaps "taken" already exists'],
  ['POST', '/api/v1/namespaces/nope/pods', podNamed('x'), 404, 'NotFound', 'namespaces "nope" not found'],
  [
    'POST',
    CONFIG_MAPS,
    configMapNamed('x', { metadata: { name: 'x', namespace: 'other' } }),
    400,
    'BadRequest',
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'PUT',
    `${CONFIG_MAPS}/taken`,
    configMapNamed('other'),
    400,
    'BadRequest',
    'the name of the object (other) does not match the name on the URL (taken)',
  ],
  ['PUT', `${CONFIG_MAPS}/nope`, configMapNamed('nope'), 404, 'NotFound', 'configmaps "nope" not found'],
  [
    'POST',
    PODS,
    podNamed('x', { serviceAccountName: 'robot' }),
    403,
    'Forbidden',
    'pods "x" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
  ],
  [
    'POST',
    PODS,
    podNamed('x', { priority: 5 }),
    403,
    'Forbidden',
    'pods "x" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
  ],
  [
    'DELETE',
    '/api/v1/namespaces/default',
    undefined,
    403,
    'Forbidden',
    'namespaces "default" is forbidden: this namespace may not be deleted',
  ],
  ['GET', '/api/v1/foos', undefined, 404, 'NotFound', 'the server could not find the requested resource'],
  ['GET', `${PODS}/x/foo`, undefined, 404, 'NotFound', 'the server could not find the requested resource'],
  [
    'POST',
    `${PODS}/x`,
    podNamed('x'),
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  ],
  [
    'PUT',
    PODS,
    podNamed('x'),
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  ],
] as const)('%s %s is refused: %#', (method, path, body, code, reason, message) => {
  const { request } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('taken'));
  const answer = request(method, path, body);
  expect(answer.status).toBe(code);
  expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', reason, message, code });
});

test('an invalid object is told all that is wrong with it', () => {
  const { request } = startTestServer();
  const { status, body } = request('POST', PODS, { ...podNamed('Bad_Name'), spec: { containers: [] } });
  expect(status).toBe(422);
  expect(body.message).toMatch(
    /^Pod "Bad_Name" is invalid: \[metadata\.name: Invalid value: "Bad_Name": .*, spec\.containers: Required value\]$/,
  );
  expect(body.details.causes).toContainEqual({
    reason: 'FieldValueRequired',
    message: 'Required value',
    field: 'spec.containers',
  });
});

test('an update keeps what is the server’s and refuses to work from an old version', () => {
  const { request } = startTestServer();
  const first = request('POST', CONFIG_MAPS, configMapNamed('settings')).body;
  const changed = { ...first, data: { a: '2' }, metadata: { ...first.metadata, creationTimestamp: null } };
  const second = request('PUT', `${CONFIG_MAPS}/settings`, changed);
  expect(second.body.metadata).toMatchObject({
    uid: first.metadata.uid,
    creationTimestamp: first.metadata.creationTimestamp,
  });
  expect(second.body.data).toEqual({ a: '2' });
  const stale = request('PUT', `${CONFIG_MAPS}/settings`, { ...first, data: { a: '3' } });
  expect(stale.body).toMatchObject({
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again',
  });
  const foreign = { ...configMapNamed('settings'), metadata: { name: 'settings', uid: 'other' } };
  expect(request('PUT', `${CONFIG_MAPS}/settings`, foreign).body.message).toContain('UID in precondition: other');
});

test('writing the same again writes nothing', () => {
  const { request, etcd } = startTestServer();
  const { body } = request('POST', CONFIG_MAPS, configMapNamed('settings'));
  const revision = etcd.revision;
  expect(request('PUT', `${CONFIG_MAPS}/settings`, { ...body, data: { a: '1' } }).body).toBe(body);
  expect(etcd.revision).toBe(revision);
});

test('generation counts changes of the spec; status has its own door', () => {
  const { request } = startTestServer();
  const created = request('POST', DEPLOYMENTS, { ...deploymentNamed('web'), status: { replicas: 9 } }).body;
  expect(created.status?.replicas).toBeUndefined();
  const status = request('PUT', `${DEPLOYMENTS}/web/status`, {
    ...created,
    spec: { ...created.spec, replicas: 7 },
    status: { replicas: 2 },
  }).body;
  expect([status.spec.replicas, status.status.replicas, status.metadata.generation]).toEqual([2, 2, 1]);
  const scaled = request('PUT', `${DEPLOYMENTS}/web`, {
    ...status,
    spec: { ...status.spec, replicas: 3 },
    status: {},
  }).body;
  expect([scaled.spec.replicas, scaled.status.replicas, scaled.metadata.generation]).toEqual([3, 2, 2]);
});

test('a dry run answers as if and does nothing', () => {
  const { request, etcd } = startTestServer();
  const revision = etcd.revision;
  expect(request('POST', `${PODS}?dryRun=All`, podNamed('web'))).toMatchObject({ status: 201, body: { kind: 'Pod' } });
  expect(request('POST', `${PODS}?dryRun=foo`, podNamed('web')).body.message).toBe(
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["foo"]: supported values: "All"',
  );
  expect(etcd.revision).toBe(revision);
});

test('writes name their cause: the activity under way, or the client', () => {
  const { request, sim } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('one'), { 'user-agent': 'kubectl' });
  sim.trace.during({ component: 'some-controller', key: 'default/web' }, () => {
    request('POST', CONFIG_MAPS, configMapNamed('two'), { 'user-agent': 'kube-controller-manager' });
  });
  expect(sim.trace.entries.slice(-2).map(({ kind, subject, activity }) => [kind, subject, activity])).toEqual([
    [
      'etcd.put',
      '/registry/configmaps/default/one',
      { component: 'kubectl', key: 'default/one', user: 'system:anonymous' },
    ],
    [
      'etcd.put',
      '/registry/configmaps/default/two',
      { component: 'some-controller', key: 'default/web', user: 'system:anonymous' },
    ],
  ]);
});

test('a new Node takes no Pods until it is seen ready', () => {
  const { request } = startTestServer();
  const { spec } = request('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } }).body;
  expect(spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
});

test('mirror Pods need no service account', () => {
  const { request } = startTestServer();
  const mirror = {
    ...podNamed('etcd-control-plane', { nodeName: 'control-plane' }),
    metadata: { name: 'etcd-control-plane', annotations: { 'kubernetes.io/config.mirror': 'abc' } },
  };
  const { status, body } = request('POST', '/api/v1/namespaces/kube-system/pods', mirror);
  expect([status, body.spec.serviceAccountName]).toEqual([201, undefined]);
});

test('what nobody expected is an InternalError, not an exception', () => {
  const { request } = startTestServer();
  const bomb = {
    metadata: { name: 'x' },
    get data() {
      throw new Error('boom');
    },
  };
  expect(request('POST', CONFIG_MAPS, bomb).body).toMatchObject({ code: 500, reason: 'InternalError' });
});

test('Events expire after an hour', () => {
  const { request, sim } = startTestServer();
  const event = { metadata: { name: 'web.1' }, involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' } };
  expect(request('POST', '/api/v1/namespaces/default/events', event).status).toBe(201);
  sim.runFor(3_600_000);
  expect(request('GET', '/api/v1/namespaces/default/events/web.1').status).toBe(200);
  sim.runFor(61_000);
  expect(request('GET', '/api/v1/namespaces/default/events/web.1').status).toBe(404);
});

test('a PUT creates what is not there, for some kinds', () => {
  const { request } = startTestServer();
  const lease = { metadata: { name: 'new' }, spec: { holderIdentity: 'me' } };
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  expect(request('PUT', `${leases}/new?dryRun=All`, lease).status).toBe(201);
  expect(request('GET', `${leases}/new`).status).toBe(404);
  expect(request('PUT', `${leases}/new`, lease)).toMatchObject({ status: 201, body: { spec: lease.spec } });
  expect(request('PUT', `${leases}/other`, lease).status).toBe(400);
  expect(request('PUT', `${CONFIG_MAPS}/new`, { metadata: { name: 'new' } }).status).toBe(404);
});

test('what is hardly meant is warned of when it is written, and not again', () => {
  const { request } = startTestServer();
  const env = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
  ];
  const spec = {
    nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
    containers: [{ name: 'web', image: 'nginx', env }],
  };
  const deployment = {
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec } },
  };
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const text = 'hides previous definition of \\"A\\", which may be dropped when using apply';
  expect(request('POST', deployments, deployment).headers['warning']).toBe(
    '299 - "spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \\"kubernetes.io/os\\" instead", ' +
      `299 - "spec.template.spec.containers[0].env[1]: ${text}"`,
  );
  const merge = { 'content-type': 'application/merge-patch+json' };
  const patch = (body: object) => request('PATCH', `${deployments}/web`, body, merge).headers['warning'];
  expect(patch({ metadata: { labels: { x: 'y' } } })).toBeUndefined();
  expect(patch({ spec: { replicas: 3 } })).toContain(text);
  expect(request('POST', PODS, podNamed('p', spec)).headers['warning']).toContain('299 - "spec.nodeSelector[');
});

test('every answer about a kind whose time is over says so', () => {
  const { request } = startTestServer();
  const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"';
  const path = '/api/v1/namespaces/default/endpoints';
  for (const answer of [
    request('POST', path, { metadata: { name: 'e' } }),
    request('GET', `${path}/e`),
    request('GET', path),
    request('GET', `${path}?watch=true`),
    request('DELETE', `${path}/e`),
  ]) {
    expect(answer.headers['warning']).toBe(warning);
  }
});
