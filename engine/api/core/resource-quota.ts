import { changeField, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { invalid } from '../field-errors.ts';
import type { ResourceQuota } from '../kinds.ts';
import { checkQualifiedName } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { checkQuantity } from '../quantity.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { QUOTA_RESOURCES, validateScopeSelector, validateScopes } from './quota-scope-validation.ts';
import { type ResourceList, storedResourceList } from './resource-list.ts';

type Spec = NonNullable<ResourceQuota['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const NO_STATUS = Object.freeze({});

function validateHard(errors: FieldError[], hard: ResourceList): void {
  for (const name in hard) {
    const field = `spec.hard[${name}]`;
    for (const detail of checkQualifiedName(name)) errors.push(invalid(field, name, detail));
    if (!name.includes('/') && !QUOTA_RESOURCES.has(name) && !/^(requests\.)?hugepages-/.test(name)) {
      errors.push(invalid(field, name, 'must be a standard resource type or fully qualified'));
      errors.push(invalid(field, name, 'must be a standard resource for quota'));
    }
    if (checkQuantity(hard[name]!) === undefined && String(hard[name]).startsWith('-')) {
      errors.push(invalid(field, hard[name], 'must be greater than or equal to 0'));
    }
  }
}

/** `pods: 1/100, requests.cpu: 500m/10` */
function usage({ status }: ResourceQuota, limits: boolean): string {
  const hard = (status?.hard ?? {}) as ResourceList;
  const used = (status?.used ?? {}) as ResourceList;
  return Object.keys(hard)
    .filter((name) => name.startsWith('limits') === limits)
    .sort()
    .map((name) => `${name}: ${used[name] ?? 0}/${hard[name]}`)
    .join(', ');
}

export const resourceQuota = storedKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  schema: 'io.k8s.api.core.v1.ResourceQuota',
  subresources: ['status'],
  applyDefaults(object) {
    const spec = object.spec ?? NO_SPEC;
    return withField(
      object,
      'spec',
      changeField(spec, 'hard', (list) => storedResourceList(list as ResourceList)),
    );
  },
  prepareForCreate: (object) => ({ ...object, status: NO_STATUS }),
  prepareForUpdate: (next, previous, context) =>
    context.status ? withField(next, 'spec', previous.spec) : withField(next, 'status', previous.status),
  ...validation<ResourceQuota>({
    namespaced: true,
    validate(errors, { spec = NO_SPEC }) {
      validateHard(errors, (spec.hard ?? {}) as ResourceList);
      validateScopes(errors, spec);
      validateScopeSelector(errors, spec);
    },
    validateChange(errors, next, previous) {
      const before = [...(previous.spec?.scopes ?? [])].sort().join();
      if ([...(next.spec?.scopes ?? [])].sort().join() === before) return;
      errors.push(invalid('spec.scopes', next.spec?.scopes, 'field is immutable'));
    },
  }),
  columns: [
    nameColumn,
    column('Request', 'Request represents a minimum amount of cpu/memory that a container may consume.', (object) =>
      usage(object, false),
    ),
    column(
      'Limit',
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      (object) => usage(object, true),
    ),
    ageColumn,
  ],
});
