import type { ResourceClaimTemplate } from '../extension-kinds.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const resourceClaimTemplate = storedKind<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  ...validation<ResourceClaimTemplate>({
    namespaced: true,
    validate: () => {},
  }),
  columns: [nameColumn, ageColumn],
});
