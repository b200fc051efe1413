import type { ResourceClaim } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

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
  ...specAndStatus<ResourceClaim>({ counted: false, status: {} }),
  ...validation<ResourceClaim>({
    namespaced: true,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column('State', 'A summary of the current state (allocated, pending, reserved, etc.).', state),
    ageColumn,
  ],
});
