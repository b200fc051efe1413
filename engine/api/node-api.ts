import type { StartByteStream, StartSession } from './request.ts';

/** `kubectl logs` flags, as query parameters of the log subresource. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly sinceTime?: string;
  readonly limitBytes?: number;
}

export interface ExecOptions {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Thrown by a kubelet for a request it cannot serve; the API server passes status and message on. */
export class NodeApiError extends Error {
  override readonly name = 'NodeApiError';
  /** The HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * What the API server asks of a kubelet's server (port 10250): the other half of the log, exec and attach subresources.
 * Each call throws a `NodeApiError` when it cannot begin.
 */
export interface NodeApi {
  containerLogs(pod: PodIdentity, container: string, options: LogOptions): StartByteStream;
  exec(pod: PodIdentity, container: string, options: ExecOptions): StartSession;
  attach(pod: PodIdentity, container: string, options: Omit<ExecOptions, 'command'>): StartSession;
  /** One connection to a port in the Pod's network: what is sent to it is stdin, what comes from it stdout. */
  portForward(pod: PodIdentity, port: number): StartSession;
  /** What the node and everything on it uses. */
  usage(): NodeUsage;
  /** Any other GET: `/stats/summary`, `/metrics/resource`, …; undefined for what is not there. */
  get(path: string, query: URLSearchParams): NodeDocument | undefined;
}

/** What somebody has used until a moment. */
export interface UsageSample {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** Of a CPU, all that was used since the start. */
  readonly cpuMs: number;
  /** Held at that moment. */
  readonly memoryBytes: number;
}

export interface ContainerUsage extends UsageSample {
  readonly name: string;
  readonly startedAtMs: number;
  /** Of the disk, by what it has written outside volumes. */
  readonly writableBytes: number;
  readonly writableInodes: number;
}

export interface PodUsage {
  readonly podRef: PodIdentity;
  /** Those that run. */
  readonly containers: readonly ContainerUsage[];
}

export interface NodeUsage {
  readonly nodeName: string;
  readonly node: UsageSample;
  readonly pods: readonly PodUsage[];
}

export interface NodeDocument {
  /** 200 unless told. */
  readonly status?: number;
  /** With status 301: where it is. */
  readonly location?: string;
  readonly contentType: string;
  readonly body: string;
}

export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Finds the kubelet of a node; undefined when none answers there (the API server then reports a dial error). */
export type NodeDialer = (nodeName: string) => NodeApi | undefined;
