import type {
  APIService,
  CertificateSigningRequest,
  DeviceClass,
  FlowSchema,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingWebhookConfiguration,
  PriorityLevelConfiguration,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from './extension-kinds.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
  IPAddress,
  Job,
  Lease,
  LimitRange,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodTemplate,
  PriorityClass,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  Role,
  RoleBinding,
  RuntimeClass,
  Secret,
  Service,
  ServiceAccount,
  ServiceCIDR,
  StatefulSet,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from './kinds.ts';
import type { KubeObject } from './object.ts';
import type { PodGroup } from './scheduling/workload-kinds.ts';

/** Where a kind is served, and (for the compiler) what it looks like. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: carries the type. */
  readonly object?: T;
}

function resource<T extends KubeObject>(
  apiVersion: string,
  plural: string,
  kind: string,
  namespaced = true,
): Resource<T> {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return { group, version: apiVersion.slice(slash + 1), plural, kind, namespaced };
}

export const namespaces = resource<Namespace>('v1', 'namespaces', 'Namespace', false);
export const nodes = resource<Node>('v1', 'nodes', 'Node', false);
export const pods = resource<Pod>('v1', 'pods', 'Pod');
export const events = resource<Event>('v1', 'events', 'Event');
export const configMaps = resource<ConfigMap>('v1', 'configmaps', 'ConfigMap');
export const serviceAccounts = resource<ServiceAccount>('v1', 'serviceaccounts', 'ServiceAccount');
export const replicaSets = resource<ReplicaSet>('apps/v1', 'replicasets', 'ReplicaSet');
export const deployments = resource<Deployment>('apps/v1', 'deployments', 'Deployment');
export const controllerRevisions = resource<ControllerRevision>('apps/v1', 'controllerrevisions', 'ControllerRevision');
export const daemonSets = resource<DaemonSet>('apps/v1', 'daemonsets', 'DaemonSet');
export const statefulSets = resource<StatefulSet>('apps/v1', 'statefulsets', 'StatefulSet');
export const jobs = resource<Job>('batch/v1', 'jobs', 'Job');
export const cronJobs = resource<CronJob>('batch/v1', 'cronjobs', 'CronJob');
export const leases = resource<Lease>('coordination.k8s.io/v1', 'leases', 'Lease');
export const endpoints = resource<Endpoints>('v1', 'endpoints', 'Endpoints');
const limitRanges = resource<LimitRange>('v1', 'limitranges', 'LimitRange');
export const persistentVolumes = resource<PersistentVolume>('v1', 'persistentvolumes', 'PersistentVolume', false);
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
);
export const resourceQuotas = resource<ResourceQuota>('v1', 'resourcequotas', 'ResourceQuota');
export const secrets = resource<Secret>('v1', 'secrets', 'Secret');
export const services = resource<Service>('v1', 'services', 'Service');
export const horizontalPodAutoscalers = resource<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
);
export const endpointSlices = resource<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice');
export const ingresses = resource<Ingress>('networking.k8s.io/v1', 'ingresses', 'Ingress');
export const ingressClasses = resource<IngressClass>('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', false);
export const networkPolicies = resource<NetworkPolicy>('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy');
export const podDisruptionBudgets = resource<PodDisruptionBudget>(
  'policy/v1',
  'poddisruptionbudgets',
  'PodDisruptionBudget',
);
export const clusterRoles = resource<ClusterRole>('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', false);
export const clusterRoleBindings = resource<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
  false,
);
const roles = resource<Role>('rbac.authorization.k8s.io/v1', 'roles', 'Role');
const roleBindings = resource<RoleBinding>('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding');
const priorityClasses = resource<PriorityClass>('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', false);
/** Served only where the feature GenericWorkload is on. */
export const podGroups = resource<PodGroup>('scheduling.k8s.io/v1alpha2', 'podgroups', 'PodGroup');
export const storageClasses = resource<StorageClass>('storage.k8s.io/v1', 'storageclasses', 'StorageClass', false);
const podTemplates = resource<PodTemplate>('v1', 'podtemplates', 'PodTemplate');
export const replicationControllers = resource<ReplicationController>(
  'v1',
  'replicationcontrollers',
  'ReplicationController',
);
export const ipAddresses = resource<IPAddress>('networking.k8s.io/v1', 'ipaddresses', 'IPAddress', false);
export const serviceCIDRs = resource<ServiceCIDR>('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR', false);
export const csiDrivers = resource<CSIDriver>('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', false);
export const csiNodes = resource<CSINode>('storage.k8s.io/v1', 'csinodes', 'CSINode', false);
export const csiStorageCapacities = resource<CSIStorageCapacity>(
  'storage.k8s.io/v1',
  'csistoragecapacities',
  'CSIStorageCapacity',
);
export const volumeAttachments = resource<VolumeAttachment>(
  'storage.k8s.io/v1',
  'volumeattachments',
  'VolumeAttachment',
  false,
);
export const volumeAttributesClasses = resource<VolumeAttributesClass>(
  'storage.k8s.io/v1',
  'volumeattributesclasses',
  'VolumeAttributesClass',
  false,
);
export const runtimeClasses = resource<RuntimeClass>('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', false);
const mutatingWebhookConfigurations = resource<MutatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
  false,
);
const validatingWebhookConfigurations = resource<ValidatingWebhookConfiguration>(
  'admissionregistration.k8s.io/v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
  false,
);
const validatingAdmissionPolicies = resource<ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicies',
  'ValidatingAdmissionPolicy',
  false,
);
const validatingAdmissionPolicyBindings = resource<ValidatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
  false,
);
const mutatingAdmissionPolicies = resource<MutatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'mutatingadmissionpolicies',
  'MutatingAdmissionPolicy',
  false,
);
const mutatingAdmissionPolicyBindings = resource<MutatingAdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'mutatingadmissionpolicybindings',
  'MutatingAdmissionPolicyBinding',
  false,
);
export const certificateSigningRequests = resource<CertificateSigningRequest>(
  'certificates.k8s.io/v1',
  'certificatesigningrequests',
  'CertificateSigningRequest',
  false,
);
const flowSchemas = resource<FlowSchema>('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema', false);
const priorityLevelConfigurations = resource<PriorityLevelConfiguration>(
  'flowcontrol.apiserver.k8s.io/v1',
  'prioritylevelconfigurations',
  'PriorityLevelConfiguration',
  false,
);
const apiServices = resource<APIService>('apiregistration.k8s.io/v1', 'apiservices', 'APIService', false);
export const deviceClasses = resource<DeviceClass>('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass', false);
export const resourceClaims = resource<ResourceClaim>('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim');
export const resourceClaimTemplates = resource<ResourceClaimTemplate>(
  'resource.k8s.io/v1',
  'resourceclaimtemplates',
  'ResourceClaimTemplate',
);
export const resourceSlices = resource<ResourceSlice>('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice', false);

/** Every resource named above. */
export const RESOURCES: readonly Resource[] = [
  namespaces,
  nodes,
  pods,
  events,
  configMaps,
  serviceAccounts,
  replicaSets,
  deployments,
  controllerRevisions,
  daemonSets,
  statefulSets,
  jobs,
  cronJobs,
  leases,
  endpoints,
  limitRanges,
  persistentVolumes,
  persistentVolumeClaims,
  resourceQuotas,
  secrets,
  services,
  horizontalPodAutoscalers,
  endpointSlices,
  ingresses,
  ingressClasses,
  networkPolicies,
  podDisruptionBudgets,
  clusterRoles,
  clusterRoleBindings,
  roles,
  roleBindings,
  priorityClasses,
  storageClasses,
  podTemplates,
  replicationControllers,
  ipAddresses,
  serviceCIDRs,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  volumeAttachments,
  volumeAttributesClasses,
  runtimeClasses,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
  certificateSigningRequests,
  flowSchemas,
  priorityLevelConfigurations,
  apiServices,
  deviceClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
];

/** The resource of a kind, by the kind's name. */
export function resourceOfKind(kind: string): Resource | undefined {
  return RESOURCES.find((resource) => resource.kind === kind);
}

/** The path of a resource's collection or, with a name, of one object (and one of its subresources). */
export function resourcePath(
  at: Pick<Resource, 'group' | 'version' | 'plural'>,
  namespace?: string,
  name?: string,
  subresource?: string,
): string {
  let path = at.group === '' ? `/api/${at.version}` : `/apis/${at.group}/${at.version}`;
  if (namespace !== undefined && namespace !== '') path += `/namespaces/${pathSegment(namespace)}`;
  path += `/${at.plural}`;
  if (name !== undefined) path += `/${pathSegment(name)}`;
  if (subresource !== undefined) path += `/${subresource}`;
  return path;
}

/** Nearly every name is spelt the same in a path. */
function pathSegment(name: string): string {
  return /^[\w.-]*$/.test(name) ? name : encodeURIComponent(name);
}
