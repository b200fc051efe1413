import type { ResourceSlice } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const resourceSlice = storedKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  schema: 'io.k8s.api.resource.v1.ResourceSlice',
  ...COUNTED,
  selectableFields: ({ spec }) => ({ 'spec.nodeName': spec?.nodeName ?? '', 'spec.driver': spec?.driver ?? '' }),
  ...validation<ResourceSlice>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'Node',
      'NodeName identifies the node which provides the resources in this pool. A field selector can be used to list only ResourceSlice objects belonging to a certain node.',
      ({ spec }) => spec?.nodeName ?? '',
    ),
    column(
      'Driver',
      'Driver identifies the DRA driver providing the capacity information. A field selector can be used to list only ResourceSlice objects with a certain driver name.',
      ({ spec }) => spec?.driver ?? '',
    ),
    column('Pool', 'Pool describes the pool that this ResourceSlice belongs to.', ({ spec }) => spec?.pool?.name ?? ''),
    ageColumn,
  ],
});
