import type {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  IngressClass,
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
  PriorityClass,
  ReplicaSet,
  ResourceQuota,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
} from './kinds.ts';
import type { KubeObject } from './object.ts';

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
const endpoints = resource<Endpoints>('v1', 'endpoints', 'Endpoints');
const limitRanges = resource<LimitRange>('v1', 'limitranges', 'LimitRange');
const persistentVolumes = resource<PersistentVolume>('v1', 'persistentvolumes', 'PersistentVolume', false);
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
);
const resourceQuotas = resource<ResourceQuota>('v1', 'resourcequotas', 'ResourceQuota');
const secrets = resource<Secret>('v1', 'secrets', 'Secret');
const services = resource<Service>('v1', 'services', 'Service');
const horizontalPodAutoscalers = resource<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
);
const endpointSlices = resource<EndpointSlice>('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice');
const ingresses = resource<Ingress>('networking.k8s.io/v1', 'ingresses', 'Ingress');
const ingressClasses = resource<IngressClass>('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', false);
const networkPolicies = resource<NetworkPolicy>('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy');
const podDisruptionBudgets = resource<PodDisruptionBudget>('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget');
const clusterRoles = resource<ClusterRole>('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', false);
const clusterRoleBindings = resource<ClusterRoleBinding>(
  'rbac.authorization.k8s.io/v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
  false,
);
const roles = resource<Role>('rbac.authorization.k8s.io/v1', 'roles', 'Role');
const roleBindings = resource<RoleBinding>('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding');
const priorityClasses = resource<PriorityClass>('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', false);
const storageClasses = resource<StorageClass>('storage.k8s.io/v1', 'storageclasses', 'StorageClass', false);

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
  if (namespace !== undefined && namespace !== '') path += `/namespaces/${encodeURIComponent(namespace)}`;
  path += `/${at.plural}`;
  if (name !== undefined) path += `/${encodeURIComponent(name)}`;
  if (subresource !== undefined) path += `/${subresource}`;
  return path;
}
