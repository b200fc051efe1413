import { expect } from 'vitest';
import { withRealKubectl } from './testing/kubectl.ts';

// Who may do what, as the real kubectl tells it.

const { test, kubectl, out } = await withRealKubectl(1);

async function refused(...argv: readonly string[]): Promise<string> {
  return (await kubectl([...argv], { code: 1 })).stderr;
}

test('somebody without a role is refused, and told so', async () => {
  expect(await refused('get', 'pods', '--as=jane')).toBe(
    'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n',
  );
  expect(await refused('get', 'nodes', '--as=jane', '--as-group=developers')).toContain(
    'cannot list resource "nodes" in API group "" at the cluster scope',
  );
  expect(await out('auth', 'whoami', '--as=jane', '--as-group=developers')).toBe(
    'ATTRIBUTE   VALUE\nUsername    jane\nGroups      [developers system:authenticated]\n',
  );
  expect((await kubectl(['auth', 'can-i', 'list', 'pods', '--as=jane'], { code: 1 })).stdout).toBe('no\n');
});

test('a role and its binding open what they say', async () => {
  await out('create', 'role', 'reader', '--verb=get,list', '--resource=pods');
  await out('create', 'rolebinding', 'readers', '--role=reader', '--user=rita');
  expect(await out('auth', 'can-i', 'list', 'pods', '--as=rita')).toBe('yes\n');
  expect((await kubectl(['auth', 'can-i', 'list', 'pods', '-n', 'kube-system', '--as=rita'], { code: 1 })).stdout).toBe(
    'no\n',
  );
  expect(await out('auth', 'can-i', '--list', '--as=rita')).toMatch(/^pods +\[\] +\[\] +\[get list\]$/m);
  expect(await out('get', 'pods', '--as=rita')).toBe('');
  expect(await refused('create', 'role', 'more', '--verb=get', '--resource=secrets', '--as=rita')).toContain(
    'User "rita" cannot create resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "default"',
  );
});

test('admission has its say', async () => {
  await out('create', 'namespace', 'strict');
  await out('label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=baseline');
  const privileged = '--overrides={"spec":{"hostNetwork":true}}';
  expect(await refused('run', 'p', '--image=nginx:1.29', privileged, '-n', 'strict')).toBe(
    'Error from server (Forbidden): pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)\n',
  );
  const limits = { limits: [{ type: 'Container', max: { cpu: '1' } }] };
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l', namespace: 'strict' }, spec: limits };
  await kubectl(['create', '-f', '-'], { input: JSON.stringify(range) });
  const greedy =
    '--overrides={"spec":{"containers":[{"name":"p","image":"nginx:1.29","resources":{"limits":{"cpu":"2"}}}]}}';
  expect(await refused('run', 'p', '--image=nginx:1.29', greedy, '-n', 'strict')).toBe(
    'Error from server (Forbidden): pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2\n',
  );
});
