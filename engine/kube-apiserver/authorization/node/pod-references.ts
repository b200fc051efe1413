import type { Container, Pod } from '../../../api/kinds.ts';

const MIRROR = 'kubernetes.io/config.mirror';

/** What a Pod names in its own namespace, as `secrets/NAME`, `configmaps/NAME`, …: what its kubelet must be able to read. */
export function podReferences({ metadata, spec, status }: Pod): ReadonlySet<string> {
  const found = new Set<string>();
  // A kubelet can make mirror Pods at will; they open nothing.
  if (metadata.annotations?.[MIRROR] !== undefined) return found;
  const note = (plural: string, name: string | undefined) => {
    if (name !== undefined && name !== '') found.add(`${plural}/${name}`);
  };
  note('serviceaccounts', spec.serviceAccountName);
  for (const { name } of spec.imagePullSecrets ?? []) note('secrets', name);
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  for (const container of containers) noteEnvironment(container as Container, note);
  for (const volume of spec.volumes ?? []) noteVolume(volume, metadata.name, note);
  const claims = [...(spec.resourceClaims ?? []), ...(status?.resourceClaimStatuses ?? [])];
  for (const claim of claims) note('resourceclaims', claim.resourceClaimName);
  return found;
}

type Note = (plural: string, name: string | undefined) => void;

function noteEnvironment({ env = [], envFrom = [] }: Container, note: Note): void {
  for (const { valueFrom } of env) {
    note('secrets', valueFrom?.secretKeyRef?.name);
    note('configmaps', valueFrom?.configMapKeyRef?.name);
  }
  for (const { secretRef, configMapRef } of envFrom) {
    note('secrets', secretRef?.name);
    note('configmaps', configMapRef?.name);
  }
}

function noteVolume(volume: NonNullable<Pod['spec']['volumes']>[number], pod: string, note: Note): void {
  note('secrets', volume.secret?.secretName);
  note('configmaps', volume.configMap?.name);
  note('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName);
  if (volume.ephemeral !== undefined) note('persistentvolumeclaims', `${pod}-${volume.name}`);
  note('secrets', volume.csi?.nodePublishSecretRef?.name);
  for (const { secret, configMap } of volume.projected?.sources ?? []) {
    note('secrets', secret?.name);
    note('configmaps', configMap?.name);
  }
}
