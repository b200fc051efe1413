import type { HttpServerRequest, UpgradedResponse } from '../../http.ts';
import type { Process } from '../../syscalls.ts';
import type { Config, Location, Server } from './config.ts';
import { LEVELS, type Settings } from './settings.ts';
import type { WorkerState } from './worker-state.ts';

/** A request on its way through the configuration. */
export interface Exchange {
  /** Who sees to it: the worker, or a child of it that waits for others. */
  process: Process;
  inChild: boolean;
  /** The worker, as logs name it. */
  readonly pid: number;
  readonly request: HttpServerRequest;
  readonly server: Server;
  readonly config: Config;
  readonly state: WorkerState;
  /** Of its connection, and of itself. */
  readonly number: number;
  readonly startMs: number;
  readonly id: string;
  /** Decoded and without `..`; rewriting changes it. */
  uri: string;
  args: string;
  method: string;
  /** No longer what the client sent. */
  rewritten: boolean;
  /** Sent on by the configuration itself. */
  internal: boolean;
  location: Location | undefined;
  settings: Settings;
  captures: readonly (string | undefined)[];
  /** Variables that `set` and named groups have made. */
  readonly assigned: Map<string, string>;
  user: string | undefined;
  readonly upstream: { readonly name: string; address: string; status: string; timeMs: number }[];
  upstreamHeaders: Readonly<Record<string, string>>;
  proxyHost: string;
  /** The connection to the server behind, once it speaks another protocol. */
  behind: UpgradedResponse['behind'] | undefined;
  /** What is sent, as far as it is known. */
  answer: { status: number; bytes: number; headers: Readonly<Record<string, string>> } | undefined;
  /** Complaints for the error log. */
  readonly errors: { readonly level: number; readonly text: string; readonly upstream: string | undefined }[];
}

export function startExchange(
  process: Process,
  parts: Pick<Exchange, 'request' | 'server' | 'config' | 'state' | 'number'>,
  uri: string,
): Exchange {
  return {
    ...parts,
    process,
    inChild: false,
    pid: process.pid,
    startMs: process.now(),
    id: parts.state.nextId(),
    uri,
    args: parts.request.query,
    method: parts.request.method,
    rewritten: false,
    internal: false,
    location: undefined,
    settings: parts.server.settings,
    captures: [],
    assigned: new Map(),
    user: undefined,
    upstream: [],
    upstreamHeaders: {},
    proxyHost: '',
    behind: undefined,
    answer: undefined,
    errors: [],
  };
}

/** @param upstream the address that was asked, if it is about one. */
export function complain(exchange: Exchange, text: string, level = 'error', upstream?: string): void {
  exchange.errors.push({ level: LEVELS.indexOf(level), text, upstream });
}

/** Keeps the groups that a regular expression has caught, for `$1` and by name. */
export function keepCaptures(exchange: Exchange, match: RegExpExecArray): void {
  exchange.captures = match;
  for (const [name, value] of Object.entries(match.groups ?? {})) exchange.assigned.set(name, value ?? '');
}
