import { qosClass } from '../core/qos-class.ts';
import type { PersistentVolumeClaim, Pod, ResourceQuota } from '../kinds.ts';
import type { KubeObject } from '../object.ts';

// https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes

interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Whether an object is of the kind of objects that a quota's scopes single out. All of them must hold. */
export function isInScopes({ spec }: ResourceQuota, plural: string, object: KubeObject): boolean {
  const scopes = (spec?.scopes ?? []) as readonly string[];
  const selected = (spec?.scopeSelector?.matchExpressions ?? []) as readonly ScopeRequirement[];
  const all = [...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })), ...selected];
  return all.every((requirement) => holds(requirement, plural, object));
}

/** Scopes are about Pods, one about claims; an object of another kind is in none. */
function holds(requirement: ScopeRequirement, plural: string, object: KubeObject): boolean {
  const { scopeName, operator } = requirement;
  if (scopeName === 'VolumeAttributesClass') {
    if (plural !== 'persistentvolumeclaims') return false;
    const names = attributesClasses(object as PersistentVolumeClaim);
    return (names.length === 0 ? [''] : names).some((name) => valueHolds(requirement, name));
  }
  if (plural !== 'pods') return false;
  const { spec } = object as Pod;
  if (scopeName === 'PriorityClass') return valueHolds(requirement, spec.priorityClassName ?? '');
  const is = isOfScope(scopeName, spec);
  return operator === 'DoesNotExist' ? !is : is;
}

/** The classes that a claim's volume has, is to have, and is being given. */
function attributesClasses({ spec, status }: PersistentVolumeClaim): readonly string[] {
  const target = status?.modifyVolumeStatus?.targetVolumeAttributesClassName;
  return [spec?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, target].filter(
    (name): name is string => name !== undefined && name !== '',
  );
}

function isOfScope(scope: string, spec: Pod['spec']): boolean {
  const ends = spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds >= 0;
  switch (scope) {
    case 'Terminating':
      return ends;
    case 'NotTerminating':
      return !ends;
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort';
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(spec);
    default:
      return false;
  }
}

function valueHolds({ operator, values = [] }: ScopeRequirement, value: string): boolean {
  switch (operator) {
    case 'In':
      return values.includes(value);
    case 'NotIn':
      return !values.includes(value);
    case 'DoesNotExist':
      return value === '';
    default:
      return value !== '';
  }
}

function reachesOtherNamespaces({ affinity }: Pod['spec']): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((kind) => {
    const required = kind?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = kind?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const terms = [...required, ...preferred.map(({ podAffinityTerm }) => podAffinityTerm)];
    return terms.some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined);
  });
}
