import { expect, test } from 'vitest';
import { grant, RBAC, startRbacServer } from '../../testing/rbac-server.ts';
import { MERGE, PODS, podNamed } from '../../testing/test-server.ts';

const READ_PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };

test.each([
  [
    'GET',
    PODS,
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
  ],
  [
    'GET',
    '/api/v1/pods',
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
  ],
  [
    'GET',
    `${PODS}/web/log`,
    'pods "web" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default"',
  ],
  [
    'GET',
    '/apis/apps/v1/deployments?watch=true',
    'deployments.apps is forbidden: User "jane" cannot watch resource "deployments" in API group "apps" at the cluster scope',
  ],
  [
    'DELETE',
    PODS,
    'pods is forbidden: User "jane" cannot deletecollection resource "pods" in API group "" in the namespace "default"',
  ],
  [
    'GET',
    '/api/v1/namespaces/default',
    'namespaces "default" is forbidden: User "jane" cannot get resource "namespaces" in API group "" in the namespace "default"',
  ],
  ['GET', '/metrics', 'forbidden: User "jane" cannot get path "/metrics"'],
  [
    'GET',
    '/apis/example.com/v1/things',
    'things.example.com is forbidden: User "jane" cannot list resource "things" in API group "example.com" at the cluster scope',
  ],
] as const)('who has no role is refused %s %s', (method, url, message) => {
  const { as } = startRbacServer();
  expect(as('jane')(method, url)).toMatchObject({ status: 403, body: { reason: 'Forbidden', message, code: 403 } });
});

test('a RoleBinding gives rights in its namespace, a ClusterRoleBinding everywhere', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [READ_PODS], 'default');
  grant(root, 'joe', [READ_PODS]);
  expect(as('jane')('GET', PODS).status).toBe(200);
  expect(as('jane')('GET', '/api/v1/namespaces/kube-system/pods').status).toBe(403);
  expect(as('joe')('GET', '/api/v1/pods').status).toBe(200);
  expect(as('joe')('POST', PODS, podNamed('web')).status).toBe(403);
});

test('rights come and go with roles and bindings, at once', () => {
  const { as, root } = startRbacServer();
  const list = () => as('jane')('GET', PODS).status;
  expect(list()).toBe(403);
  grant(root, 'jane', [READ_PODS], 'default');
  expect(list()).toBe(200);
  root('PATCH', `${RBAC}/clusterroles/jane-can`, { rules: [{ ...READ_PODS, verbs: ['get'] }] }, MERGE);
  expect(list()).toBe(403);
  root('PATCH', `${RBAC}/clusterroles/jane-can`, { rules: [READ_PODS] }, MERGE);
  expect(list()).toBe(200);
  root('DELETE', `${RBAC}/namespaces/default/rolebindings/jane-can`);
  expect(list()).toBe(403);
});

test.each([
  [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['web'] }, `${PODS}/web`, 404],
  [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['web'] }, `${PODS}/other`, 403],
  [{ apiGroups: [''], resources: ['pods'], verbs: ['list'], resourceNames: ['web'] }, PODS, 403],
  [
    { apiGroups: [''], resources: ['pods'], verbs: ['list'], resourceNames: ['web'] },
    `${PODS}?fieldSelector=metadata.name=web`,
    200,
  ],
  [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, `${PODS}/web/log`, 403],
  [{ apiGroups: [''], resources: ['pods/*'], verbs: ['get'] }, `${PODS}/web/log`, 403],
  [{ apiGroups: [''], resources: ['*/log'], verbs: ['get'] }, `${PODS}/web/log`, 404],
  [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }, `${PODS}/web/log`, 404],
  [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }, PODS, 403],
  [{ nonResourceURLs: ['/metrics*'], verbs: ['get'] }, '/metrics', 200],
])('the rule %j answers GET %s with %i', (rule, url, status) => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [rule]);
  expect(as('jane')('GET', url).status).toBe(status);
});

test('a binding to a role that is not there says so in the refusal', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [READ_PODS], 'default');
  root('DELETE', `${RBAC}/clusterroles/jane-can`);
  expect(as('jane')('GET', PODS).body.message).toBe(
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default": ' +
      'RBAC: clusterrole.rbac.authorization.k8s.io "jane-can" not found',
  );
});

test('everybody may see versions and health, those with a name also discovery', () => {
  const { request, as } = startRbacServer();
  expect(request('GET', '/version').status).toBe(200);
  expect(request('GET', '/readyz').status).toBe(200);
  expect(request('GET', '/api').body.message).toBe('forbidden: User "system:anonymous" cannot get path "/api"');
  expect(as('jane')('GET', '/apis/apps/v1').status).toBe(200);
  expect(as('jane')('GET', '/openapi/v3').status).toBe(200);
});

test('the trace says who wrote, who was refused, and why', () => {
  const { as, root, sim } = startRbacServer();
  root('POST', PODS, podNamed('web'));
  expect(sim.trace.entries.at(-1)).toMatchObject({ kind: 'etcd.put', activity: { user: 'root' } });
  as('jane')('DELETE', `${PODS}/web`);
  expect(sim.trace.entries.at(-1)).toMatchObject({
    kind: 'request.refused',
    subject: `DELETE ${PODS}/web`,
    detail:
      '403 pods "web" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"',
    activity: { user: 'jane' },
  });
});
