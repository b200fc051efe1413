import { changeField, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { PersistentVolume } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../printer-columns.ts';
import { checkQuantity, compareQuantities } from '../quantity.ts';
import { storedKind } from '../stored-kind.ts';
import { ACCESS_MODES, formatAccessModes } from './access-modes.ts';
import { type ResourceList, storedResourceList } from './resource-list.ts';

type Spec = PersistentVolume['spec'];

/** The kinds of storage a volume may have: exactly one. */
const SOURCES = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
] as const;
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const SPEC: Partial<Spec> = { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' };

function defaultSpec(given: Spec): Spec {
  const spec = changeField(withDefaults(given, SPEC), 'capacity', (list) => storedResourceList(list as ResourceList));
  return changeField(spec, 'hostPath', (source) => withDefaults(source, { type: '' }));
}

function sourcesOf(spec: Spec): readonly (keyof Spec)[] {
  return SOURCES.filter((source) => spec[source] !== undefined);
}

function validateCapacity(errors: FieldError[], capacity: ResourceList | undefined): void {
  const storage = capacity?.['storage'];
  if (capacity === undefined || Object.keys(capacity).length === 0) errors.push(required('spec.capacity'));
  if (storage === undefined) errors.push(notSupported('spec.capacity', capacity, ['storage']));
  else if (checkQuantity(storage) === undefined && compareQuantities(storage, '0') <= 0) {
    errors.push(invalid('spec.capacity[storage]', storage, 'must be greater than zero'));
  }
}

// After kubernetes/kubernetes pkg/apis/core/validation ValidatePersistentVolumeSpec.
function validateSpec(errors: FieldError[], spec: Spec): void {
  const { accessModes = [], persistentVolumeReclaimPolicy: policy, volumeMode, storageClassName = '' } = spec;
  if (accessModes.length === 0) errors.push(required('spec.accessModes'));
  for (const mode of accessModes) {
    if (!ACCESS_MODES.includes(mode)) errors.push(notSupported('spec.accessModes', mode, ACCESS_MODES));
  }
  validateCapacity(errors, spec.capacity as ResourceList | undefined);
  if (policy !== undefined && !RECLAIM_POLICIES.includes(policy)) {
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  }
  const sources = sourcesOf(spec);
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'));
  for (const source of sources.slice(1)) {
    errors.push(forbidden(`spec.${source}`, 'may not specify more than 1 volume type'));
  }
  if (spec.hostPath !== undefined && (spec.hostPath.path ?? '') === '') errors.push(required('spec.hostPath.path'));
  if (spec.local !== undefined) {
    if ((spec.local.path ?? '') === '') errors.push(required('spec.local.path'));
    if (spec.nodeAffinity === undefined) {
      errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
    }
  }
  if (storageClassName !== '') {
    for (const detail of checkSubdomain1123(storageClassName)) {
      errors.push(invalid('spec.storageClassName', storageClassName, detail));
    }
  }
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.push(notSupported('spec.volumeMode', volumeMode, VOLUME_MODES));
  }
}

function claimOf({ spec }: PersistentVolume): string {
  const { namespace = '', name = '' } = spec?.claimRef ?? {};
  return spec?.claimRef === undefined ? '' : `${namespace}/${name}`;
}

const NO_SPEC = Object.freeze({}) as Spec;

// The finalizer kubernetes.io/pv-protection is set by admission (StorageObjectInUseProtection).
export const persistentVolume = storedKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.PersistentVolume',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...object, status: { phase: 'Pending' } }),
  prepareForUpdate: (next, previous, context) =>
    context.status ? withField(next, 'spec', previous.spec) : withField(next, 'status', previous.status),
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, false);
    validateSpec(errors, object.spec);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    if (next.spec === previous.spec) return errors;
    validateSpec(errors, next.spec);
    const changed = SOURCES.some((source) => !sameValue(next.spec[source], previous.spec[source]));
    if (changed) {
      const detail = 'spec.persistentvolumesource is immutable after creation';
      errors.push(forbidden('spec.persistentvolumesource', detail));
    }
    if (next.spec.volumeMode !== previous.spec.volumeMode) {
      errors.push(invalid('spec.volumeMode', next.spec.volumeMode, 'field is immutable'));
    }
    return errors;
  },
  columns: [
    nameColumn,
    column(
      'Capacity',
      "A description of the persistent volume's resources and capacity. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#capacity",
      ({ spec }) => String((spec?.capacity as ResourceList | undefined)?.['storage'] ?? '0'),
    ),
    column(
      'Access Modes',
      'AccessModes contains all ways the volume can be mounted. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes',
      ({ spec }) => formatAccessModes(spec?.accessModes),
    ),
    column(
      'Reclaim Policy',
      'What happens to a persistent volume when released from its claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#reclaiming',
      ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? '',
    ),
    column(
      'Status',
      'Phase indicates if a volume is available, bound to a claim, or released by a claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#phase',
      ({ status, metadata }) => (metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating'),
    ),
    column(
      'Claim',
      'ClaimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
      claimOf,
    ),
    column('StorageClass', 'StorageClass of the pv', ({ spec }) => spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', 'Name of VolumeAttributesClass of the pv', ({ spec }) => {
      return spec?.volumeAttributesClassName || '<unset>';
    }),
    column(
      'Reason',
      'Reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
      ({ status }) => status?.reason ?? '',
    ),
    ageColumn,
    wideColumn(
      'VolumeMode',
      'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state. Value of Filesystem is implied when not included in spec.',
      ({ spec }) => spec?.volumeMode ?? '<unset>',
    ),
  ],
});
