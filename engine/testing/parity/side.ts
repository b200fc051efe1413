import type { Fault } from './fault.ts';

/** What a command wrote and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** One of two equal clusters and the kubectl that talks to it. */
export interface Side {
  /** Virtual milliseconds since the cluster's start. */
  readonly nowMs: number;
  /** Lets virtual time pass up to a moment; does nothing when that is past. */
  passTo(timeMs: number): void;
  /** From now on the server fails in this way; undefined: it does not. */
  setFault(fault: Fault | undefined): void;
  /** Runs a shell line in the home directory. @param live whether virtual time passes meanwhile */
  run(line: string, live: boolean): Promise<Outcome>;
  close(): Promise<void>;
}

/** Longest that one command may take. */
export const COMMAND_LIMIT_MS = 300_000;
