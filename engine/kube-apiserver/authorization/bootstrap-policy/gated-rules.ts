import type { FeatureGates } from '../../../api/feature-gates.ts';
import type { PolicyRule } from '../../../api/kinds.ts';
import { CLUSTER_ROLES, type DefaultRole } from './cluster-roles.ts';
import { CONTROLLER_ROLES } from './controller-roles.ts';
import { EVENTS, READ, rule } from './rule.ts';

const SCHEDULING = 'scheduling.k8s.io';

/** What the scheduler may besides where there are PodGroups. */
const SCHEDULER: readonly PolicyRule[] = [
  rule(READ, SCHEDULING, 'podgroups'),
  rule('patch update', SCHEDULING, 'podgroups/status'),
];

/** The default ClusterRoles of a server with these features. */
export function clusterRolesOf(gates: FeatureGates): readonly DefaultRole[] {
  if (!gates.has('GenericWorkload')) return CLUSTER_ROLES;
  return CLUSTER_ROLES.map((role) =>
    role.name === 'system:kube-scheduler' ? { ...role, rules: [...(role.rules ?? []), ...SCHEDULER] } : role,
  );
}

/** The controllers' roles of a server with these features. */
export function controllerRolesOf(gates: FeatureGates): typeof CONTROLLER_ROLES {
  if (!gates.has('GenericWorkload')) return CONTROLLER_ROLES;
  const protection = [rule('get list watch update', SCHEDULING, 'podgroups'), rule(READ, 'core', 'pods'), EVENTS];
  return { ...CONTROLLER_ROLES, 'podgroup-protection-controller': protection };
}
