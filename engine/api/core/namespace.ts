import { withField } from '../copy-on-write.ts';
import type { KindDescriptor } from '../descriptor.ts';
import type { FieldError } from '../field-error.ts';
import type { Namespace } from '../kinds.ts';
import { validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkLabel1123 } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const FINALIZER = 'kubernetes';

/** Every Namespace can be selected by its name: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
function labelWithName(namespace: Namespace): Namespace {
  const { name, labels } = namespace.metadata;
  if (name === undefined || name === '' || labels?.[NAME_LABEL] === name) return namespace;
  return { ...namespace, metadata: { ...namespace.metadata, labels: { ...labels, [NAME_LABEL]: name } } };
}

/** The namespace controller empties a Namespace before it goes; this finalizer makes the server wait. */
function withFinalizer(namespace: Namespace): Namespace {
  const finalizers = namespace.spec?.finalizers ?? [];
  if (finalizers.includes(FINALIZER)) return namespace;
  return { ...namespace, spec: { ...namespace.spec, finalizers: [...finalizers, FINALIZER] } };
}

export const namespace: KindDescriptor<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  schema: 'io.k8s.api.core.v1.Namespace',
  subresources: ['finalize', 'status'],
  applyDefaults: labelWithName,
  prepareForCreate: (object) => ({ ...withFinalizer(object), status: { phase: 'Active' } }),
  prepareForUpdate(next, previous, context) {
    const same = withField(next, 'spec', previous.spec);
    return context.status ? same : withField(same, 'status', previous.status);
  },
  validateCreate(object) {
    const errors: FieldError[] = [];
    validateMetadata(errors, object.metadata, false, checkLabel1123);
    return errors;
  },
  validateUpdate(next, previous) {
    const errors: FieldError[] = [];
    validateMetadataUpdate(errors, next, previous);
    return errors;
  },
  selectableFields: (object) => ({
    'status.phase': object.status?.phase ?? '',
    // Kept for clients of the first release.
    name: object.metadata.name,
  }),
  columns: [
    nameColumn,
    column('Status', 'The status of the namespace', (object) => object.status?.phase ?? ''),
    ageColumn,
  ],
};
