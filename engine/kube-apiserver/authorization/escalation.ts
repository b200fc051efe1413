import { forbidden, notFound, resourceName } from '../../api/errors.ts';
import type { ClusterRole, PolicyRule, Role, RoleBinding } from '../../api/kinds.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from '../admission/admission.ts';
import type { Guard } from './modes.ts';
import { roleRules } from './rbac/bindings.ts';
import { missingRights } from './rbac/coverage.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLE_KINDS: readonly string[] = ['Role', 'ClusterRole'];
const MASTERS = 'system:masters';
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Nobody gives away more than they have: who writes a role must hold its rules or be allowed to `escalate`, who binds a
 * role must hold its rules or be allowed to `bind` it. Always on: no admission flag turns it off.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function escalationCheck(guard: Guard): AdmissionPlugin {
  const may = (request: AdmissionRequest, verb: string, resource: string, name: string): boolean => {
    const { user, namespace } = request;
    if (user.groups.includes(MASTERS)) return true;
    const access = { user, verb, group: GROUP, resource, subresource: '', namespace, name, path: '' };
    return guard.authorize(access).allowed;
  };
  const confirm = (request: AdmissionRequest, name: string, rules: readonly PolicyRule[]): void => {
    const { user, namespace, kind } = request;
    const missing = missingRights(guard.policyRules(user, namespace), rules);
    if (missing === undefined) return;
    const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
    const why =
      `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions ` +
      `not currently held:\n${missing}`;
    throw forbidden(kind, name, why);
  };
  return {
    name: 'RBAC escalation check',
    resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
    admit(request, object, lookup) {
      const { operation, kind } = request;
      if (operation === 'DELETE' || object === undefined) return object;
      if (kind.plural.endsWith('bindings')) {
        const binding = object as RoleBinding;
        // Another kind of role is for validation to refuse.
        if (!ROLE_KINDS.includes(binding.roleRef?.kind ?? '')) return object;
        if (!bindsNothingNew(request, binding, may)) {
          confirm(request, binding.metadata.name, rulesOfRole(binding, request.namespace, lookup));
        }
        return object;
      }
      if (may(request, 'escalate', kind.plural, object.metadata.name)) return object;
      const { aggregationRule } = object as ClusterRole;
      if (
        aggregationRule !== undefined &&
        missingRights(guard.policyRules(request.user, ''), EVERYTHING) !== undefined
      ) {
        throw forbidden(kind, object.metadata.name, 'must have cluster-admin privileges to use an aggregationRule');
      }
      confirm(request, object.metadata.name, (object as Role).rules ?? []);
      return object;
    },
  };
}

function bindsNothingNew(
  request: AdmissionRequest,
  { roleRef }: RoleBinding,
  may: (request: AdmissionRequest, verb: string, resource: string, name: string) => boolean,
): boolean {
  return may(request, 'bind', roleRef?.kind === 'Role' ? 'roles' : 'clusterroles', roleRef?.name ?? '');
}

/** @throws StatusError NotFound: what is not there cannot be weighed. */
function rulesOfRole({ roleRef }: RoleBinding, namespace: string, lookup: Lookup): readonly PolicyRule[] {
  const rules = roleRules(roleRef, namespace, lookup);
  if (rules !== undefined) return rules;
  throw notFound(resourceName(roleRef?.kind === 'Role' ? 'roles' : 'clusterroles', GROUP), roleRef?.name ?? '');
}
