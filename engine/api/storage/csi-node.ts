import type { CSINode } from '../kinds.ts';
import { ageColumn, nameColumn, numberColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/csi-node-v1/ */
export const csiNode = storedKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  schema: 'io.k8s.api.storage.v1.CSINode',
  ...validation<CSINode>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    numberColumn(
      'Drivers',
      'drivers is a list of information of all CSI Drivers existing on a node. If all drivers in the list are uninstalled, this can become empty.',
      ({ spec }) => spec?.drivers?.length ?? 0,
    ),
    ageColumn,
  ],
});
