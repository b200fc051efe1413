import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';

// What a role may do and whom a binding names is brought up to a manifest; what is there besides stays unless told.

const role = (verbs: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules:
- {apiGroups: [""], resources: [pods], verbs: [${verbs}]}
`;

const binding = (user: string, to = 'reader') => `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${to}}
subjects:
- {kind: User, name: ${user}, apiGroup: rbac.authorization.k8s.io}
`;

function reconciled(...manifests: readonly string[]) {
  const workstation = new Workstation();
  let last = { stdout: '', stderr: '', exitCode: 0 };
  for (const manifest of manifests) {
    const [text = '', flags = ''] = manifest.split('#flags ');
    workstation.write('m.yaml', text);
    last = workstation.run(`auth reconcile -f /root/m.yaml ${flags}`);
  }
  const show = (what: string, path: string) => workstation.run(`get ${what} -o jsonpath='${path}'`).stdout;
  return { workstation, last, show };
}

test('creates what is not there', () => {
  const { last, show } = reconciled(`${role('get')}---\n${binding('ann')}`);
  expect(last.stdout).toBe(
    'role.rbac.authorization.k8s.io/reader reconciled\nrolebinding.rbac.authorization.k8s.io/readers reconciled\n',
  );
  expect(show('rolebinding readers', '{.subjects[*].name}')).toBe('ann');
});

test('adds permissions and subjects, and takes none away unless told', () => {
  const { show } = reconciled(role('get'), role('list'), binding('ann'), binding('bob'));
  expect(show('role reader', '{.rules[*].verbs}')).toBe('["get"] ["list"]');
  expect(show('rolebinding readers', '{.subjects[*].name}')).toBe('ann bob');
});

test('takes away what a manifest no longer has when it is told to', () => {
  const { show } = reconciled(
    role('get'),
    `${role('list')}#flags --remove-extra-permissions`,
    binding('ann'),
    `${binding('bob')}#flags --remove-extra-subjects`,
  );
  expect(show('role reader', '{.rules[*].verbs}')).toBe('["list"]');
  expect(show('rolebinding readers', '{.subjects[*].name}')).toBe('bob');
});

test('makes a binding to another role anew, since a reference cannot be changed', () => {
  const { last, show } = reconciled(binding('ann'), binding('ann', 'other'));
  expect(last.exitCode).toBe(0);
  expect(show('rolebinding readers', '{.roleRef.name}')).toBe('other');
});

test('changes nothing in a dry run', () => {
  const workstation = new Workstation();
  workstation.write('r.yaml', role('get'));
  expect(workstation.run('auth reconcile -f /root/r.yaml --dry-run=client').exitCode).toBe(0);
  expect(workstation.run('get role reader').exitCode).toBe(1);
});

test('a user to bind is not the user who asks', () => {
  const workstation = new Workstation();
  expect(workstation.run('create rolebinding reads --role=reader --user=ann').exitCode).toBe(0);
  expect(workstation.run('get pods --user=ann')).toMatchObject({
    exitCode: 1,
    stderr: 'error: auth info "ann" does not exist\n',
  });
});
