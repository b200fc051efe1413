import type { RoleBinding } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { patchFound } from '../patching.ts';
import { collect, findObjects } from '../resource-finder.ts';
import { SET_FLAGS } from '../set-targets.ts';
import { sameJson } from '../unstructured.ts';

type Subject = NonNullable<RoleBinding['subjects']>[number];

export const setSubject: Command = {
  name: 'subject',
  summary: 'Update the user, group, or service account in a role binding or cluster role binding',
  usage:
    'set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  operand: 'resource',
  flags: [
    ...SET_FLAGS.filter(({ name }) => name !== 'record'),
    { name: 'user', type: 'stringArray', help: 'A user to add' },
    { name: 'group', type: 'stringArray', help: 'A group to add' },
    { name: 'serviceaccount', type: 'stringArray', help: 'A ServiceAccount to add: namespace:name' },
  ],
  *run(invocation) {
    const added = subjectsOf(invocation);
    const { found, errors: missing } = yield* findObjects(invocation);
    const report = new Report(invocation, true);
    const errors: Error[] = [...missing];
    for (const one of found) {
      yield* collect(invocation, errors, () => {
        if (one.resource.kind !== 'RoleBinding' && one.resource.kind !== 'ClusterRoleBinding')
          throw new CommandError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
        const { subjects = [] } = one.object as unknown as RoleBinding;
        const fresh = added.filter((subject) => !subjects.some((old) => sameJson(old, subject)));
        // Nothing is said when nothing changes.
        if (fresh.length === 0) return;
        const patched = patchFound(invocation, one, 'merge', { subjects: [...subjects, ...fresh] });
        report.done(patched, 'subjects updated');
      });
    }
    throwCollected(errors);
    return 0;
  },
};

function subjectsOf({ flags }: Invocation): readonly Subject[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const accounts = flags.list('serviceaccount').map((text): Subject => {
    const [namespace = '', name = '', ...more] = text.split(':');
    if (namespace === '' || name === '' || more.length > 0)
      throw new CommandError('serviceaccount must be <namespace>:<name>');
    return { kind: 'ServiceAccount', name, namespace };
  });
  const all: readonly Subject[] = [
    ...flags.list('user').map((name) => ({ apiGroup, kind: 'User', name })),
    ...flags.list('group').map((name) => ({ apiGroup, kind: 'Group', name })),
    ...accounts,
  ];
  if (all.length === 0) throw new CommandError('you must specify at least one value of user, group or serviceaccount');
  return all;
}
