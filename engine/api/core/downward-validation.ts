import type { FieldError } from '../field-error.ts';
import { invalid, notSupported, required } from '../field-errors.ts';
import { checkQualifiedName } from '../names.ts';
import type { FieldRef, ResourceFieldRef } from './container-defaults.ts';

// The downward API: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/

/** Fields a Pod may be asked for at all. */
const KNOWN: ReadonlySet<string> = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.phase',
  'status.podIP',
  'status.podIPs',
]);

export const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

const SUBSCRIPT = /^(metadata\.(?:labels|annotations))\['([^']*)'\]$/;

export function validateFieldRef(
  errors: FieldError[],
  { fieldPath = '' }: FieldRef,
  allowed: readonly string[],
  field: string,
): void {
  const at = `${field}.fieldPath`;
  if (fieldPath === '') {
    errors.push(required(at));
    return;
  }
  const key = SUBSCRIPT.exec(fieldPath)?.[2];
  if (key !== undefined) {
    for (const detail of checkQualifiedName(key.toLowerCase())) errors.push(invalid(at, key, detail));
  } else if (!KNOWN.has(fieldPath)) {
    errors.push(invalid(at, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`));
  } else if (!allowed.includes(fieldPath)) errors.push(notSupported(at, fieldPath, allowed));
}

export function validateResourceFieldRef(
  errors: FieldError[],
  reference: ResourceFieldRef & { containerName?: string },
  volume: boolean,
  field: string,
): void {
  if (volume && (reference.containerName ?? '') === '') errors.push(required(`${field}.containerName`));
  const resource = reference.resource ?? '';
  if (resource === '') errors.push(required(`${field}.resource`));
  else if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    errors.push(notSupported(`${field}.resource`, resource, RESOURCES));
  }
}
