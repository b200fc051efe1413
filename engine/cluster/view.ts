/** What a container's cell in the picture shows. */
export interface ContainerView {
  readonly name: string;
  readonly kind: 'pause' | 'init' | 'container';
  readonly image: string;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Why it waits or ended: `CrashLoopBackOff`, `Completed`, … */
  readonly reason?: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** On the node's host, while it runs. */
  readonly pid?: number;
}

export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The STATUS column of `kubectl get pods`. */
  readonly status: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly ip?: string;
  /** `ReplicaSet/web-5d8f…`, where a controller owns it. */
  readonly owner?: string;
  /** The pause process first, then init containers, then the others in their order. */
  readonly containers: readonly ContainerView[];
}

export interface NodeView {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly ready: boolean;
  /** The STATUS column of `kubectl get nodes`. */
  readonly status: string;
  readonly poweredOn: boolean;
  readonly pods: readonly PodView[];
}

/** The whole picture at one moment: what the cluster's objects and its machines say. */
export interface ClusterView {
  readonly timeMs: number;
  /** What the cluster's clocks show, in milliseconds since 1970. */
  readonly wallMs: number;
  readonly revision: number;
  readonly nodes: readonly NodeView[];
  /** Pods that are bound to no node. */
  readonly unscheduled: readonly PodView[];
}
