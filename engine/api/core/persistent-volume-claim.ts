import { changeField, sameValue, withDefaults, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import type { PersistentVolumeClaim } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../printer-columns.ts';
import { checkQuantity, compareQuantities } from '../quantity.ts';
import { validateSelector } from '../selector-validation.ts';
import { storedKind } from '../stored-kind.ts';
import { ACCESS_MODES, formatAccessModes } from './access-modes.ts';
import { normalizeSources, validateSources } from './claim-sources.ts';
import { type ResourceList, storedResourceList } from './resource-list.ts';

type Spec = PersistentVolumeClaim['spec'];

const VOLUME_MODES = ['Block', 'Filesystem'];
const SPEC: Partial<Spec> = { volumeMode: 'Filesystem' };
const NO_SPEC = Object.freeze({}) as Spec;

/** Canonical amounts, and a file system unless told. */
function defaultClaimSpec(given: Spec): Spec {
  return changeField(withDefaults(given, SPEC), 'resources', (resources) => {
    const requests = changeField(resources, 'requests', (list) => storedResourceList(list as ResourceList));
    return changeField(requests, 'limits', (list) => storedResourceList(list as ResourceList));
  });
}

/** After kubernetes/kubernetes pkg/apis/core/validation ValidatePersistentVolumeClaimSpec. */
function validateClaimSpec(errors: FieldError[], spec: Spec, field: string): void {
  const { accessModes = [], volumeMode, selector } = spec;
  if (accessModes.length === 0) errors.push(required(`${field}.accessModes`, 'at least 1 access mode is required'));
  if (selector !== undefined) validateSelector(errors, selector, `${field}.selector`);
  for (const mode of accessModes) {
    if (!ACCESS_MODES.includes(mode)) errors.push(notSupported(`${field}.accessModes`, mode, ACCESS_MODES));
  }
  const storage = storageOf(spec);
  if (storage === undefined) errors.push(required(`${field}.resources[storage]`));
  else if (checkQuantity(storage) === undefined && compareQuantities(storage, '0') <= 0) {
    errors.push(invalid(`${field}.resources[storage]`, storage, 'must be greater than zero'));
  }
  for (const name of ['storageClassName', 'volumeAttributesClassName'] as const) {
    const value = spec[name] ?? '';
    if (value === '') continue;
    for (const detail of checkSubdomain1123(value)) errors.push(invalid(`${field}.${name}`, value, detail));
  }
  validateSources(errors, spec, field);
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.push(notSupported(`${field}.volumeMode`, volumeMode, VOLUME_MODES));
  }
}

function storageOf(spec: Spec): string | number | undefined {
  return (spec.resources?.requests as ResourceList | undefined)?.['storage'];
}

/** Once made, a claim can be bound; then it can grow, and get other attributes. */
function validateChange(errors: FieldError[], next: PersistentVolumeClaim, previous: PersistentVolumeClaim): void {
  const fixed = fixedPart(next);
  const fixedBefore = fixedPart(previous);
  const { volumeName: after = '' } = next.spec;
  const { volumeName: before = '' } = previous.spec;
  // A claim without a class gets the default one, also when there was none yet as it was made.
  if (fixedBefore.storageClassName === undefined) fixedBefore.storageClassName = fixed.storageClassName;
  if (!sameValue(fixed, fixedBefore) || (before !== '' && after !== before)) {
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(forbidden('spec', detail));
  }
  const asked = storageOf(next.spec) ?? '0';
  const had = storageOf(previous.spec) ?? '0';
  const has = (previous.status?.capacity as ResourceList | undefined)?.['storage'] ?? '0';
  // What has failed to grow so far can be asked to grow less.
  if (compareQuantities(asked, had) < 0 && compareQuantities(asked, has) <= 0) {
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  const { currentVolumeAttributesClassName: current } = previous.status ?? {};
  if ((previous.spec.volumeAttributesClassName ?? '') === '' || (next.spec.volumeAttributesClassName ?? '') !== '')
    return;
  if (current === undefined) return;
  const what = next.spec.volumeAttributesClassName === undefined ? 'nil' : 'an empty string';
  const detail = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  errors.push(forbidden('spec.volumeAttributesClassName', detail));
}

/** What of a claim stays as it is, whether it is bound or not. */
function fixedPart({ spec, status }: PersistentVolumeClaim): Record<string, unknown> {
  const { volumeName: _, ...fixed } = spec;
  if (status?.phase !== 'Bound') return fixed;
  const { volumeAttributesClassName: __, resources, ...rest } = fixed;
  const { storage: ___, ...requests } = (resources?.requests ?? {}) as ResourceList;
  return { ...rest, resources: { ...resources, requests } };
}

function capacityOf({ spec, status }: PersistentVolumeClaim): string {
  if ((spec?.volumeName ?? '') === '') return '';
  return String((status?.capacity as ResourceList | undefined)?.['storage'] ?? '0');
}

// The finalizer kubernetes.io/pvc-protection is set by admission (StorageObjectInUseProtection).
export const persistentVolumeClaim = storedKind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', defaultClaimSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: (object) => ({ ...object, spec: normalizeSources(object.spec), status: { phase: 'Pending' } }),
  prepareForUpdate: (next, previous, context) =>
    context.status ? withField(next, 'spec', previous.spec) : withField(next, 'status', previous.status),
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validateClaimSpec(errors, object.spec, 'spec');
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    if (next.spec === previous.spec) return errors;
    validateClaimSpec(errors, next.spec, 'spec');
    if (errors.length === 0) validateChange(errors, next, previous);
    return errors;
  },
  columns: [
    nameColumn,
    column('Status', 'Phase represents the current phase of PersistentVolumeClaim.', ({ status, metadata }) => {
      return metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating';
    }),
    column(
      'Volume',
      'VolumeName is the binding reference to the PersistentVolume backing this claim.',
      ({ spec }) => spec?.volumeName ?? '',
    ),
    column('Capacity', 'Represents the actual resources of the underlying volume.', capacityOf),
    column(
      'Access Modes',
      'AccessModes contains the actual access modes the volume backing the PVC has. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1',
      ({ spec, status }) => ((spec?.volumeName ?? '') === '' ? '' : formatAccessModes(status?.accessModes)),
    ),
    column('StorageClass', 'StorageClass of the pvc', ({ spec }) => spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', 'Name of VolumeAttributesClass of the pvc', ({ spec }) => {
      return spec?.volumeAttributesClassName || '<unset>';
    }),
    ageColumn,
    wideColumn(
      'VolumeMode',
      'volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not included in claim spec.',
      ({ spec }) => spec?.volumeMode ?? '<unset>',
    ),
  ],
});
