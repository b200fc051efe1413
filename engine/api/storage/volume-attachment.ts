import type { VolumeAttachment } from '../kinds.ts';
import { ageColumn, booleanColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume-attachment-v1/ */
export const volumeAttachment = storedKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  schema: 'io.k8s.api.storage.v1.VolumeAttachment',
  subresources: ['status'],
  ...specAndStatus<VolumeAttachment>({ counted: false }),
  ...validation<VolumeAttachment>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'Attacher',
      'attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().',
      ({ spec }) => spec?.attacher ?? '',
    ),
    column(
      'PV',
      'source represents the volume that should be attached.',
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
