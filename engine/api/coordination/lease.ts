import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, nonNegative } from '../field-errors.ts';
import type { Lease } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';

function validateSpec(errors: FieldError[], { spec }: Lease): void {
  const seconds = spec?.leaseDurationSeconds;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  }
  nonNegative(errors, 'spec.leaseTransitions', spec?.leaseTransitions);
}

export const lease: KindDescriptor<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.coordination.v1.Lease',
  subresources: [],
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateSpec(errors, object);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    validateSpec(errors, next);
    return errors;
  },
  columns: [
    nameColumn,
    column(
      'Holder',
      'holderIdentity contains the identity of the holder of a current lease. If Coordinated Leader Election is used, the holder identity must be equal to the elected LeaseCandidate.metadata.name field.',
      (object) => object.spec?.holderIdentity ?? '',
    ),
    ageColumn,
  ],
};
