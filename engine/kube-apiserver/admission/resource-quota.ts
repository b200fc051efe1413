import { type Amounts, addAmounts, subtractAmounts } from '../../api/core/amounts.ts';
import { forbidden } from '../../api/errors.ts';
import type { ResourceQuota } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { compareQuantities } from '../../api/quantity.ts';
import { isCounted, missingAmounts, onlyResources, quotaUsage, resourcesOf } from '../../api/quota/usage.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import type { FindUncovered } from './configured/configured-admission.ts';
import type { AdmissionServices } from './services.ts';

const QUOTAS = 'resourcequotas';

/**
 * Lets nothing in that a ResourceQuota of its Namespace has no room for, and notes in the quota's status what it let in.
 * Requests are handled one after the other, so that two of them never share what is left.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/ , after k8s.io/apiserver
 * pkg/admission/plugin/resourcequota/controller.go.
 *
 * @param findUncovered holds what is used against what only a quota gives; nothing is limited so unless told
 */
export function resourceQuota({ nowMs, write }: AdmissionServices, findUncovered?: FindUncovered): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    subresources: ['pods/resize'],
    validate(request, object, lookup) {
      const { kind, namespace, stored } = request;
      if (!kind.namespaced || object === undefined || !mayUseMore(request)) return;
      const quotas = lookup.all(QUOTAS, namespace) as readonly ResourceQuota[];
      if (quotas.length === 0 && findUncovered === undefined) return;
      const concerned = quotas.filter((quota) => counts(quota, request, object));
      for (const quota of concerned) checkKnown(request, quota, object);
      const asked = withoutZeros(quotaUsage(kind, object, nowMs()));
      findUncovered?.(request, object, asked, concerned);
      const more = stored === undefined ? asked : increase(asked, quotaUsage(kind, stored, nowMs()));
      const next = concerned.map((quota) => {
        // What comes into a quota's scope by a change counts in full.
        const isNew = stored !== undefined && !counts(quota, request, stored);
        return charge(request, quota, object, isNew ? asked : more);
      });
      if (request.dryRun) return;
      for (const quota of next) if (quota !== undefined) write(QUOTAS, quota);
    },
  };
}

/** Most objects only count; Services change their type, claims grow, and Pods ask for more through `resize` alone. */
function mayUseMore({ operation, kind, subresource }: AdmissionRequest): boolean {
  if (operation !== 'UPDATE') return operation === 'CREATE';
  if (kind.group !== '') return false;
  if (kind.plural === 'pods') return subresource === 'resize';
  return kind.plural === 'services' || kind.plural === 'persistentvolumeclaims';
}

/** What a quota limits is what its controller has taken note of: one that has just been made limits nothing yet. */
function counts(quota: ResourceQuota, { kind }: AdmissionRequest, object: KubeObject): boolean {
  return isCounted(quota, kind, object, Object.keys(hardOf(quota)));
}

function hardOf({ status }: ResourceQuota): Amounts {
  return (status?.hard ?? {}) as Amounts;
}

function usedOf({ status }: ResourceQuota): Amounts {
  return (status?.used ?? {}) as Amounts;
}

/** What an object that is counted must say, and what the quota's controller must have found out already. */
function checkKnown(request: AdmissionRequest, quota: ResourceQuota, object: KubeObject): void {
  const { kind } = request;
  const names = resourcesOf(kind, Object.keys(hardOf(quota)));
  const missing = missingAmounts(kind, names, object);
  if (missing !== undefined)
    throw refuse(request, object, `failed quota: ${quota.metadata.name}: must specify ${missing}`);
  if (names.every((name) => Object.hasOwn(usedOf(quota), name))) return;
  const resources = [...names].sort().join(',');
  throw refuse(request, object, `status unknown for quota: ${quota.metadata.name}, resources: ${resources}`);
}

/** What is used more than before; what is used less is taken off by the quota's controller. */
function increase(next: Amounts, previous: Amounts): Amounts {
  return withoutZeros(subtractAmounts(next, previous));
}

function withoutZeros(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => compareQuantities(amount, '0') > 0));
}

/** The quota with the usage added; undefined when nothing it limits is used. @throws StatusError when that is too much. */
function charge(
  request: AdmissionRequest,
  quota: ResourceQuota,
  object: KubeObject,
  more: Amounts,
): ResourceQuota | undefined {
  const hard = hardOf(quota);
  const requested = onlyResources(more, Object.keys(hard));
  const names = Object.keys(requested);
  if (names.length === 0) return undefined;
  const used = usedOf(quota);
  const total = addAmounts(used, requested);
  const exceeded = names.filter((name) => compareQuantities(total[name]!, hard[name]!) > 0).sort();
  if (exceeded.length > 0) {
    const show = (amounts: Amounts) => exceeded.map((name) => `${name}=${amounts[name] ?? 0}`).join(',');
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${show(requested)}, used: ${show(used)}, limited: ${show(hard)}`;
    throw refuse(request, object, why);
  }
  return { ...quota, status: { ...quota.status, used: total } };
}

function refuse({ kind, name }: AdmissionRequest, { metadata }: KubeObject, why: string) {
  return forbidden(kind, metadata.name ?? name, why);
}
