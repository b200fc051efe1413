import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Result } from './result.ts';

/** What `CHANGE MASTER TO` has said. */
export interface Source {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly retrySeconds: number;
  readonly file: string;
  readonly position: number;
}

/** Whom a server follows, and how far it has come. */
export class ReplicaState {
  source: Source | undefined;
  isRunning = false;
  /** Not held up by `super-read-only`. */
  isApplying = false;
  isConnected = false;
  lastError = '';
  readonly #process: Process;
  readonly #path: string;

  constructor(process: Process, directory: string) {
    this.#process = process;
    this.#path = `${directory}/master.info`;
    try {
      this.source = JSON.parse(decode(process.readFile(this.#path))) as Source;
      this.isRunning = true;
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'ENOENT') throw error;
    }
  }

  /** Sets where to go on, and keeps it for the next start. */
  keep(source: Source | undefined): void {
    this.source = source;
    if (source !== undefined) this.#process.writeFile(this.#path, encode(`${JSON.stringify(source)}\n`));
  }

  /** @param role `Slave` or `Replica` @param from what they call the other: `Master` or `Source` */
  status(role: string, from: string): Result {
    const { source } = this;
    if (source === undefined) return { columns: [`${role}_IO_State`], rows: [] };
    const state = this.isConnected ? `Waiting for ${from.toLowerCase()} to send event` : '';
    const fields = {
      [`${role}_IO_State`]: state,
      [`${from}_Host`]: source.host,
      [`${from}_User`]: source.user,
      [`${from}_Port`]: source.port,
      Connect_Retry: source.retrySeconds,
      [`${from}_Log_File`]: source.file,
      [`Read_${from}_Log_Pos`]: source.position,
      [`${role}_IO_Running`]: this.isConnected ? 'Yes' : this.isRunning ? 'Connecting' : 'No',
      [`${role}_SQL_Running`]: this.isRunning ? 'Yes' : 'No',
      [`Seconds_Behind_${from}`]: this.isConnected ? 0 : null,
      Last_IO_Error: this.lastError,
    };
    return { columns: Object.keys(fields), rows: [Object.values(fields)] };
  }
}
