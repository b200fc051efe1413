import type {
  IDaemonSetSpec,
  IDaemonSetStatus,
  IDeploymentSpec,
  IDeploymentStatus,
  IReplicaSetSpec,
  IReplicaSetStatus,
  IStatefulSetSpec,
  IStatefulSetStatus,
} from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscalerSpec, IHorizontalPodAutoscalerStatus } from 'kubernetes-models/autoscaling/v2';
import type { ICronJobSpec, ICronJobStatus, IJobSpec, IJobStatus } from 'kubernetes-models/batch/v1';
import type { ILeaseSpec } from 'kubernetes-models/coordination.k8s.io/v1';
import type { IEndpoint, IEndpointPort } from 'kubernetes-models/discovery.k8s.io/v1';
import type {
  IIngressClassSpec,
  IIngressSpec,
  IIngressStatus,
  IIPAddressSpec,
  INetworkPolicySpec,
  IServiceCIDRSpec,
  IServiceCIDRStatus,
} from 'kubernetes-models/networking.k8s.io/v1';
import type { IRuntimeClass } from 'kubernetes-models/node.k8s.io/v1';
import type { IPodDisruptionBudgetSpec, IPodDisruptionBudgetStatus } from 'kubernetes-models/policy/v1';
import type { IAggregationRule, IPolicyRule, IRoleRef, ISubject } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import type {
  ICSIDriverSpec,
  ICSINodeSpec,
  ICSIStorageCapacity,
  IStorageClass,
  IVolumeAttachmentSpec,
  IVolumeAttachmentStatus,
} from 'kubernetes-models/storage.k8s.io/v1';
import type {
  IEndpointSubset,
  IEventSeries,
  IEventSource,
  ILimitRangeSpec,
  INamespaceSpec,
  INamespaceStatus,
  INodeSpec,
  INodeStatus,
  IObjectReference,
  IPersistentVolumeClaimSpec,
  IPersistentVolumeClaimStatus,
  IPersistentVolumeSpec,
  IPersistentVolumeStatus,
  IPodSpec,
  IPodStatus,
  IPodTemplateSpec,
  IReplicationControllerSpec,
  IReplicationControllerStatus,
  IResourceQuotaSpec,
  IResourceQuotaStatus,
  IServiceSpec,
  IServiceStatus,
} from 'kubernetes-models/v1';
import type { KubeObject } from './object.ts';

export type { IPolicyRule as PolicyRule } from 'kubernetes-models/rbac.authorization.k8s.io/v1';

export type {
  IContainer as Container,
  IContainerState as ContainerState,
  IContainerStatus as ContainerStatus,
  ILifecycleHandler as LifecycleHandler,
  INodeCondition as NodeCondition,
  INodeStatus as NodeStatus,
  IObjectReference as ObjectReference,
  IPodCondition as PodCondition,
  IPodSpec as PodSpec,
  IPodStatus as PodStatus,
  IPodTemplateSpec as PodTemplateSpec,
  IProbe as Probe,
  IResourceRequirements as ResourceRequirements,
  ISeccompProfile as SeccompProfile,
  ITaint as Taint,
  IToleration as Toleration,
  ITopologySpreadConstraint as TopologySpreadConstraint,
  IVolume as Volume,
  IVolumeMount as VolumeMount,
} from 'kubernetes-models/v1';

// The wire shapes come from kubernetes-models (Kubernetes 1.36); here they get metadata as stored.

export interface Namespace extends KubeObject {
  readonly spec?: INamespaceSpec;
  readonly status?: INamespaceStatus;
}

export interface Node extends KubeObject {
  readonly spec: INodeSpec;
  readonly status?: INodeStatus;
}

export interface Pod extends KubeObject {
  readonly spec: IPodSpec;
  readonly status?: IPodStatus;
}

export interface ReplicaSet extends KubeObject {
  readonly spec: IReplicaSetSpec;
  readonly status?: IReplicaSetStatus;
}

export interface Deployment extends KubeObject {
  readonly spec: IDeploymentSpec;
  readonly status?: IDeploymentStatus;
}

export interface DaemonSet extends KubeObject {
  readonly spec: IDaemonSetSpec;
  readonly status?: IDaemonSetStatus;
}

export interface StatefulSet extends KubeObject {
  readonly spec: IStatefulSetSpec;
  readonly status?: IStatefulSetStatus;
}

/** Immutable but for its number. */
export interface ControllerRevision extends KubeObject {
  readonly data?: { readonly [field: string]: unknown };
  readonly revision: number;
}

export interface Job extends KubeObject {
  readonly spec: IJobSpec;
  readonly status?: IJobStatus;
}

export interface CronJob extends KubeObject {
  readonly spec: ICronJobSpec;
  readonly status?: ICronJobStatus;
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export interface ServiceAccount extends KubeObject {
  readonly automountServiceAccountToken?: boolean;
}

export interface Lease extends KubeObject {
  readonly spec?: ILeaseSpec;
}

/** A core/v1 Event: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export interface Event extends KubeObject {
  readonly involvedObject: IObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly type?: 'Normal' | 'Warning';
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly action?: string;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
  readonly series?: IEventSeries;
  readonly source?: IEventSource;
}

export interface Secret extends KubeObject {
  readonly type?: string;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
  /** Only in what clients write. */
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

export interface Service extends KubeObject {
  readonly spec: IServiceSpec;
  readonly status?: IServiceStatus;
}

export interface Endpoints extends KubeObject {
  readonly subsets?: IEndpointSubset[];
}

export interface EndpointSlice extends KubeObject {
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: IEndpoint[];
  readonly ports?: IEndpointPort[];
}

export interface PersistentVolume extends KubeObject {
  readonly spec: IPersistentVolumeSpec;
  readonly status?: IPersistentVolumeStatus;
}

export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: IPersistentVolumeClaimSpec;
  readonly status?: IPersistentVolumeClaimStatus;
}

export interface LimitRange extends KubeObject {
  readonly spec?: ILimitRangeSpec;
}

export interface ResourceQuota extends KubeObject {
  readonly spec?: IResourceQuotaSpec;
  readonly status?: IResourceQuotaStatus;
}

export interface PriorityClass extends KubeObject {
  readonly value: number;
  readonly globalDefault?: boolean;
  readonly description?: string;
  readonly preemptionPolicy?: string;
}

export interface Role extends KubeObject {
  readonly rules?: readonly IPolicyRule[] | null;
}

export interface ClusterRole extends KubeObject {
  readonly rules?: readonly IPolicyRule[] | null;
  readonly aggregationRule?: IAggregationRule;
}

export interface RoleBinding extends KubeObject {
  readonly roleRef: IRoleRef;
  readonly subjects?: ISubject[];
}

export interface ClusterRoleBinding extends KubeObject {
  readonly roleRef: IRoleRef;
  readonly subjects?: ISubject[];
}

export interface StorageClass extends KubeObject {
  readonly provisioner: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly allowVolumeExpansion?: boolean;
  readonly mountOptions?: IStorageClass['mountOptions'];
  readonly allowedTopologies?: IStorageClass['allowedTopologies'];
}

export interface Ingress extends KubeObject {
  readonly spec?: IIngressSpec;
  readonly status?: IIngressStatus;
}

export interface IngressClass extends KubeObject {
  readonly spec?: IIngressClassSpec;
}

export interface NetworkPolicy extends KubeObject {
  readonly spec?: INetworkPolicySpec;
}

export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: IPodDisruptionBudgetSpec;
  readonly status?: IPodDisruptionBudgetStatus;
}

export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec?: IHorizontalPodAutoscalerSpec;
  readonly status?: IHorizontalPodAutoscalerStatus;
}

export interface PodTemplate extends KubeObject {
  readonly template?: IPodTemplateSpec;
}

export interface ReplicationController extends KubeObject {
  readonly spec?: IReplicationControllerSpec;
  readonly status?: IReplicationControllerStatus;
}

export interface IPAddress extends KubeObject {
  readonly spec?: IIPAddressSpec;
}

export interface ServiceCIDR extends KubeObject {
  readonly spec?: IServiceCIDRSpec;
  readonly status?: IServiceCIDRStatus;
}

export interface CSIDriver extends KubeObject {
  readonly spec?: ICSIDriverSpec;
}

export interface CSINode extends KubeObject {
  readonly spec?: ICSINodeSpec;
}

export interface VolumeAttachment extends KubeObject {
  readonly spec?: IVolumeAttachmentSpec;
  readonly status?: IVolumeAttachmentStatus;
}

export interface RuntimeClass extends KubeObject {
  readonly handler: string;
  readonly overhead?: IRuntimeClass['overhead'];
  readonly scheduling?: IRuntimeClass['scheduling'];
}

export interface CSIStorageCapacity extends KubeObject {
  readonly storageClassName: string;
  readonly capacity?: ICSIStorageCapacity['capacity'];
  readonly maximumVolumeSize?: ICSIStorageCapacity['maximumVolumeSize'];
  readonly nodeTopology?: ICSIStorageCapacity['nodeTopology'];
}

export interface VolumeAttributesClass extends KubeObject {
  readonly driverName: string;
  readonly parameters?: Readonly<Record<string, string>>;
}
