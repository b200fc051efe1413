import type { StartByteStream, StartSession } from '../api/request.ts';
import type { Task } from '../sim/index.ts';
import type { RegistryLogin } from './image.ts';

// The Container Runtime Interface: the seam between the kubelet and the runtime, in the words of
// https://github.com/kubernetes/cri-api (runtime.v1). Calls that take time are tasks. Failures are CriErrors.

/** A gRPC status as the runtime gives it; `message` is what the kubelet puts into events. */
export class CriError extends Error {
  override readonly name = 'CriError';
  readonly code: 'NotFound' | 'Unavailable' | 'Unknown' | 'DeadlineExceeded' | 'InvalidArgument' | 'AlreadyExists';

  constructor(code: CriError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';

export interface PodSandboxConfig {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly attempt: number;
  };
  readonly hostname: string;
  readonly logDirectory: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly dnsConfig?: {
    readonly servers: readonly string[];
    readonly searches: readonly string[];
    readonly options: readonly string[];
  };
  /** Ports of the node that lead into the sandbox; those without a `hostPort` do not. */
  readonly portMappings?: readonly {
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    readonly containerPort: number;
    readonly hostPort: number;
    readonly hostIp?: string | undefined;
  }[];
  readonly linux: {
    readonly cgroupParent: string;
    readonly namespaces: {
      readonly network: NamespaceMode;
      readonly pid: NamespaceMode;
      readonly ipc: NamespaceMode;
      /** Of the Pod's own user namespace; none: the machine's. */
      readonly user?: readonly { readonly inside: number; readonly outside: number; readonly count: number }[];
    };
    readonly sysctls?: Readonly<Record<string, string>>;
  };
}

export interface PodSandboxStatus {
  readonly id: string;
  readonly metadata: PodSandboxConfig['metadata'];
  readonly state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Absent for host network and until the network is set up. */
  readonly ip?: string;
  /** The pause process, in the host's pid namespace. */
  readonly pid: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ContainerMount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
  /** `None`, `HostToContainer` or `Bidirectional`: whether mounts made later below it are seen in the container, on the host. */
  readonly propagation?: string;
  /** Mounts what is in an image, by its reference or id, and not what is on the host; `imageSubPath` is a part of it. */
  readonly image?: string;
  readonly imageSubPath?: string;
}

export interface ContainerDevice {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly permissions: string;
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly image: string;
  /** The Pod's `command`: replaces the image's entrypoint (and drops its command). Empty means the image's. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDirectory?: string;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly mounts: readonly ContainerMount[];
  readonly devices: readonly ContainerDevice[];
  /** Names of the Container Device Interface, `vendor/class=name`; none unless told. */
  readonly CDIDevices?: readonly { readonly name: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Relative to the sandbox's log directory. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly stopSignal?: string;
  readonly linux: {
    readonly resources: {
      readonly cpuShares?: number;
      readonly cpuQuotaMillis?: number;
      readonly memoryLimitBytes?: number;
      readonly oomScoreAdj?: number;
      /** Files of the control group, by name; of these `memory.oom.group` is heeded. */
      readonly unified?: Readonly<Record<string, string>>;
    };
    readonly security: {
      readonly runAsUser?: number;
      readonly runAsGroup?: number;
      readonly supplementalGroups?: readonly number[];
      /** Whether the groups that the image's /etc/group names the user in are added. */
      readonly supplementalGroupsPolicy?: 'Merge' | 'Strict';
      /** Without `CAP_`; `ALL` is all of them. */
      readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
      readonly noNewPrivileges?: boolean;
      readonly seccomp?: 'Unconfined' | 'RuntimeDefault' | 'Localhost';
      /** The file of a Localhost profile. */
      readonly seccompFile?: string;
      /** Undefined is the runtime's default, too. */
      readonly appArmor?: 'Unconfined' | 'RuntimeDefault' | 'Localhost';
      /** The name of a Localhost profile. */
      readonly appArmorProfile?: string;
      readonly privileged?: boolean;
      readonly readOnlyRootFilesystem?: boolean;
      /** CONTAINER, POD (shareProcessNamespace), NODE (hostPID) or TARGET (that of the container `targetId`). */
      readonly pidNamespace: NamespaceMode;
      readonly targetId?: string;
    };
  };
}

export interface ContainerStatus {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata: ContainerConfig['metadata'];
  readonly state: 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';
  readonly createdAtMs: number;
  /** 0 until then. */
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, `ContainerCannotRun`. */
  readonly reason: string;
  readonly message: string;
  readonly image: string;
  /** `docker.io/library/nginx@sha256:…` */
  readonly imageRef: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly logPath: string;
  /** In the host's pid namespace; 0 when not running. */
  readonly pid: number;
  /** Whom its first process runs as; absent where there are no processes. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
}

/** What a container that runs uses. */
export interface ContainerStats {
  readonly id: string;
  readonly name: string;
  readonly podUid: string;
  readonly startedAtMs: number;
  /** Of a CPU, since the start. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** Of the disk, by its writable layer. */
  readonly writableBytes: number;
  readonly writableInodes: number;
}

export interface ImageStatus {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** Never to be removed for want of room: the image of the sandboxes. */
  readonly pinned?: boolean;
  /** The uid the image asks to run as; absent when it names a user or none. */
  readonly uid?: number;
  readonly username?: string;
}

export interface ContainerEvent {
  readonly containerId: string;
  readonly podSandboxId: string;
  readonly podUid: string;
  readonly type:
    | 'CONTAINER_CREATED_EVENT'
    | 'CONTAINER_STARTED_EVENT'
    | 'CONTAINER_STOPPED_EVENT'
    | 'CONTAINER_DELETED_EVENT';
}

export interface RuntimeService {
  version(): { readonly runtimeName: string; readonly runtimeVersion: string };
  /** Whether runtime and network are ready, with the runtime's own words when not. */
  status(): { readonly runtimeReady: boolean; readonly networkReady: boolean; readonly message: string };

  /** @param runtimeHandler of the Pod's RuntimeClass; the default one unless told */
  runPodSandbox(config: PodSandboxConfig, runtimeHandler?: string): Task<string>;
  /** Kills what runs in it and gives the network back. May be repeated. */
  stopPodSandbox(id: string): Task<void>;
  removePodSandbox(id: string): Task<void>;
  podSandboxStatus(id: string): PodSandboxStatus;
  listPodSandboxes(): readonly PodSandboxStatus[];

  createContainer(podSandboxId: string, config: ContainerConfig, sandboxConfig: PodSandboxConfig): Task<string>;
  startContainer(id: string): Task<void>;
  /** Stop signal, then KILL after the timeout. Returns when it has ended. */
  stopContainer(id: string, timeoutSeconds: number): Task<void>;
  removeContainer(id: string): Task<void>;
  /** What the container may use from now on. */
  updateContainerResources(id: string, resources: ContainerConfig['linux']['resources']): void;
  containerStatus(id: string): ContainerStatus;
  listContainers(): readonly ContainerStatus[];
  /** Of all containers that run. */
  listContainerStats(): readonly ContainerStats[];

  /** Throws CriError DeadlineExceeded when the command outlasts the timeout (0: none). */
  execSync(
    id: string,
    command: readonly string[],
    timeoutSeconds: number,
  ): Task<{ readonly stdout: Uint8Array; readonly stderr: Uint8Array; readonly exitCode: number }>;
  exec(
    id: string,
    command: readonly string[],
    options: { readonly stdin: boolean; readonly tty: boolean },
  ): StartSession;
  attach(id: string, options: { readonly stdin: boolean; readonly tty: boolean }): StartSession;
  /**
   * One connection to a port in the sandbox's network namespace: what is sent to it is stdin, what comes from it stdout.
   * The session's exit says why there is none.
   */
  portForward(podSandboxId: string, port: number): StartSession;
  /** The container's log file as the kubelet serves it. */
  containerLog(
    id: string,
    options: {
      readonly follow?: boolean;
      readonly timestamps?: boolean;
      readonly tailLines?: number;
      readonly sinceMs?: number;
      readonly limitBytes?: number;
    },
  ): StartByteStream;

  /** The container's log file has been moved away: a new one is begun. */
  reopenContainerLog(id: string): void;
  /**
   * Tells of log files that are larger than this, at each write to one. CRI has no such thing, and a real kubelet looks at
   * every file every ten seconds; this spares those in which nothing happens.
   */
  watchLogs(limitBytes: number, listener: (containerId: string, bytes: number) => void): () => void;

  /** Container life-cycle events; the returned function ends the subscription. */
  subscribe(listener: (event: ContainerEvent) => void): () => void;
}

export interface ImageService {
  /** undefined when the image is not on the host. */
  imageStatus(reference: string): ImageStatus | undefined;
  listImages(): readonly ImageStatus[];
  /** Takes as long as the image is big. Returns the image reference with its digest. */
  pullImage(reference: string, login?: RegistryLogin): Task<string>;
  removeImage(reference: string): void;
}
