import { sameValue, withDefaults, withField } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, immutable, invalid, oneOf } from '../field-errors.ts';
import { nextGeneration } from '../generation.ts';
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

const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const MODES = ['Persistent', 'Ephemeral'];
const MIN_UPDATE_SECONDS = 10;
const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

function validateTokenRequests(errors: FieldError[], requests: NonNullable<Spec['tokenRequests']>): void {
  const seen = new Set<string>();
  requests.forEach(({ audience = '', expirationSeconds: seconds }, index) => {
    const at = `spec.tokenRequests[${index}]`;
    if (seen.has(audience)) {
      errors.push(duplicate(`${at}.audience`, audience));
      return;
    }
    seen.add(audience);
    if (seconds === undefined) return;
    const field = `${at}.expirationSeconds`;
    if (seconds < MIN_TOKEN_SECONDS) {
      errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
    }
    if (seconds > MAX_TOKEN_SECONDS) {
      errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
    }
  });
}

/** What Pods have to be told anew when it changes raises the generation; the rest of the spec hardly ever changes. */
function countChanges(next: CSIDriver, previous: CSIDriver): CSIDriver {
  const { tokenRequests, requiresRepublish } = previous.spec ?? NO_SPEC;
  const changed =
    !sameValue(next.spec?.tokenRequests, tokenRequests) || next.spec?.requiresRepublish !== requiresRepublish;
  return changed ? nextGeneration(next, previous, true) : next;
}

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
  prepareForUpdate: countChanges,
  ...validation<CSIDriver>({
    namespaced: false,
    validate(errors, { spec = NO_SPEC }) {
      oneOf(errors, 'spec.fsGroupPolicy', spec.fsGroupPolicy, FS_GROUP_POLICIES);
      validateTokenRequests(errors, spec.tokenRequests ?? []);
      for (const mode of spec.volumeLifecycleModes ?? []) oneOf(errors, 'spec.volumeLifecycleModes', mode, MODES);
      const period = spec.nodeAllocatableUpdatePeriodSeconds;
      if (period !== undefined && period < MIN_UPDATE_SECONDS) {
        const detail = `must be greater than or equal to ${MIN_UPDATE_SECONDS} seconds`;
        errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, detail));
      }
    },
    validateChange(errors, { spec: next = NO_SPEC }, { spec: previous = NO_SPEC }) {
      if (next.attachRequired !== previous.attachRequired) {
        errors.push(immutable('spec.attachedRequired', next.attachRequired));
      }
      if (!sameValue(next.volumeLifecycleModes, previous.volumeLifecycleModes)) {
        errors.push(immutable('spec.volumeLifecycleModes', next.volumeLifecycleModes));
      }
    },
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
