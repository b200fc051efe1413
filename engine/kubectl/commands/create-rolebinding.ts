import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Invocation } from '../invocation.ts';
import type { Unstructured } from '../unstructured.ts';

const RBAC = 'rbac.authorization.k8s.io';

const SUBJECT_FLAGS: readonly FlagSpec[] = [
  { name: 'user', type: 'stringArray', help: 'A user to bind the role to' },
  { name: 'group', type: 'stringArray', help: 'A group to bind the role to' },
  { name: 'serviceaccount', type: 'stringArray', help: 'A service account to bind the role to: namespace:name' },
  { name: 'clusterrole', type: 'string', help: 'The ClusterRole to bind' },
];

export const createRoleBinding: Command = {
  name: 'rolebinding',
  summary: 'Create a role binding for a particular role or cluster role',
  usage: 'create rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname]',
  examples: ['kubectl create rolebinding read --role=reader --serviceaccount=default:web'],
  operand: 'none',
  flags: [...GENERATOR_FLAGS, ...SUBJECT_FLAGS, { name: 'role', type: 'string', help: 'The Role to bind' }],
  *run(invocation) {
    const { flags } = invocation;
    const name = oneName(invocation);
    const [role, clusterRole] = [flags.string('role'), flags.string('clusterrole')];
    if ((role === '') === (clusterRole === '')) {
      throw new CommandError('exactly one of clusterrole or role must be specified');
    }
    const [kind, referred] = role === '' ? ['ClusterRole', clusterRole] : ['Role', role];
    return yield* generate(
      invocation,
      binding(invocation, 'RoleBinding', name, kind, referred),
      'failed to create rolebinding: ',
    );
  },
};

export const createClusterRoleBinding: Command = {
  name: 'clusterrolebinding',
  summary: 'Create a cluster role binding for a particular cluster role',
  usage: 'create clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname]',
  operand: 'none',
  requiredFlags: ['clusterrole'],
  flags: [...GENERATOR_FLAGS, ...SUBJECT_FLAGS],
  *run(invocation) {
    const name = oneName(invocation);
    const role = invocation.flags.string('clusterrole');
    return yield* generate(
      invocation,
      binding(invocation, 'ClusterRoleBinding', name, 'ClusterRole', role),
      'failed to create clusterrolebinding: ',
    );
  },
};

function binding({ flags }: Invocation, kind: string, name: string, roleKind: string, roleName: string): Unstructured {
  const people = [
    ...flags.list('user').map((user) => ({ apiGroup: RBAC, kind: 'User', name: user })),
    ...flags.list('group').map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group })),
  ];
  const accounts = flags.list('serviceaccount').map((text) => {
    const [namespace = '', account = '', ...more] = text.split(':');
    if (namespace === '' || account === '' || more.length > 0) {
      throw new CommandError('serviceaccount must be <namespace>:<name>');
    }
    return { kind: 'ServiceAccount', name: account, namespace };
  });
  const subjects = [...people, ...accounts];
  const object = {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: roleKind, name: roleName },
    ...(subjects.length === 0 ? {} : { subjects }),
  };
  return object as unknown as Unstructured;
}
