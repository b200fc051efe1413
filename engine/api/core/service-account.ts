import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import type { ServiceAccount } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';

export const serviceAccount: KindDescriptor<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  subresources: ['token'],
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    return errors;
  },
  // The count of secrets went in 1.35: no component has filled them in since 1.24.
  columns: [nameColumn, ageColumn],
};
