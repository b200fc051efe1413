import type { Keyspace } from './keyspace.ts';
import type { Reply } from './reply.ts';

/** Where a command runs. */
export interface Context {
  readonly keys: Keyspace;
  readonly nowMs: number;
}

/** A client waits for one of these keys; `attempt` is tried after every write. */
export interface Blocked {
  readonly attempt: () => Reply | undefined;
  /** Infinity without a limit. */
  readonly timeoutMs: number;
}

export interface Command {
  /** With the name: exactly so many words, or at least so many when negative. */
  readonly arity: number;
  /** Changes data, and goes into the append-only file. */
  readonly write?: boolean;
  run(context: Context, args: readonly string[]): Reply | Blocked;
}

export type CommandTable = Readonly<Record<string, Command>>;

export const read = (arity: number, run: Command['run']): Command => ({ arity, run });
export const write = (arity: number, run: Command['run']): Command => ({ arity, write: true, run });
