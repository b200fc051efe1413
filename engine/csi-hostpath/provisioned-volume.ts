import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/kinds.ts';
import type { Manifest } from '../api/object.ts';
import { requestedStorage } from '../client/volume-binding.ts';

/** On volumes that a provisioner made, with its name. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** Keeps a volume's object until the volume itself is gone. */
export const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';

interface Made {
  readonly volume_id: string;
  readonly capacity_bytes: number;
  readonly volume_context: Readonly<Record<string, string>>;
  readonly accessible_topology: readonly { readonly segments: Readonly<Record<string, string>> }[];
}

/** The object for a volume that the driver has made, given to its claim already. */
export function volumeFor(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  driver: string,
  made: Made,
): Manifest<PersistentVolume> {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const { volumeAttributesClassName: attributesClass = '' } = claim.spec;
  const { reclaimPolicy = 'Delete', mountOptions, parameters = {} } = storageClass;
  const terms = made.accessible_topology.map(({ segments }) => ({
    matchExpressions: Object.entries(segments).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
  }));
  const fsType = parameters['csi.storage.k8s.io/fstype'];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: {
        [PROVISIONED_BY]: driver,
        'volume.kubernetes.io/provisioner-deletion-secret-name': '',
        'volume.kubernetes.io/provisioner-deletion-secret-namespace': '',
      },
      ...(reclaimPolicy === 'Delete' ? { finalizers: [FINALIZER] } : {}),
    },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: sizeText(made.capacity_bytes, requestedStorage(claim)) },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion },
      csi: {
        driver,
        volumeHandle: made.volume_id,
        volumeAttributes: { ...made.volume_context, 'storage.kubernetes.io/csiProvisionerIdentity': driver },
        ...(fsType === undefined ? {} : { fsType }),
      },
      ...(terms.length === 0 ? {} : { nodeAffinity: { required: { nodeSelectorTerms: terms } } }),
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      ...(attributesClass === '' ? {} : { volumeAttributesClassName: attributesClass }),
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      ...(mountOptions === undefined ? {} : { mountOptions }),
    },
  } as Manifest<PersistentVolume>;
}

const UNITS = [
  ['Ti', 2 ** 40],
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
] as const;

/** In the largest unit that comes out even. */
function sizeText(bytes: number, fallback: string | number): string {
  if (bytes === 0) return String(fallback);
  const unit = UNITS.find(([, size]) => bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}

/** Whether the volume is where this driver is: of a driver on every node each looks after its own. */
export function isOwnVolume({ spec }: PersistentVolume, topology: Readonly<Record<string, string>>): boolean {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  if (terms === undefined || Object.keys(topology).length === 0) return true;
  return terms.some(({ matchExpressions = [] }) =>
    matchExpressions.every(({ key, values = [] }) => values.includes(topology[key] ?? '')),
  );
}
