import { changeField, sameValue } from '../copy-on-write.ts';
import type { ResourceClaim } from '../extension-kinds.ts';
import { immutable } from '../field-errors.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultClaimSpec, validateClaimSpec } from './claim-spec.ts';

function state({ metadata, status }: ResourceClaim): string {
  const states: string[] = [];
  if (metadata.deletionTimestamp !== undefined) states.push('deleted');
  if (status?.allocation === undefined) {
    if (states.length === 0) states.push('pending');
  } else {
    states.push('allocated');
    states.push(...((status.reservedFor?.length ?? 0) > 0 ? ['reserved'] : []));
  }
  return states.join(',');
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const resourceClaim = storedKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  schema: 'io.k8s.api.resource.v1.ResourceClaim',
  subresources: ['status'],
  applyDefaults: (object) => changeField(object, 'spec', defaultClaimSpec),
  ...specAndStatus<ResourceClaim>({ counted: false, status: {} }),
  ...validation<ResourceClaim>({
    namespaced: true,
    validate: (errors, { spec }) => validateClaimSpec(errors, spec, 'spec'),
    validateChange(errors, next, previous) {
      if (!sameValue(next.spec, previous.spec)) errors.push(immutable('spec', next.spec));
    },
  }),
  columns: [
    nameColumn,
    column('State', 'A summary of the current state (allocated, pending, reserved, etc.).', state),
    ageColumn,
  ],
});
