import { sameValue } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, immutable, invalidFor, required, tooLong } from '../field-errors.ts';
import type { VolumeAttachment } from '../kinds.ts';
import { checkSubdomain1123 } from '../names.ts';
import { ageColumn, booleanColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateDriverName } from './driver-name.ts';

type Spec = NonNullable<VolumeAttachment['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const MAX_MESSAGE = 1024;
const EXACTLY_ONE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function validateSource(errors: FieldError[], source: Spec['source']): void {
  const { inlineVolumeSpec, persistentVolumeName } = source;
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) {
    errors.push(required('spec.source', EXACTLY_ONE));
  } else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) {
    errors.push(forbidden('spec.source', EXACTLY_ONE));
  } else if (persistentVolumeName === '') {
    errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  }
}

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/ */
export const volumeAttachment = storedKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  schema: 'io.k8s.api.storage.v1.VolumeAttachment',
  subresources: ['status'],
  ...specAndStatus<VolumeAttachment>({ counted: false, status: { attached: false } }),
  ...validation<VolumeAttachment>({
    namespaced: false,
    validate(errors, { spec, status }) {
      const { attacher = '', source, nodeName = '' } = spec ?? NO_SPEC;
      validateDriverName(errors, attacher, 'spec.attacher');
      validateSource(errors, source ?? {});
      invalidFor(errors, 'spec.nodeName', nodeName, checkSubdomain1123(nodeName));
      for (const key of ['attachError', 'detachError'] as const) {
        const { message = '' } = status?.[key] ?? {};
        if (message.length > MAX_MESSAGE) errors.push(tooLong(`status.${key}.message`, MAX_MESSAGE));
      }
    },
    validateChange(errors, next, previous) {
      if (!sameValue(next.spec, previous.spec)) errors.push(immutable('spec', next.spec));
    },
  }),
  columns: [
    nameColumn,
    {
      ...column<VolumeAttachment>(
        'Attacher',
        'attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().',
        ({ spec }) => spec?.attacher ?? '',
      ),
      format: 'name',
    },
    column(
      'PV',
      'persistentVolumeName represents the name of the persistent volume to attach.',
      ({ spec }) => spec?.source?.persistentVolumeName ?? '',
    ),
    column(
      'Node',
      'nodeName represents the node that the volume should be attached to.',
      ({ spec }) => spec?.nodeName ?? '',
    ),
    booleanColumn(
      'Attached',
      'attached indicates the volume is successfully attached. This field must only be set by the entity completing the attach operation, i.e. the external-attacher.',
      ({ status }) => status?.attached ?? false,
    ),
    ageColumn,
  ],
});
