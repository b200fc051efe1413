import { sameValue, withField } from '../copy-on-write.ts';
import { immutable, invalid, invalidFor } from '../field-errors.ts';
import type { CSIStorageCapacity } from '../kinds.ts';
import { checkSubdomain1123 } from '../names.ts';
import { column, nameColumn } from '../printer-columns.ts';
import { canonicalQuantity, compareQuantities } from '../quantity.ts';
import { validateSelector } from '../selector-validation.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/concepts/storage/storage-capacity/ */
export const csiStorageCapacity = storedKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  schema: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  applyDefaults: (object) =>
    object.capacity === undefined ? object : withField(object, 'capacity', canonicalQuantity(object.capacity)),
  ...validation<CSIStorageCapacity>({
    namespaced: true,
    validate(errors, { nodeTopology, storageClassName = '', capacity }) {
      if (nodeTopology !== undefined) validateSelector(errors, nodeTopology, 'nodeTopology');
      invalidFor(errors, 'storageClassName', storageClassName, checkSubdomain1123(storageClassName));
      if (capacity !== undefined && compareQuantities(capacity, '0') < 0) {
        errors.push(invalid('capacity', String(capacity), 'must be greater than or equal to 0'));
      }
    },
    validateChange(errors, next, previous) {
      for (const key of ['nodeTopology', 'storageClassName'] as const) {
        if (!sameValue(next[key], previous[key])) errors.push(immutable(key, next[key]));
      }
    },
  }),
  columns: [
    nameColumn,
    column(
      'StorageClassName',
      'storageClassName represents the name of the StorageClass that the reported capacity applies to. It must meet the same requirements as the name of a StorageClass object (non-empty, DNS subdomain). If that object no longer exists, the CSIStorageCapacity object is obsolete and should be removed by its creator. This field is immutable.',
      ({ storageClassName }) => storageClassName ?? '',
    ),
    column(
      'Capacity',
      'capacity is the value reported by the CSI driver in its GetCapacityResponse for a GetCapacityRequest with topology and parameters that match the previous fields.',
      ({ capacity }) => String(capacity ?? '<unset>'),
    ),
  ],
});
