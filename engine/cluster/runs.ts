import { Errno } from '../linux/errno.ts';
import type { Host } from '../linux/host.ts';
import { httpRequest } from '../linux/http.ts';
import { decode } from '../linux/stdio.ts';
import type { Program } from '../linux/syscalls.ts';
import { HOME } from './cluster.ts';
import type { ProbeOutcome, ProbeRequest, RunOutcome } from './input.ts';
import { SHELL_ENVIRONMENT } from './terminals.ts';

/** Most output of a command that is kept, in bytes a stream. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

const DEFAULT_TIMEOUT_MS = 5000;

/** Commands and requests that were started from outside, and what came of those that have ended. */
export class Runs {
  readonly #commands = new Map<string, RunOutcome>();
  readonly #requests = new Map<string, ProbeOutcome>();
  #count = 0;

  /** A name for the next. */
  next(): string {
    return `run-${this.#count + 1}`;
  }

  /** The outcome of a command, once it has ended. */
  command(run: string): RunOutcome | undefined {
    return this.#commands.get(run);
  }

  /** The outcome of a request, once there is one. */
  request(run: string): ProbeOutcome | undefined {
    return this.#requests.get(run);
  }

  /** What cannot be executed ends with exit code 126. */
  startCommand(run: string, host: Host, argv: readonly string[]): void {
    this.#note(run);
    const stdout = new Output();
    const stderr = new Output();
    const start = (): unknown =>
      host.spawn({
        run: '/usr/bin/env',
        argv: ['env', ...argv],
        env: SHELL_ENVIRONMENT,
        cwd: HOME,
        files: { 1: host.sink((data) => stdout.add(data)), 2: host.sink((data) => stderr.add(data)) },
        onExit: (status) => {
          const exitCode = status.kind === 'exited' ? status.code : 137;
          this.#commands.set(run, { exitCode, stdout: stdout.text(), stderr: stderr.text() });
        },
      });
    try {
      start();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.#commands.set(run, { exitCode: 126, stdout: '', stderr: `env: ${error.message}\n` });
    }
  }

  startRequest(run: string, host: Host, request: ProbeRequest): void {
    this.#note(run);
    const outcomes = this.#requests;
    const ask: Program = function* (process) {
      try {
        const { address, port, path = '/', headers, timeoutMs = DEFAULT_TIMEOUT_MS } = request;
        const response = yield* httpRequest(process, { host: address, port, path, headers, timeoutMs });
        outcomes.set(run, { status: response.status, headers: response.headers, body: decode(response.body) });
        return 0;
      } catch (error) {
        outcomes.set(run, { error: (error as Error).message });
        return 1;
      }
    };
    try {
      host.spawn({ run: ask, argv: ['curl', `http://${request.address}:${request.port}${request.path ?? '/'}`] });
    } catch (error) {
      // A machine that is full of processes starts no more.
      if (!(error instanceof Errno)) throw error;
      outcomes.set(run, { error: error.message });
    }
  }

  /** Names come from a journal, too, when a cluster is brought back. */
  #note(run: string): void {
    this.#count = Math.max(this.#count, Number(run.slice('run-'.length)));
  }
}

/** Collects a stream up to a limit. */
class Output {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  add(data: Uint8Array): void {
    if (this.#bytes >= MAX_OUTPUT_BYTES) return;
    this.#chunks.push(data.slice(0, MAX_OUTPUT_BYTES - this.#bytes));
    this.#bytes += data.length;
  }

  text(): string {
    return this.#chunks.map((chunk) => decode(chunk)).join('');
  }
}
