import { sameValue } from '../../../api/copy-on-write.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../../api/kinds.ts';
import type { KubeObject } from '../../../api/object.ts';
import { missingRights } from '../rbac/coverage.ts';
import { AUTO_UPDATE } from './objects.ts';

/**
 * The stored role or binding with what it lacks of its default added; the stored one when it lacks nothing, or when its
 * annotation says to leave it alone. What somebody has added stays.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation
 */
export function withDefaultsRestored(stored: KubeObject, wanted: KubeObject): KubeObject {
  if (stored.metadata.annotations?.[AUTO_UPDATE] === 'false') return stored;
  const next = wanted.kind.endsWith('Binding')
    ? withSubjects(stored as RoleBinding, wanted as RoleBinding)
    : withRules(stored as ClusterRole, wanted as ClusterRole);
  const labels = { ...stored.metadata.labels, ...wanted.metadata.labels };
  const annotations = { ...wanted.metadata.annotations, ...stored.metadata.annotations };
  const metadata = { ...next.metadata, labels, annotations };
  return sameValue(metadata, stored.metadata) ? next : { ...next, metadata };
}

function withRules(stored: Role | ClusterRole, wanted: Role | ClusterRole): Role | ClusterRole {
  const { aggregationRule } = wanted as ClusterRole;
  // The rules of a gathering role are its controller's business; what it gathers is not.
  if (aggregationRule !== undefined) {
    if (sameValue((stored as ClusterRole).aggregationRule, aggregationRule)) return stored;
    return { ...stored, aggregationRule };
  }
  const own = (stored.rules ?? []) as readonly PolicyRule[];
  const missing = (wanted.rules ?? []).filter((rule) => missingRights(own, [rule]) !== undefined);
  return missing.length === 0 ? stored : { ...stored, rules: [...own, ...missing] };
}

type Binding = RoleBinding | ClusterRoleBinding;

function withSubjects(stored: Binding, wanted: Binding): Binding {
  const own = stored.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter((subject) => !own.some((other) => sameValue(subject, other)));
  return missing.length === 0 ? stored : { ...stored, subjects: [...own, ...missing] };
}
