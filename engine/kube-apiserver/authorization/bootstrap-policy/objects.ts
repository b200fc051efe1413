import type { FeatureGates } from '../../../api/feature-gates.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../../api/kinds.ts';
import type { Manifest } from '../../../api/object.ts';
import type { DefaultRole } from './cluster-roles.ts';
import { clusterRolesOf, controllerRolesOf } from './gated-rules.ts';
import { NAMESPACE_ROLES, type NamespaceRole } from './namespace-roles.ts';

const API_VERSION = 'rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';
const AGGREGATE_TO = 'rbac.authorization.k8s.io/aggregate-to-';
const CONTROLLER = 'system:controller:';

/** Roles with this annotation are mended whenever a server starts. */
export const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

type Subject = NonNullable<RoleBinding['subjects']>[number];

function metadata(name: string, namespace = '', labels: Record<string, string> = {}) {
  return {
    name,
    ...(namespace === '' ? {} : { namespace }),
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { [AUTO_UPDATE]: 'true' },
  };
}

function clusterRole({ name, rules, gathers, aggregatesTo }: DefaultRole): Manifest<ClusterRole> {
  const labels = aggregatesTo === undefined ? {} : { [AGGREGATE_TO + aggregatesTo]: 'true' };
  const matchLabels = { [`${AGGREGATE_TO}${gathers}`]: 'true' };
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: metadata(name, '', labels),
    ...(gathers === undefined ? {} : { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } }),
    ...(rules === undefined ? {} : { rules: [...rules] }),
  } as Manifest<ClusterRole>;
}

export function defaultClusterRoles(gates: FeatureGates): readonly Manifest<ClusterRole>[] {
  const controllers = Object.entries(controllerRolesOf(gates)).map(([name, rules]) => ({
    name: CONTROLLER + name,
    rules,
  }));
  return [...clusterRolesOf(gates), ...controllers].map(clusterRole);
}

function user(name: string): Subject {
  return { apiGroup: GROUP, kind: 'User', name };
}

function group(name: string): Subject {
  return { apiGroup: GROUP, kind: 'Group', name };
}

function account(name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace: 'kube-system' };
}

/** Who has which ClusterRole everywhere. The kubelets' role is bound to nobody: the node authorizer judges them. */
const SUBJECTS: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:monitoring': [group('system:monitoring')],
  'system:discovery': [group('system:authenticated')],
  'system:basic-user': [group('system:authenticated')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
  'system:node': [],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
};

function clusterRoleBinding(name: string, subjects: readonly Subject[]): Manifest<ClusterRoleBinding> {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
    ...(subjects.length === 0 ? {} : { subjects: [...subjects] }),
  };
}

export function defaultClusterRoleBindings(gates: FeatureGates): readonly Manifest<ClusterRoleBinding>[] {
  return [
    ...Object.entries(SUBJECTS).map(([name, subjects]) => clusterRoleBinding(name, subjects)),
    ...Object.keys(controllerRolesOf(gates)).map((name) => clusterRoleBinding(CONTROLLER + name, [account(name)])),
  ];
}

export function defaultRoles(): readonly Manifest<Role>[] {
  return NAMESPACE_ROLES.map(({ name, namespace, rules }) => ({
    apiVersion: API_VERSION,
    kind: 'Role',
    metadata: metadata(name, namespace),
    rules: [...rules],
  }));
}

function roleBinding({ name, namespace, bindingName = name, users = [], accounts = [] }: NamespaceRole) {
  return {
    apiVersion: API_VERSION,
    kind: 'RoleBinding',
    metadata: metadata(bindingName, namespace),
    roleRef: { apiGroup: GROUP, kind: 'Role', name },
    subjects: [...users.map(user), ...accounts.map(account)],
  };
}

export function defaultRoleBindings(): readonly Manifest<RoleBinding>[] {
  return NAMESPACE_ROLES.map(roleBinding);
}
