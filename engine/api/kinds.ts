import type { IDeploymentSpec, IDeploymentStatus, IReplicaSetSpec, IReplicaSetStatus } from 'kubernetes-models/apps/v1';
import type { ILeaseSpec } from 'kubernetes-models/coordination.k8s.io/v1';
import type {
  IEventSeries,
  IEventSource,
  INamespaceSpec,
  INamespaceStatus,
  INodeSpec,
  INodeStatus,
  IObjectReference,
  IPodSpec,
  IPodStatus,
} from 'kubernetes-models/v1';
import type { KubeObject } from './object.ts';

export type {
  IContainer as Container,
  IContainerState as ContainerState,
  IContainerStatus as ContainerStatus,
  ILifecycleHandler as LifecycleHandler,
  INodeCondition as NodeCondition,
  INodeSpec as NodeSpec,
  INodeStatus as NodeStatus,
  IObjectReference as ObjectReference,
  IPodCondition as PodCondition,
  IPodSpec as PodSpec,
  IPodStatus as PodStatus,
  IPodTemplateSpec as PodTemplateSpec,
  IProbe as Probe,
  IResourceRequirements as ResourceRequirements,
  ITaint as Taint,
  IToleration as Toleration,
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
