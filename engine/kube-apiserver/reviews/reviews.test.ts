import { expect, test } from 'vitest';
import { PODS, podNamed, startTestServer } from '../testing/test-server.ts';

const ACCESS = '/apis/authorization.k8s.io/v1';
const IDENTITY = '/apis/authentication.k8s.io/v1';
const TOKEN = '/api/v1/namespaces/default/serviceaccounts/default/token';

test('access reviews are answered by the authorizer, which lets everything pass', () => {
  const { request } = startTestServer();
  const spec = { resourceAttributes: { verb: 'get', resource: 'pods' } };
  expect(request('POST', `${ACCESS}/selfsubjectaccessreviews`, { spec })).toMatchObject({
    status: 201,
    body: { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec, status: { allowed: true } },
  });
  const other = { ...spec, user: 'jane', groups: ['developers'] };
  expect(request('POST', `${ACCESS}/subjectaccessreviews`, { spec: other }).body.status.allowed).toBe(true);
  expect(request('POST', `${ACCESS}/selfsubjectrulesreviews`, { spec: { namespace: 'x' } }).body.status).toMatchObject({
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    incomplete: false,
  });
  expect(request('POST', `${ACCESS}/selfsubjectaccessreviews`, { spec: {} }).body.message).toBe(
    'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: ' +
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
  );
  expect(request('POST', `${ACCESS}/subjectaccessreviews`, { spec }).body.message).toContain(
    'spec.user: Invalid value: ""',
  );
  expect(request('GET', `${ACCESS}/selfsubjectaccessreviews`).status).toBe(405);
  const unknown = request('POST', `${ACCESS}/selfsubjectaccessreviews?fieldValidation=Strict`, { spec, spek: 1 });
  expect(unknown.status).toBe(400);
});

test('a token stands for its ServiceAccount until it expires or what it is bound to goes', () => {
  const { request, sim } = startTestServer();
  request('POST', PODS, podNamed('web'));
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web' };
  const { status, body } = request('POST', TOKEN, { spec: { expirationSeconds: 600, boundObjectRef } });
  expect(status).toBe(201);
  expect(body.kind).toBe('TokenRequest');
  const { token } = body.status;
  const claims = JSON.parse(atob(token.split('.')[1]));
  expect(claims).toMatchObject({
    sub: 'system:serviceaccount:default:default',
    'kubernetes.io': { pod: { name: 'web' } },
  });
  const headers = { authorization: `Bearer ${token}` };
  const whoami = () => request('POST', `${IDENTITY}/selfsubjectreviews`, {}, headers);
  expect(whoami().body.status.userInfo).toMatchObject({
    username: 'system:serviceaccount:default:default',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
  });
  const review = request('POST', `${IDENTITY}/tokenreviews`, { spec: { token } }).body.status;
  expect(review).toMatchObject({ authenticated: true, user: { username: 'system:serviceaccount:default:default' } });
  const forged = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;
  expect(request('GET', PODS, undefined, { authorization: `Bearer ${forged}` })).toMatchObject({
    status: 401,
    body: { reason: 'Unauthorized', message: 'Unauthorized' },
  });
  expect(request('POST', `${IDENTITY}/tokenreviews`, { spec: { token: 'nope' } }).body.status).toEqual({
    user: {},
    error: 'invalid bearer token',
  });
  const why = (token: string) => request('POST', `${IDENTITY}/tokenreviews`, { spec: { token } }).body.status.error;
  request('DELETE', `${PODS}/web?gracePeriodSeconds=0`);
  expect(whoami().status).toBe(401);
  expect(why(token)).toBe('[invalid bearer token, service account token has been invalidated]');
  const short = request('POST', TOKEN, {}).body.status.token;
  const get = () => request('GET', PODS, undefined, { authorization: `Bearer ${short}` }).status;
  // Clocks may differ by a minute.
  sim.runFor(3659_000);
  expect(get()).toBe(200);
  sim.runFor(2_000);
  expect(get()).toBe(401);
  expect(why(short)).toBe('[invalid bearer token, service account token has expired]');
});

test('the token that admission asks for a Pod lasts a year, though it is told to be read anew within the hour', () => {
  const { request } = startTestServer();
  request('POST', PODS, podNamed('web'));
  const claimsOf = (spec: object) => {
    const { status } = request('POST', TOKEN, { spec: { expirationSeconds: 3607, ...spec } }).body;
    const { exp, iat, 'kubernetes.io': about } = JSON.parse(atob(status.token.split('.')[1]));
    const told = Date.parse(status.expirationTimestamp) / 1000 - iat;
    return { lasts: exp - iat, told, warnAfter: about.warnafter && about.warnafter - iat };
  };
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web' };
  expect(claimsOf({ boundObjectRef })).toEqual({ lasts: 31_536_000, told: 3607, warnAfter: 3607 });
  expect(claimsOf({})).toEqual({ lasts: 3607, told: 3607 });
  expect(claimsOf({ boundObjectRef, audiences: ['vault'] })).toEqual({ lasts: 3607, told: 3607 });
});

test('a token ends a minute after the Pod was to be gone that it is bound to, also if a finalizer holds it', () => {
  const { request, sim } = startTestServer();
  const pod = podNamed('web');
  request('POST', PODS, { ...pod, metadata: { ...pod.metadata, finalizers: ['example.com/hold'] } });
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web' };
  const { token } = request('POST', TOKEN, { spec: { boundObjectRef } }).body.status;
  const get = () => request('GET', PODS, undefined, { authorization: `Bearer ${token}` }).status;
  request('DELETE', `${PODS}/web?gracePeriodSeconds=0`);
  sim.runFor(59_000);
  expect(get()).toBe(200);
  sim.runFor(3_000);
  expect(get()).toBe(401);
});

test.each([
  [
    { expirationSeconds: 60 },
    422,
    'TokenRequest.authentication.k8s.io "default" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
  ],
  [{ boundObjectRef: { kind: 'Pod', name: 'nope' } }, 404, 'pods "nope" not found'],
  [{ boundObjectRef: { kind: 'Job', name: 'x' } }, 400, 'cannot bind token for serviceaccount "default" to type Job'],
])('a token request with %j is refused', (spec, status, message) => {
  const { request } = startTestServer();
  expect(request('POST', TOKEN, { spec })).toMatchObject({ status, body: { message } });
});

test('without a word about credentials a request is anonymous', () => {
  const { request } = startTestServer();
  expect(request('POST', `${IDENTITY}/selfsubjectreviews`, {}).body.status.userInfo).toEqual({
    username: 'system:anonymous',
    groups: ['system:unauthenticated'],
  });
});

test('discovery lists what can only be created', () => {
  const { request } = startTestServer();
  const resources = request('GET', ACCESS).body.resources;
  expect(resources.map(({ name, verbs }: { name: string; verbs: string[] }) => [name, verbs])).toEqual([
    ['localsubjectaccessreviews', ['create']],
    ['selfsubjectaccessreviews', ['create']],
    ['selfsubjectrulesreviews', ['create']],
    ['subjectaccessreviews', ['create']],
  ]);
});

test('a Pod is bound by name through bindings', () => {
  const { request } = startTestServer();
  request('POST', PODS, podNamed('web'));
  const binding = { metadata: { name: 'web' }, target: { kind: 'Node', name: 'node-1' } };
  expect(request('POST', '/api/v1/namespaces/default/bindings', binding).status).toBe(201);
  expect(request('GET', `${PODS}/web`).body.spec.nodeName).toBe('node-1');
});

test('an eviction deletes the Pod; a Pod that is not there cannot be evicted', () => {
  const { request } = startTestServer();
  request('POST', PODS, podNamed('web', { nodeName: 'node-1' }));
  const eviction = (name: string, more: object = {}) => ({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name },
    ...more,
  });
  expect(request('POST', `${PODS}/web/eviction?dryRun=All`, eviction('web')).status).toBe(201);
  expect(request('GET', `${PODS}/web`).body.metadata.deletionTimestamp).toBeUndefined();
  expect(
    request('POST', `${PODS}/web/eviction`, eviction('web', { deleteOptions: { gracePeriodSeconds: 7 } })),
  ).toMatchObject({
    status: 201,
    body: { kind: 'Status', status: 'Success' },
  });
  expect(request('GET', `${PODS}/web`).body.metadata.deletionGracePeriodSeconds).toBe(7);
  expect(request('POST', `${PODS}/nope/eviction`, eviction('nope')).body.message).toBe('pods "nope" not found');
  expect(request('POST', `${PODS}/web/eviction`, eviction('other')).body.message).toBe(
    'name in URL does not match name in Eviction object',
  );
});
