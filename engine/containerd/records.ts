import type { SessionSink } from '../api/request.ts';
import type { Cgroup, Namespace, NamespaceSet, PseudoTerminal } from '../linux/host.ts';
import type { Credentials, Process } from '../linux/syscalls.ts';
import type { ContainerLog } from './container-log.ts';
import type { ContainerConfig, ContainerStatus, PodSandboxConfig } from './cri.ts';
import type { StoredImage } from './image-store.ts';

/** A sandbox: the pause process and the namespaces it holds open. */
export interface Sandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  /** Empty for the default one. */
  readonly runtimeHandler: string;
  readonly createdAtMs: number;
  readonly namespaces: Pick<NamespaceSet, 'net' | 'ipc' | 'uts' | 'pid' | 'user'>;
  /** In the order in which they were made. */
  readonly containers: Set<Container>;
  ready: boolean;
  ip: string | undefined;
  /** Absent once the pause process has ended. */
  pause: Process | undefined;
  /** Whether the network still has to be given back. */
  networkSetUp: boolean;
}

/** What a process of the container is started with; also what `exec` uses. */
export interface ProcessEnvironment {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly credentials: Credentials;
  readonly namespaces: Pick<NamespaceSet, 'net' | 'ipc' | 'uts' | 'pid' | 'user' | 'mnt'> & Partial<NamespaceSet>;
  readonly cgroup: Cgroup;
  readonly oomScoreAdj?: number;
}

export interface Container {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly config: ContainerConfig;
  readonly image: StoredImage;
  readonly createdAtMs: number;
  readonly log: ContainerLog;
  readonly argv: readonly string[];
  readonly cgroup: Cgroup;
  readonly root: Namespace;
  readonly env: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  /** Clients of `attach`. */
  readonly attached: Set<SessionSink>;
  /** Called once each, when it has ended. */
  readonly onEnd: Set<() => void>;
  state: ContainerStatus['state'];
  startedAtMs: number;
  finishedAtMs: number;
  exitCode: number;
  reason: string;
  message: string;
  /** Once started. */
  environment: ProcessEnvironment | undefined;
  /** While it runs. */
  process: Process | undefined;
  terminal: PseudoTerminal | undefined;
  stdin: { send(data: Uint8Array): void; close(): void } | undefined;
}
