import { type Amounts, addAmounts } from '../core/amounts.ts';
import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { compareQuantities } from '../quantity.ts';
import { isPodResource, missingPodAmounts, podUsage } from './pod-usage.ts';
import { isInScopes } from './scopes.ts';

// What objects use of a ResourceQuota: admission asks before it lets one more in, the controller counts what is there.
// https://kubernetes.io/docs/concepts/policy/resource-quotas/

/** A kind as quotas name it. */
export interface CountedKind {
  readonly group: string;
  readonly plural: string;
}

/** Kinds whose number could be limited before there was `count/…`, and still can by that name. */
const COUNTED_BY_NAME: ReadonlySet<string> = new Set([
  'configmaps',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
]);

const BY_STORAGE_CLASS = '.storageclass.storage.k8s.io/';

/** `count/deployments.apps`, `count/pods`. */
function countName({ group, plural }: CountedKind): string {
  return group === '' ? `count/${plural}` : `count/${plural}.${group}`;
}

/** What one object uses, by the names quotas have for it. */
export function quotaUsage(kind: CountedKind, object: KubeObject, nowMs: number): Amounts {
  const counted = { [countName(kind)]: '1' };
  if (kind.group !== '') return counted;
  switch (kind.plural) {
    case 'pods':
      return podUsage(object as Pod, nowMs);
    case 'services':
      return { ...counted, ...serviceUsage(object as Service) };
    case 'persistentvolumeclaims':
      return { ...counted, ...claimUsage(object as PersistentVolumeClaim) };
    default:
      return COUNTED_BY_NAME.has(kind.plural) ? { ...counted, [kind.plural]: '1' } : counted;
  }
}

function serviceUsage({ spec }: Service): Amounts {
  const type = spec?.type ?? 'ClusterIP';
  const ports = spec?.ports ?? [];
  const balanced = type === 'LoadBalancer';
  // A load balancer takes node ports unless it is told not to.
  const all = type === 'NodePort' || (balanced && spec?.allocateLoadBalancerNodePorts !== false);
  const nodePorts = all ? ports.length : balanced ? ports.filter(({ nodePort }) => (nodePort ?? 0) > 0).length : 0;
  return {
    services: '1',
    'services.nodeports': String(nodePorts),
    'services.loadbalancers': balanced ? '1' : '0',
  };
}

/** While a volume is made larger, or its claim has thought better of it, the larger amount counts. */
function claimedStorage({ spec, status }: PersistentVolumeClaim): string | undefined {
  const asked = spec?.resources?.requests?.['storage'] as string | undefined;
  const allocated = status?.allocatedResources?.['storage'] as string | undefined;
  if (asked === undefined || allocated === undefined) return asked;
  return compareQuantities(allocated, asked) > 0 ? allocated : asked;
}

function claimUsage(claim: PersistentVolumeClaim): Amounts {
  const { spec } = claim;
  const storage = claimedStorage(claim);
  const usage: Record<string, string> = { persistentvolumeclaims: '1' };
  if (storage !== undefined) usage['requests.storage'] = storage;
  const className = spec?.storageClassName ?? '';
  if (className === '') return usage;
  usage[`${className}${BY_STORAGE_CLASS}persistentvolumeclaims`] = '1';
  if (storage !== undefined) usage[`${className}${BY_STORAGE_CLASS}requests.storage`] = storage;
  return usage;
}

/** Which of a quota's resources objects of this kind can use. */
export function resourcesOf(kind: CountedKind, names: readonly string[]): readonly string[] {
  const count = countName(kind);
  if (kind.group !== '') return names.filter((name) => name === count);
  switch (kind.plural) {
    case 'pods':
      return names.filter(isPodResource);
    case 'services':
      return names.filter((name) => name === count || name === 'services' || name.startsWith('services.'));
    case 'persistentvolumeclaims':
      return names.filter(
        (name) =>
          name === count ||
          name === 'persistentvolumeclaims' ||
          name === 'requests.storage' ||
          name.includes(BY_STORAGE_CLASS),
      );
    default:
      return names.filter((name) => name === count || (name === kind.plural && COUNTED_BY_NAME.has(name)));
  }
}

/**
 * Whether an object counts against a quota: the quota limits something it uses, and its scopes cover it.
 * @param names what the quota limits
 */
export function isCounted(
  quota: ResourceQuota,
  kind: CountedKind,
  object: KubeObject,
  names: readonly string[] = Object.keys(quota.spec?.hard ?? {}),
): boolean {
  return resourcesOf(kind, names).length > 0 && isInScopes(quota, kind.plural, object);
}

/** What an object must say because a quota limits it, and does not; undefined when nothing is missing. */
export function missingAmounts(kind: CountedKind, required: readonly string[], object: KubeObject): string | undefined {
  return kind.group === '' && kind.plural === 'pods' ? missingPodAmounts(required, object as Pod) : undefined;
}

/** Only the resources named. */
export function onlyResources(amounts: Amounts, names: readonly string[]): Amounts {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(amounts, name)).map((name) => [name, amounts[name]!]));
}

/** What all objects of a namespace use of a quota: what belongs in its `status.used`. Unused resources are 0. */
export function usedOfQuota(
  quota: ResourceQuota,
  objects: Iterable<readonly [CountedKind, KubeObject]>,
  nowMs: number,
): Amounts {
  const names = Object.keys(quota.spec?.hard ?? {});
  let used: Amounts = Object.fromEntries(names.map((name) => [name, '0']));
  for (const [kind, object] of objects) {
    if (isCounted(quota, kind, object)) used = addAmounts(used, onlyResources(quotaUsage(kind, object, nowMs), names));
  }
  return used;
}
