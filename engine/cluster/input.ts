import type { ApiRequest } from '../api/request.ts';

/** Something breaks, on purpose. */
export type Fault =
  /** A signal (KILL unless told) to the main process of a container; `pause` is the Pod's infra container. */
  | {
      readonly type: 'kill-container';
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly signal?: string;
    }
  /** A signal to every process with this name on a host, e.g. `kubelet` on `node-1`. */
  | { readonly type: 'kill-process'; readonly host: string; readonly process: string; readonly signal?: string }
  /** The power goes, without a word. */
  | { readonly type: 'power-off'; readonly host: string }
  /** A machine is shut down in order, then its power goes. */
  | { readonly type: 'shutdown'; readonly host: string }
  | { readonly type: 'power-on'; readonly host: string }
  /** Nothing gets through between two machines any more; a third may still hear both. */
  | { readonly type: 'partition'; readonly hosts: readonly [string, string] }
  /** How long packets take between two machines, one way. */
  | { readonly type: 'latency'; readonly hosts: readonly [string, string]; readonly latencyMs: number }
  /** Which part of the packets between two machines is lost, from 0 to 1. */
  | { readonly type: 'packet-loss'; readonly hosts: readonly [string, string]; readonly probability: number }
  /** Ends partition, latency and loss between two machines. */
  | { readonly type: 'heal'; readonly hosts: readonly [string, string] }
  /** Renames a file on a host, e.g. a static Pod's manifest. */
  | { readonly type: 'move-file'; readonly host: string; readonly from: string; readonly to: string }
  /** A GPU reports an error by number: https://docs.nvidia.com/deploy/xid-errors/; from 0, as `nvidia-smi -L` counts. */
  | { readonly type: 'gpu-xid'; readonly host: string; readonly gpu: number; readonly xid: number }
  /** A GPU falls off the bus. */
  | { readonly type: 'gpu-unplug'; readonly host: string; readonly gpu: number }
  /** A GPU works again: reset, or plugged in anew. */
  | { readonly type: 'gpu-reset'; readonly host: string; readonly gpu: number };

/** Everything that can reach a cluster from outside; the kinds of journal entries. */
export type ClusterInput =
  /** Opens a terminal with an interactive shell on the workstation. `terminal` is the caller's name for it. */
  | { readonly kind: 'terminal.open'; readonly terminal: string; readonly columns: number; readonly rows: number }
  /** What is typed or pasted, as text. */
  | { readonly kind: 'terminal.input'; readonly terminal: string; readonly text: string }
  | { readonly kind: 'terminal.resize'; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly kind: 'terminal.close'; readonly terminal: string }
  /** A file of the workstation, saved by the editor; a relative path is relative to the learner's home. */
  | { readonly kind: 'file.write'; readonly path: string; readonly text: string }
  | { readonly kind: 'file.delete'; readonly path: string }
  /** A request to the API server, as kubernetes-admin unless it names its user; the answer, a refusal too, is what `submit` returns. */
  | { readonly kind: 'api'; readonly request: ApiRequest }
  /** The client of a request has gone before it was answered. `entry` is the request's place in the journal. */
  | { readonly kind: 'api.leave'; readonly entry: number }
  /** Opens an exec or attach session; the answer to the request is what `submit` returns. */
  | { readonly kind: 'session.open'; readonly session: string; readonly request: ApiRequest }
  /** What the client types or pipes in: one character for each byte. */
  | { readonly kind: 'session.stdin'; readonly session: string; readonly bytes: string }
  | { readonly kind: 'session.closeStdin'; readonly session: string }
  | { readonly kind: 'session.resize'; readonly session: string; readonly columns: number; readonly rows: number }
  /** The client has gone away. */
  | { readonly kind: 'session.close'; readonly session: string }
  | { readonly kind: 'fault'; readonly fault: Fault }
  /** A command on a host, e.g. `workstation`; its outcome is asked for by its `run` name. */
  | { readonly kind: 'run'; readonly run: string; readonly host: string; readonly argv: readonly string[] }
  /** An HTTP request from a process on a host. */
  | { readonly kind: 'http'; readonly run: string; readonly host: string; readonly request: ProbeRequest };

/** An HTTP request that a grader or a lesson sends from a machine of the cluster. */
export interface ProbeRequest {
  readonly address: string;
  readonly port: number;
  /** `/` unless told. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Five seconds unless told. */
  readonly timeoutMs?: number;
}

/** What came of it: an answer, or why there was none. */
export type ProbeOutcome =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly error: string };

/** What came of a command. */
export interface RunOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A request of whoever is outside: what it is about is read from its path, whatever else came with it. */
export function fromOutside(request: ApiRequest): ApiRequest {
  return { ...request, info: undefined };
}
