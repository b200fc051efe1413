import type { CustomSchema, Topology } from './custom-schema.ts';
import { schemaAt, type ValueSchema } from './definitions.ts';
import { shortName } from './go-types.ts';

// How lists merge is written in Go struct tags (patchStrategy, patchMergeKey, listType, listMapKey) that the published
// schema keeps but kubernetes-models drops; hence these tables, by `Struct.field`.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy

export interface PatchMerge {
  /** The field by which items of a list are told apart; absent for lists of scalars. */
  readonly mergeKey?: string;
  readonly strategy?: 'merge' | 'replace' | 'retainKeys';
}

interface Keys {
  /** For strategic merge patch. Absent: the list is replaced. */
  readonly patch?: PatchMerge;
  /** For server-side apply: the keys of a list that is a map. Empty: a set. Absent: the list is atomic. */
  readonly apply?: readonly string[];
}

function byKey(mergeKey: string, apply: readonly string[] | undefined = [mergeKey]): Keys {
  return { patch: { mergeKey, strategy: 'merge' }, ...(apply === undefined ? {} : { apply }) };
}

const SET: Keys = { patch: { strategy: 'merge' }, apply: [] };

/** A list that is a map for server-side apply alone. */
function appliedBy(...apply: readonly string[]): Keys {
  return { apply };
}

const KEYS: Readonly<Record<string, Keys>> = {
  'ObjectMeta.finalizers': SET,
  'ObjectMeta.ownerReferences': byKey('uid'),
  'PodSpec.containers': byKey('name'),
  'PodSpec.initContainers': byKey('name'),
  'PodSpec.ephemeralContainers': byKey('name'),
  // Switching a volume's source must drop the old one, hence retainKeys inside an item.
  'PodSpec.volumes': byKey('name'),
  'PodSpec.imagePullSecrets': byKey('name'),
  'PodSpec.hostAliases': byKey('ip'),
  'PodSpec.topologySpreadConstraints': byKey('topologyKey', ['topologyKey', 'whenUnsatisfiable']),
  'PodSpec.schedulingGates': byKey('name'),
  'PodSpec.resourceClaims': byKey('name'),
  'PodDisruptionBudgetSpec.selector': { patch: { strategy: 'replace' } },
  'ContainerStatus.allocatedResourcesStatus': byKey('name'),
  'Container.ports': byKey('containerPort', ['containerPort', 'protocol']),
  'Container.env': byKey('name'),
  'Container.volumeMounts': byKey('mountPath'),
  'Container.volumeDevices': byKey('devicePath'),
  'EphemeralContainer.ports': byKey('containerPort', ['containerPort', 'protocol']),
  'EphemeralContainer.env': byKey('name'),
  'EphemeralContainer.volumeMounts': byKey('mountPath'),
  'EphemeralContainer.volumeDevices': byKey('devicePath'),
  'ResourceRequirements.claims': { apply: ['name'] },
  'PodStatus.conditions': byKey('type'),
  'PodStatus.podIPs': byKey('ip'),
  'PodStatus.hostIPs': byKey('ip', undefined),
  'PodStatus.resourceClaimStatuses': byKey('name'),
  'ContainerStatus.volumeMounts': byKey('mountPath'),
  'NodeSpec.podCIDRs': SET,
  'NodeStatus.conditions': byKey('type'),
  'NodeStatus.addresses': byKey('type'),
  'NamespaceStatus.conditions': byKey('type'),
  'CustomResourceDefinitionStatus.conditions': { apply: ['type'] },
  'DeploymentStatus.conditions': byKey('type'),
  'ReplicaSetStatus.conditions': byKey('type'),
  'ServiceAccount.secrets': byKey('name'),
  'ServiceSpec.ports': byKey('port', ['port', 'protocol']),
  'ServiceStatus.conditions': byKey('type'),
  'PersistentVolumeClaimStatus.conditions': byKey('type'),
  'PodDisruptionBudgetStatus.conditions': byKey('type'),
  'HorizontalPodAutoscalerStatus.conditions': byKey('type'),
  'DaemonSetStatus.conditions': byKey('type'),
  'StatefulSetStatus.conditions': byKey('type'),
  'ReplicationControllerStatus.conditions': byKey('type'),
  'JobStatus.conditions': byKey('type', undefined),
  'PodFailurePolicyOnExitCodesRequirement.values': appliedBy(),
  'Endpoint.addresses': appliedBy(),
  'ServiceCIDRStatus.conditions': byKey('type'),
  'CSINodeSpec.drivers': byKey('name'),
  'CSIDriverSpec.volumeLifecycleModes': appliedBy(),
  'ValidatingWebhookConfiguration.webhooks': byKey('name'),
  'MutatingWebhookConfiguration.webhooks': byKey('name'),
  'ValidatingWebhook.matchConditions': byKey('name'),
  'MutatingWebhook.matchConditions': byKey('name'),
  'ValidatingAdmissionPolicySpec.matchConditions': byKey('name'),
  'ValidatingAdmissionPolicySpec.variables': byKey('name'),
  'ValidatingAdmissionPolicyStatus.conditions': appliedBy('type'),
  'ValidatingAdmissionPolicyBindingSpec.validationActions': appliedBy(),
  'MutatingAdmissionPolicySpec.matchConditions': byKey('name'),
  'CertificateSigningRequestStatus.conditions': appliedBy('type'),
  'FlowSchemaStatus.conditions': byKey('type'),
  'PriorityLevelConfigurationStatus.conditions': byKey('type'),
  'ResourcePolicyRule.verbs': appliedBy(),
  'ResourcePolicyRule.apiGroups': appliedBy(),
  'ResourcePolicyRule.resources': appliedBy(),
  'ResourcePolicyRule.namespaces': appliedBy(),
  'NonResourcePolicyRule.verbs': appliedBy(),
  'NonResourcePolicyRule.nonResourceURLs': appliedBy(),
  'APIServiceStatus.conditions': byKey('type'),
  'ResourceClaimStatus.reservedFor': byKey('uid'),
  'ResourceClaimStatus.devices': appliedBy('driver', 'device', 'pool', 'shareID'),
  'AllocatedDeviceStatus.conditions': appliedBy('type'),
  'PodGroupStatus.conditions': byKey('type'),
  'PodGroupStatus.resourceClaimStatuses': byKey('name'),
  'PodGroupSpec.resourceClaims': byKey('name'),
  'PodGroupTemplate.resourceClaims': byKey('name'),
  'WorkloadSpec.podGroupTemplates': appliedBy('name'),
};

/** Objects of which only the keys in the patch survive. */
const RETAIN_KEYS: ReadonlySet<string> = new Set([
  'DeploymentSpec.strategy',
  'PodSpec.volumes',
  'PodSpec.resourceClaims',
  'PodStatus.resourceClaimStatuses',
]);

/** Objects and maps that server-side apply owns as a whole. */
const ATOMIC: ReadonlySet<string> = new Set([
  'LabelSelector',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectReference',
  'TypedLocalObjectReference',
  'LocalObjectReference',
  'SecretKeySelector',
  'ConfigMapKeySelector',
  'ObjectFieldSelector',
  'ResourceFieldSelector',
  'SecretReference',
  'CrossVersionObjectReference',
  'RoleRef',
  'ServiceBackendPort',
  'MatchResources',
  'NamedRuleWithOperations',
  'ParamKind',
  'ParamRef',
  'ScopeSelector',
  'ScopedResourceSelectorRequirement',
  'TopologySelectorTerm',
]);
const ATOMIC_FIELDS: ReadonlySet<string> = new Set([
  'PodSpec.nodeSelector',
  'ServiceSpec.selector',
  'ReplicationControllerSpec.selector',
  'Scheduling.nodeSelector',
]);
/** References that are elsewhere atomic. */
const GRANULAR_FIELDS: ReadonlySet<string> = new Set(['PersistentVolumeSpec.claimRef']);

/** The `Struct.field` that a path of field names ends at, list indices and map keys left out. */
function ownerAndField(schemaName: string, fieldPath: readonly string[]): string | undefined {
  const field = fieldPath.at(-1);
  if (field === undefined) return undefined;
  let owner = schemaAt(schemaName, fieldPath.slice(0, -1));
  while (owner?.type === 'list') owner = owner.of;
  return owner?.type === 'object' ? `${shortName(owner.definition)}.${field}` : undefined;
}

function own<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * How strategic merge patch treats a field: `patchMergeKey(pod.schema, ['spec', 'containers'])` is
 * `{ mergeKey: 'name', strategy: 'merge' }`. Undefined: objects merge, lists are replaced.
 * The path names fields only: no indices, no keys of maps.
 */
export function patchMergeKey(schemaName: string, fieldPath: readonly string[]): PatchMerge | undefined {
  const place = ownerAndField(schemaName, fieldPath);
  const patch = own(KEYS, place)?.patch;
  if (patch !== undefined) return patch;
  return place !== undefined && RETAIN_KEYS.has(place) ? { strategy: 'retainKeys' } : undefined;
}

/** Whether an object at this path (or an item of the list there) keeps only the keys its patch names. */
export function retainsKeys(schemaName: string, fieldPath: readonly string[]): boolean {
  const place = ownerAndField(schemaName, fieldPath);
  return place !== undefined && RETAIN_KEYS.has(place);
}

/**
 * How server-side apply owns a list: by these keys, item by item (`[]` for a set of scalars), or, when undefined, as a
 * whole.
 */
export function listMapKeys(schemaName: string, fieldPath: readonly string[]): readonly string[] | undefined {
  return own(KEYS, ownerAndField(schemaName, fieldPath))?.apply;
}

/** Whether server-side apply owns the object or map at a path as a whole. */
export function isAtomic(schemaName: string, fieldPath: readonly string[]): boolean {
  const at: ValueSchema | undefined = schemaAt(schemaName, fieldPath);
  if (at?.type !== 'object' && at?.type !== 'map') return false;
  return topologyOf(at, ownerAndField(schemaName, fieldPath) ?? '') === 'atomic';
}

/** @param place the value's `Struct.field`, empty for what stands in a list or map. */
export function topologyOf(schema: CustomSchema, place: string): Topology {
  switch (schema.type) {
    case 'object':
      if (ATOMIC_FIELDS.has(place)) return 'atomic';
      return ATOMIC.has(shortName(schema.definition)) && !GRANULAR_FIELDS.has(place) ? 'atomic' : 'fields';
    case 'map':
      return mergeOf(schema) ?? (ATOMIC_FIELDS.has(place) ? 'atomic' : 'fields');
    case 'list':
      return mergeOf(schema) ?? own(KEYS, place)?.apply ?? 'atomic';
    case 'struct':
      return schema.merge ?? 'fields';
    case 'untyped':
      return 'fields';
    default:
      return 'atomic';
  }
}

function mergeOf(schema: CustomSchema): Topology | undefined {
  return 'merge' in schema ? schema.merge : undefined;
}
