import { sameValue } from '../copy-on-write.ts';
import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import { immutable, nonNegative, required } from '../field-errors.ts';
import type { ControllerRevision } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { controllerOf } from '../object.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { ALL_VERBS } from '../verbs.ts';

/** `daemonset.apps/fluentd`, as kubectl names objects. */
function controllerName(revision: ControllerRevision): string {
  const owner = controllerOf(revision);
  if (owner === undefined) return '<none>';
  const { apiVersion = '', kind = '', name } = owner;
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${apiVersion.slice(0, slash)}`;
  return `${kind.toLowerCase()}${group}/${name}`;
}

function validate(errors: FieldError[], { data, revision }: ControllerRevision): void {
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'));
  nonNegative(errors, 'revision', revision);
}

/** A template that a DaemonSet or StatefulSet has had. After kubernetes/kubernetes pkg/apis/apps/validation. */
export const controllerRevision: KindDescriptor<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  subresources: [],
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, true);
    validate(errors, object);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    validate(errors, next);
    if (!sameValue(next.data, previous.data)) errors.push(immutable('data', next.data));
    return errors;
  },
  columns: [
    nameColumn,
    column('Controller', 'Controller of the object', controllerName),
    column(
      'Revision',
      'Revision indicates the revision of the state represented by Data.',
      (object) => object.revision ?? 0,
    ),
    ageColumn,
  ],
};
