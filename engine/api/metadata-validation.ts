import type { FieldError } from './field-error.ts';
import { forbidden, immutable, invalid, nonNegative, required, tooLong } from './field-errors.ts';
import { checkLabel1123, checkLabelValue, checkQualifiedName, checkSubdomain1123 } from './names.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from './object.ts';

// After k8s.io/apimachinery/pkg/api/validation/objectmeta.go.

const MAX_ANNOTATIONS_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

type NameCheck = (name: string) => readonly string[];
type StringMap = Readonly<Record<string, string>>;

/**
 * The metadata of a new object. `checkName` is the kind's rule for names; `namespaced` whether it lives in one;
 * `anyFinalizer` lets finalizers be named without a domain, as custom resources may.
 */
export function validateMetadata(
  errors: FieldError[],
  metadata: ObjectMeta,
  namespaced: boolean,
  checkName: NameCheck = checkSubdomain1123,
  anyFinalizer = false,
): void {
  const { name, generateName, namespace } = metadata;
  if (generateName !== undefined && generateName !== '') {
    // A name will be appended, so the prefix may end in a dash.
    const masked =
      generateName.length > 1 && generateName.endsWith('-') ? `${generateName.slice(0, -1)}a` : generateName;
    for (const detail of checkName(masked)) errors.push(invalid('metadata.generateName', generateName, detail));
  }
  if (name === undefined || name === '') {
    errors.push(required('metadata.name', 'name or generateName is required'));
  } else for (const detail of checkName(name)) errors.push(invalid('metadata.name', name, detail));
  validateNamespace(errors, namespace ?? '', namespaced);
  validateMutableMetadata(errors, metadata, anyFinalizer);
}

function validateNamespace(errors: FieldError[], namespace: string, namespaced: boolean): void {
  if (!namespaced) {
    if (namespace !== '') errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  } else if (namespace === '') errors.push(required('metadata.namespace'));
  else for (const detail of checkLabel1123(namespace)) errors.push(invalid('metadata.namespace', namespace, detail));
}

function validateMutableMetadata(errors: FieldError[], metadata: ObjectMeta, anyFinalizer: boolean): void {
  nonNegative(errors, 'metadata.generation', metadata.generation);
  if (metadata.labels !== undefined) validateLabels(errors, metadata.labels, 'metadata.labels');
  if (metadata.annotations !== undefined) validateAnnotations(errors, metadata.annotations, 'metadata.annotations');
  if (metadata.ownerReferences !== undefined) validateOwners(errors, metadata.ownerReferences);
  if (metadata.finalizers !== undefined && metadata.finalizers.length > 0) {
    validateFinalizers(errors, metadata.finalizers, anyFinalizer);
  }
}

export function validateLabels(errors: FieldError[], labels: StringMap, field: string): void {
  for (const key in labels) {
    for (const detail of checkQualifiedName(key)) errors.push(invalid(field, key, detail));
    const value = labels[key]!;
    for (const detail of checkLabelValue(value)) errors.push(invalid(field, value, detail));
  }
}

export function validateAnnotations(errors: FieldError[], annotations: StringMap, field: string): void {
  let size = 0;
  for (const key in annotations) {
    // Upper case is let through for the sake of old clients.
    for (const detail of checkQualifiedName(key.toLowerCase())) errors.push(invalid(field, key, detail));
    size += key.length + annotations[key]!.length;
  }
  if (size > MAX_ANNOTATIONS_BYTES) errors.push(tooLong(field, MAX_ANNOTATIONS_BYTES));
}

function validateOwners(errors: FieldError[], owners: readonly OwnerReference[]): void {
  const field = 'metadata.ownerReferences';
  let controller: OwnerReference | undefined;
  for (const owner of owners) {
    const { apiVersion = '', kind = '', name = '', uid = '' } = owner;
    if (apiVersion === '') errors.push(invalid(`${field}.apiVersion`, '', 'version must not be empty'));
    if (kind === '') errors.push(invalid(`${field}.kind`, '', 'must not be empty'));
    if (name === '') errors.push(invalid(`${field}.name`, '', 'must not be empty'));
    if (uid === '') errors.push(invalid(`${field}.uid`, '', 'must not be empty'));
    if (apiVersion === 'v1' && kind === 'Event') {
      errors.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (owner.controller !== true) continue;
    if (controller !== undefined) {
      const detail =
        'Only one reference can have Controller set to true. Found "true" in references for ' +
        `${controller.kind}/${controller.name} and ${kind}/${name}`;
      errors.push(invalid(field, owners, detail));
    } else controller = owner;
  }
}

function validateFinalizers(errors: FieldError[], finalizers: readonly string[], anyFinalizer: boolean): void {
  const field = 'metadata.finalizers';
  for (const name of finalizers) {
    for (const detail of checkQualifiedName(name)) errors.push(invalid(field, name, detail));
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  finalizers.forEach((name, index) => {
    if (anyFinalizer || name.includes('/') || STANDARD_FINALIZERS.includes(name)) return;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(invalid(`${field}[${index}]`, name, detail));
  });
}

/** The metadata of an object that replaces another. */
export function validateMetadataUpdate(
  errors: FieldError[],
  next: KubeObject,
  previous: KubeObject,
  anyFinalizer = false,
): void {
  const after = next.metadata;
  const before = previous.metadata;
  if (after === before) return;
  validateNoNewFinalizers(errors, after, before);
  if (after.resourceVersion === '') {
    errors.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'));
  }
  if ((after.generation ?? 0) < (before.generation ?? 0)) {
    errors.push(invalid('metadata.generation', after.generation ?? 0, 'must not be decremented'));
  }
  for (const key of IMMUTABLE) {
    if ((after[key] ?? '') !== (before[key] ?? '')) errors.push(immutable(`metadata.${key}`, after[key] ?? ''));
  }
  for (const key of IMMUTABLE_ONCE_STORED) {
    if ((after[key] ?? null) !== (before[key] ?? null)) errors.push(immutable(`metadata.${key}`, after[key]));
  }
  validateChangedMetadata(errors, after, before, anyFinalizer);
}

const IMMUTABLE = ['name', 'namespace', 'uid'] as const;
const IMMUTABLE_ONCE_STORED = ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** Parts shared with the stored object were checked when they came in. */
function validateChangedMetadata(
  errors: FieldError[],
  after: ObjectMeta,
  before: ObjectMeta,
  anyFinalizer: boolean,
): void {
  const changed = {
    ...after,
    ...(after.labels === before.labels ? { labels: undefined } : {}),
    ...(after.annotations === before.annotations ? { annotations: undefined } : {}),
    ...(after.ownerReferences === before.ownerReferences ? { ownerReferences: undefined } : {}),
    ...(after.finalizers === before.finalizers ? { finalizers: undefined } : {}),
  } as ObjectMeta;
  validateMutableMetadata(errors, changed, anyFinalizer);
}

function validateNoNewFinalizers(errors: FieldError[], after: ObjectMeta, before: ObjectMeta): void {
  if (before.deletionTimestamp === undefined || after.finalizers === before.finalizers) return;
  const added = (after.finalizers ?? []).filter((name) => before.finalizers?.includes(name) !== true).sort();
  if (added.length === 0) return;
  const list = added.map((name) => JSON.stringify(name)).join(', ');
  errors.push(
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  );
}
