import { expect, test } from 'vitest';
import { grant, startRbacServer } from '../testing/rbac-server.ts';
import { PODS, podNamed } from '../testing/test-server.ts';

const WHOAMI = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

function whoami(headers: Record<string, string>) {
  const { root } = startRbacServer();
  return root('POST', WHOAMI, {}, headers).body;
}

test.each([
  [{ 'impersonate-user': 'jane' }, { username: 'jane', groups: ['system:authenticated'] }],
  [
    { 'impersonate-user': 'jane', 'impersonate-group': 'dev\nops', 'impersonate-uid': '7' },
    { username: 'jane', uid: '7', groups: ['dev', 'ops', 'system:authenticated'] },
  ],
  [
    { 'impersonate-user': 'system:serviceaccount:default:web' },
    {
      username: 'system:serviceaccount:default:web',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    },
  ],
  [
    { 'impersonate-user': 'jane', 'impersonate-extra-example.com%2fteam': 'a' },
    { username: 'jane', groups: ['system:authenticated'], extra: { 'example.com/team': ['a'] } },
  ],
])('%j makes a request that of %j', (headers, userInfo) => {
  expect(whoami(headers).status.userInfo).toEqual(userInfo);
});

test('who is taken for nobody may do what nobody may', () => {
  expect(whoami({ 'impersonate-user': 'system:anonymous' }).message).toContain('User "system:anonymous" cannot create');
});

test('each thing asked for must be allowed', () => {
  const { as, root } = startRbacServer();
  const ask = (headers: Record<string, string>) => as('jane')('GET', PODS, undefined, headers).body.message;
  expect(ask({ 'impersonate-user': 'joe' })).toBe(
    'users "joe" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
  );
  grant(root, 'jane', [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['joe'] }]);
  expect(ask({ 'impersonate-user': 'joe', 'impersonate-group': 'system:masters' })).toBe(
    'groups "system:masters" is forbidden: User "jane" cannot impersonate resource "groups" in API group "" at the cluster scope',
  );
  expect(ask({ 'impersonate-user': 'joe' })).toBe(
    'pods is forbidden: User "joe" cannot list resource "pods" in API group "" in the namespace "default"',
  );
});

test('the trace names both', () => {
  const { root, sim } = startRbacServer();
  root('POST', PODS, podNamed('web'), { 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' });
  expect(sim.trace.entries.at(-1)?.activity).toMatchObject({ user: 'jane', impersonator: 'root' });
});
