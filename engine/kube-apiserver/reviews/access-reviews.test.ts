import { expect, test } from 'vitest';
import { grant, startRbacServer } from '../testing/rbac-server.ts';

const ACCESS = '/apis/authorization.k8s.io/v1';
const READ_PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

function review(as: ReturnType<typeof startRbacServer>['root'], resourceAttributes: object, more: object = {}) {
  const kind = Object.keys(more).length === 0 ? 'selfsubjectaccessreviews' : 'subjectaccessreviews';
  return as('POST', `${ACCESS}/${kind}`, { spec: { resourceAttributes, ...more } }).body.status;
}

test('a review says whether, and through which binding', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [READ_PODS], 'default');
  const pods = { verb: 'get', resource: 'pods', namespace: 'default' };
  expect(review(as('jane'), pods)).toEqual({
    allowed: true,
    reason: 'RBAC: allowed by RoleBinding "jane-can/default" of ClusterRole "jane-can" to User "jane"',
  });
  expect(review(as('jane'), { ...pods, namespace: 'other' })).toEqual({ allowed: false });
  expect(review(root, pods, { user: 'joe', groups: ['system:masters'] })).toEqual({ allowed: true });
  expect(review(root, { ...pods, verb: 'delete' }, { user: 'jane' })).toEqual({ allowed: false });
});

test('asking about others is a right of its own', () => {
  const { as } = startRbacServer();
  const spec = { user: 'joe', resourceAttributes: { verb: 'get', resource: 'pods' } };
  expect(as('jane')('POST', `${ACCESS}/subjectaccessreviews`, { spec }).body.message).toBe(
    'subjectaccessreviews.authorization.k8s.io is forbidden: User "jane" cannot create resource "subjectaccessreviews" ' +
      'in API group "authorization.k8s.io" at the cluster scope',
  );
});

test('a local review is about its own namespace', () => {
  const { root } = startRbacServer();
  const ask = (namespace: string) =>
    root('POST', `${ACCESS}/namespaces/default/localsubjectaccessreviews`, {
      spec: { user: 'joe', resourceAttributes: { verb: 'get', resource: 'pods', namespace } },
    });
  expect(ask('default').body.status).toEqual({ allowed: false });
  expect(ask('other').status).toBe(400);
});

test('the rules of a user are those of all bindings', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [READ_PODS], 'default');
  const { status } = as('jane')('POST', `${ACCESS}/selfsubjectrulesreviews`, { spec: { namespace: 'default' } }).body;
  expect(status.incomplete).toBe(false);
  expect(status.resourceRules).toContainEqual({ verbs: ['get'], apiGroups: [''], resources: ['pods'] });
  expect(status.nonResourceRules[0].nonResourceURLs).toContain('/api');
});
