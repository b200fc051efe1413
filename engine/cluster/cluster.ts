import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Client } from '../client/client.ts';
import type { KeyValue } from '../etcd/index.ts';
import type { SchedulingDecision } from '../kube-scheduler/index.ts';
import type { JournalEntry, Simulation } from '../sim/index.ts';
import type { ClusterInput, ProbeOutcome, ProbeRequest, RunOutcome } from './input.ts';
import type { ClusterOptions } from './options.ts';
import type { RequestFilter, RequestPath, RequestProbe } from './requests/request-path.ts';
import type { SessionListener } from './sessions.ts';
import type { ClusterView } from './view.ts';

/**
 * A whole cluster and its workstation. Reading (the client's get, list and watch, `view`, `readFile`) leaves no mark;
 * whatever changes anything goes through `submit` and is journalled.
 */
export interface Cluster {
  readonly options: ClusterOptions;
  /** The clock and the event loop; drive it with `runFor`, `runUntil` or `advance`. */
  readonly sim: Simulation;
  /** kubernetes-admin, for looking. Writes by this client would not be replayed: use `submit` with kind `api`. */
  readonly client: Client;

  /** Whether every node is Ready and every system Pod runs. */
  ready(): boolean;
  /** Takes an input in. Returns the ApiResponse for kind `api`, also when it is a refusal. Throws Error for an input that makes no sense. */
  submit(input: ClusterInput): unknown;
  /** The journal so far, to be kept. */
  readonly journal: readonly JournalEntry[];

  /**
   * Runs a command on a host (`workstation`, `node-1`, …) and drives the cluster until it has ended.
   * Undefined when it has not ended after `limitMs` of virtual time.
   */
  run(host: string, argv: readonly string[], limitMs: number): RunOutcome | undefined;
  /**
   * Asks the API server, as kubernetes-admin unless the request names its user, for what leaves no mark: reads, watches
   * and logs. A refusal is an answer like any other. Throws ConnectionError when no server answers.
   */
  read(request: ApiRequest): ApiResponse;
  /** Calls `listener` with what exec and attach sessions carry, from now on; the returned function ends that. */
  onSession(listener: SessionListener): () => void;
  /** Sends an HTTP request from a host and drives the cluster until the answer, an error or the time-out. */
  http(host: string, request: ProbeRequest): ProbeOutcome;

  /** Calls `listener` with what a terminal shows, from now on; the returned function ends that. */
  onTerminalOutput(listener: (terminal: string, data: Uint8Array) => void): () => void;
  /** A file of the workstation as text; undefined when there is none. */
  readFile(path: string): string | undefined;
  /** Files below a directory of the workstation, as paths relative to it, in order. The learner's home unless told. */
  listFiles(directory?: string): readonly string[];

  /** The picture at this moment. */
  view(): ClusterView;
  /**
   * What etcd holds under keys that begin with `prefix`, in order; at a revision if told. Looks at the disk, so that it can be
   * read while the API server or etcd itself is down. Throws EtcdError for a revision that is compacted or in the future.
   */
  stored(prefix: string, revision?: number): readonly KeyValue[];
  /** The revision of the last write to etcd, as its disk has it: whoever answers, and whoever does not. */
  readonly revision: number;
  /**
   * Why a Pod is where it is, or nowhere: for every node which plugin refused it, or what each plugin's score was, as of the
   * last time the scheduler tried. Undefined when the scheduler that runs now has not tried it, or no longer remembers.
   */
  explainScheduling(name: string, namespace?: string): SchedulingDecision | undefined;
  /**
   * What became of what was sent on the network in this run: the last thousand connections, datagrams and echo requests
   * (answers are part of what they answer), the newest last. For each: name look-ups, every network stack on the way, every rule
   * that fitted, the chosen endpoint and why, the time; or where and by which rule it died.
   */
  requests(filter?: RequestFilter): readonly RequestPath[];
  /**
   * What would become of a request now. It is sent in a second cluster, so this one hears nothing of it.
   *
   * @throws Error for a machine or Pod that is not there, or a Pod that does not run.
   */
  followRequest(probe: RequestProbe): RequestPath;
  /** A second cluster in exactly this state, made by replay: break it as you like. */
  fork(changes?: ForkOptions): Cluster;
}

/** The exact point of a run: virtual time and number of events, as the simulation counts them. */
export interface RunPoint {
  readonly timeMs: number;
  readonly steps: number;
}

/** In what a fork may differ from the cluster that it is made of. */
export type ForkOptions = Pick<ClusterOptions, 'unrecorded'>;

/** The learner's home directory on the workstation. */
export const HOME = '/root';
