import { changeField, mapItems, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import type { PrinterColumn } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, notSupported, required } from '../field-errors.ts';
import type { ClusterRoleBinding, RoleBinding } from '../kinds.ts';
import { checkLabel1123, checkPathSegmentName, checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { RBAC_GROUP } from './names.ts';

type Binding = RoleBinding | ClusterRoleBinding;
type Subject = NonNullable<RoleBinding['subjects']>[number];
type RoleRef = RoleBinding['roleRef'];

const ACCOUNT = 'ServiceAccount';
const SUBJECT_KINDS = [ACCOUNT, 'User', 'Group'];
const NO_ROLE = Object.freeze({}) as RoleRef;

function defaultSubject(subject: Subject): Subject {
  return subject.kind === 'User' || subject.kind === 'Group'
    ? withDefaults(subject, { apiGroup: RBAC_GROUP })
    : subject;
}

function applyDefaults<T extends Binding>(binding: T): T {
  const roleRef = withDefaults(binding.roleRef ?? NO_ROLE, { apiGroup: RBAC_GROUP });
  const named = withField(binding as Binding, 'roleRef', roleRef);
  return changeField(named, 'subjects', (subjects) => mapItems(subjects, defaultSubject)) as T;
}

function validateSubject(errors: FieldError[], subject: Subject, namespaced: boolean, at: string): void {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  if (name === '') errors.push(required(`${at}.name`));
  if (!SUBJECT_KINDS.includes(kind)) {
    errors.push(notSupported(`${at}.kind`, kind, SUBJECT_KINDS));
    return;
  }
  const group = kind === ACCOUNT ? '' : RBAC_GROUP;
  if (apiGroup !== group) errors.push(notSupported(`${at}.apiGroup`, apiGroup, [group]));
  if (kind !== ACCOUNT) return;
  if (name !== '') for (const detail of checkSubdomain1123(name)) errors.push(invalid(`${at}.name`, name, detail));
  if (namespace === '') {
    if (!namespaced) errors.push(required(`${at}.namespace`));
  } else for (const detail of checkLabel1123(namespace)) errors.push(invalid(`${at}.namespace`, namespace, detail));
}

/** After kubernetes/kubernetes pkg/apis/rbac/validation ValidateRoleBinding. */
function validateBinding(errors: FieldError[], { roleRef, subjects }: Binding, roleKinds: readonly string[]): void {
  const { apiGroup, kind = '', name = '' } = roleRef;
  const namespaced = roleKinds.length > 1;
  if (apiGroup !== RBAC_GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]));
  if (!roleKinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, roleKinds));
  if (name === '') errors.push(required('roleRef.name'));
  else for (const detail of checkPathSegmentName(name)) errors.push(invalid('roleRef.name', name, detail));
  subjects?.forEach((subject, index) => {
    validateSubject(errors, subject, namespaced, `subjects[${index}]`);
  });
}

function validateSameRole(errors: FieldError[], next: Binding, previous: Binding): void {
  if (!sameValue(next.roleRef, previous.roleRef)) {
    errors.push(invalid('roleRef', next.roleRef, 'cannot change roleRef'));
  }
}

function subjectsOf({ subjects = [] }: Binding, kind: string): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace = '' }) => (kind === ACCOUNT ? `${namespace}/${name}` : name))
    .join(', ');
}

function columns<T extends Binding>(own: string, role: string): readonly PrinterColumn<T>[] {
  return [
    nameColumn,
    column('Role', role, ({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`),
    ageColumn,
    wideColumn('Users', `Users in the ${own}`, (binding) => subjectsOf(binding, 'User')),
    wideColumn('Groups', `Groups in the ${own}`, (binding) => subjectsOf(binding, 'Group')),
    wideColumn('ServiceAccounts', `ServiceAccounts in the ${own}`, (binding) => subjectsOf(binding, ACCOUNT)),
  ];
}

export const roleBinding = storedKind<RoleBinding>({
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  schema: 'io.k8s.api.rbac.v1.RoleBinding',
  applyDefaults,
  ...validation<RoleBinding>({
    namespaced: true,
    checkName: checkPathSegmentName,
    validate: (errors, object) => validateBinding(errors, object, ['Role', 'ClusterRole']),
    validateChange: validateSameRole,
  }),
  columns: columns(
    'roleBinding',
    'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  ),
});

export const clusterRoleBinding = storedKind<ClusterRoleBinding>({
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  schema: 'io.k8s.api.rbac.v1.ClusterRoleBinding',
  applyDefaults,
  ...validation<ClusterRoleBinding>({
    namespaced: false,
    checkName: checkPathSegmentName,
    validate: (errors, object) => validateBinding(errors, object, ['ClusterRole']),
    validateChange: validateSameRole,
  }),
  columns: columns(
    'clusterRoleBinding',
    'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  ),
});
