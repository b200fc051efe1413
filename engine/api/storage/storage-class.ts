import { sameValue, withDefaults } from '../copy-on-write.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { StorageClass } from '../kinds.ts';
import { checkQualifiedName } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateParameters } from './parameters.ts';

// https://kubernetes.io/docs/concepts/storage/storage-classes/

const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const DEFAULTS: Partial<StorageClass> = { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' };
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/** Whether claims that name no class get this one. */
function isDefaultClass({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[IS_DEFAULT] === 'true';
}

export const storageClass = storedKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  schema: 'io.k8s.api.storage.v1.StorageClass',
  applyDefaults: (object) => withDefaults(object, DEFAULTS),
  ...validation<StorageClass>({
    namespaced: false,
    validate(errors, { provisioner = '', parameters, reclaimPolicy, volumeBindingMode }) {
      if (provisioner === '') errors.push(required('provisioner'));
      else
        for (const detail of checkQualifiedName(provisioner.toLowerCase())) {
          errors.push(invalid('provisioner', provisioner, detail));
        }
      validateParameters(errors, parameters);
      if (reclaimPolicy !== undefined && !RECLAIM_POLICIES.includes(reclaimPolicy)) {
        errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
      }
      if (volumeBindingMode !== undefined && !BINDING_MODES.includes(volumeBindingMode)) {
        errors.push(notSupported('volumeBindingMode', volumeBindingMode, BINDING_MODES));
      }
    },
    validateChange(errors, next, previous) {
      for (const key of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) {
        if (!sameValue(next[key] ?? {}, previous[key] ?? {})) {
          errors.push(forbidden(key, `updates to ${key} are forbidden.`));
        }
      }
    },
  }),
  columns: [
    {
      ...nameColumn,
      cell: (object) => object.metadata.name + (isDefaultClass(object as StorageClass) ? ' (default)' : ''),
    },
    column('Provisioner', 'Provisioner indicates the type of the provisioner.', ({ provisioner }) => provisioner ?? ''),
    column(
      'ReclaimPolicy',
      'Dynamically provisioned PersistentVolumes of this storage class are created with this reclaimPolicy. Defaults to Delete.',
      ({ reclaimPolicy }) => reclaimPolicy ?? '',
    ),
    column(
      'VolumeBindingMode',
      'VolumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling feature.',
      ({ volumeBindingMode }) => volumeBindingMode ?? '',
    ),
    column(
      'AllowVolumeExpansion',
      'AllowVolumeExpansion shows whether the storage class allow volume expand',
      (object) => object.allowVolumeExpansion === true,
    ),
    ageColumn,
  ],
});
