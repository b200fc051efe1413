import type { Unstructured } from '../unstructured.ts';

/** A resource on its way through a kustomization. */
export interface Item {
  readonly object: Unstructured;
  /** Every name it has had, the first one last: references and targets may use any of them. */
  readonly formerNames: readonly string[];
  /** Whether a hash of the content comes behind the name. */
  readonly hashed: boolean;
}

export function itemOf(object: Unstructured, hashed = false): Item {
  return { object, formerNames: [], hashed };
}

export function renamed(item: Item, object: Unstructured): Item {
  const before = item.object.metadata.name;
  if (object.metadata.name === before) return { ...item, object };
  return { ...item, object, formerNames: [before, ...item.formerNames] };
}

export function answersTo({ object, formerNames }: Item, name: string): boolean {
  return object.metadata.name === name || formerNames.includes(name);
}

/** `apps` of `apps/v1`. */
export function groupOf({ apiVersion }: Pick<Unstructured, 'apiVersion'>): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

export function versionOf({ apiVersion }: Pick<Unstructured, 'apiVersion'>): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** `Deployment.v1.apps/web.[noNs]`, as kustomize writes an identity in its messages. */
export function idText(object: Unstructured): string {
  const { name, namespace } = object.metadata;
  const group = groupOf(object);
  return `${object.kind}.${versionOf(object)}.${group === '' ? '[noGrp]' : group}/${name}.${namespace ?? '[noNs]'}`;
}

/** Kinds that live in no namespace. After sigs.k8s.io/kustomize kyaml/openapi. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set(
  (
    'Namespace Node PersistentVolume StorageClass VolumeAttachment CSIDriver CSINode ClusterRole ClusterRoleBinding ' +
    'CustomResourceDefinition APIService PriorityClass IngressClass RuntimeClass CertificateSigningRequest FlowSchema ' +
    'PriorityLevelConfiguration MutatingWebhookConfiguration ValidatingWebhookConfiguration ' +
    'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding ' +
    'DeviceClass ResourceSlice IPAddress ServiceCIDR'
  ).split(' '),
);

export function isClusterScoped({ kind }: Pick<Unstructured, 'kind'>): boolean {
  return CLUSTER_SCOPED.has(kind);
}
