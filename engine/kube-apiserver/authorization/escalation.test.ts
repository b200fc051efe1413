import { expect, test } from 'vitest';
import { grant, RBAC, startRbacServer } from '../testing/rbac-server.ts';

const ROLES = `${RBAC}/namespaces/default/roles`;
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`;
const GROUP = 'rbac.authorization.k8s.io';
const WRITE_ROLES = {
  apiGroups: [GROUP],
  resources: ['roles', 'rolebindings', 'clusterroles'],
  verbs: ['create', 'update'],
};
const READ_PODS = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const READ_SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] };

function binding(name: string, kind = 'ClusterRole') {
  return {
    metadata: { name: 'b' },
    roleRef: { apiGroup: GROUP, kind, name },
    subjects: [{ kind: 'User', name: 'friend' }],
  };
}

test('who writes a role must hold what it gives', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [WRITE_ROLES, READ_PODS]);
  const create = (rules: object[]) => as('jane')('POST', ROLES, { metadata: { name: 'r' }, rules });
  expect(create([READ_PODS, READ_SECRETS, { ...READ_PODS, resources: ['pods/log'], verbs: ['get'] }])).toMatchObject({
    status: 403,
    body: {
      message:
        'roles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting ' +
        'to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods/log"], Verbs:["get"]}\n' +
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    },
  });
  expect(create([{ ...READ_PODS, resourceNames: ['web'] }]).status).toBe(201);
});

test('who may escalate gives what they do not hold', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [{ ...WRITE_ROLES, verbs: ['create', 'escalate'] }]);
  expect(as('jane')('POST', ROLES, { metadata: { name: 'r' }, rules: [READ_SECRETS] }).status).toBe(201);
});

test('who binds a role must hold what it gives, or be allowed to bind it', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [WRITE_ROLES]);
  expect(as('jane')('POST', BINDINGS, binding('system:node-problem-detector')).body.message).toContain(
    'rolebindings.rbac.authorization.k8s.io "b" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant',
  );
  expect(as('jane')('POST', BINDINGS, binding('nope'))).toMatchObject({
    status: 404,
    body: { message: 'clusterroles.rbac.authorization.k8s.io "nope" not found' },
  });
  grant(root, 'joe', [
    WRITE_ROLES,
    { apiGroups: [GROUP], resources: ['clusterroles'], verbs: ['bind'], resourceNames: ['view'] },
  ]);
  expect(as('joe')('POST', BINDINGS, binding('view')).status).toBe(201);
});

test('only who may do everything gathers rules of others', () => {
  const { as, root } = startRbacServer();
  grant(root, 'jane', [WRITE_ROLES]);
  const role = { metadata: { name: 'all' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } };
  expect(as('jane')('POST', `${RBAC}/clusterroles`, role).body.message).toBe(
    'clusterroles.rbac.authorization.k8s.io "all" is forbidden: must have cluster-admin privileges to use an aggregationRule',
  );
  expect(root('POST', `${RBAC}/clusterroles`, role).status).toBe(201);
});
