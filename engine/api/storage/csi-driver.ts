import { withDefaults, withField } from '../copy-on-write.ts';
import type { CSIDriver } from '../kinds.ts';
import { ageColumn, booleanColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

type Spec = NonNullable<CSIDriver['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const DEFAULTS: Partial<Spec> = {
  attachRequired: true,
  podInfoOnMount: false,
  requiresRepublish: false,
  storageCapacity: false,
  fsGroupPolicy: 'ReadWriteOnceWithFSType',
  seLinuxMount: false,
  volumeLifecycleModes: Object.freeze(['Persistent']) as never,
};

function audiences({ spec }: CSIDriver): string {
  if (spec?.tokenRequests === undefined) return '<unset>';
  return spec.tokenRequests.map(({ audience }) => audience ?? '').join(',');
}

/** https://kubernetes.io/docs/concepts/storage/volumes/#csi */
export const csiDriver = storedKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  schema: 'io.k8s.api.storage.v1.CSIDriver',
  applyDefaults: (object) => withField(object, 'spec', withDefaults(object.spec ?? NO_SPEC, DEFAULTS)),
  ...validation<CSIDriver>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    booleanColumn(
      'AttachRequired',
      'attachRequired indicates this CSI volume driver requires an attach operation (because it implements the CSI ControllerPublishVolume() method), and that the Kubernetes attach detach controller should call the attach volume interface which checks the volumeattachment status and waits until the volume is attached before proceeding to mounting.',
      ({ spec }) => spec?.attachRequired ?? true,
    ),
    booleanColumn(
      'PodInfoOnMount',
      'podInfoOnMount indicates this CSI volume driver requires additional pod information (like podName, podUID, etc.) during mount operations, if set to true. If set to false, pod information will not be passed on mount. Default is false.',
      ({ spec }) => spec?.podInfoOnMount ?? false,
    ),
    booleanColumn(
      'StorageCapacity',
      'storageCapacity indicates that the CSI volume driver wants pod scheduling to consider the storage capacity that the driver deployment will report by creating CSIStorageCapacity objects with capacity information, if set to true.',
      ({ spec }) => spec?.storageCapacity ?? false,
    ),
    column(
      'TokenRequests',
      "tokenRequests indicates the CSI driver needs pods' service account tokens it is mounting volume for to do necessary authentication.",
      audiences,
    ),
    booleanColumn(
      'RequiresRepublish',
      'requiresRepublish indicates the CSI driver wants `NodePublishVolume` being periodically called to reflect any possible change in the mounted volume. This field defaults to false.',
      ({ spec }) => spec?.requiresRepublish ?? false,
    ),
    column(
      'Modes',
      'volumeLifecycleModes defines what kind of volumes this CSI volume driver supports.',
      ({ spec }) => spec?.volumeLifecycleModes?.join(',') || '<none>',
    ),
    ageColumn,
  ],
});
