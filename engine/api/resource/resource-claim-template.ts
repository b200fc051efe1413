import { changeField, sameValue } from '../copy-on-write.ts';
import type { ResourceClaimTemplate } from '../extension-kinds.ts';
import { immutable } from '../field-errors.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultClaimSpec, validateClaimSpec } from './claim-spec.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const resourceClaimTemplate = storedKind<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  applyDefaults: (object) => changeField(object, 'spec', (spec) => changeField(spec, 'spec', defaultClaimSpec)),
  ...validation<ResourceClaimTemplate>({
    namespaced: true,
    validate: (errors, { spec }) => validateClaimSpec(errors, spec?.spec, 'spec.spec'),
    validateChange(errors, next, previous) {
      if (!sameValue(next.spec, previous.spec)) errors.push(immutable('spec', next.spec));
    },
  }),
  columns: [nameColumn, ageColumn],
});
