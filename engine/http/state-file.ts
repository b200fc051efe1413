import { closeSync, existsSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEntry } from '../sim/index.ts';
import type { KeptKeys } from './cluster-keys.ts';

/** What a cluster was built from; kept as the file's first line. */
export interface StateHeader {
  readonly format: 'drydock-journal/2';
  readonly seed: string;
  readonly epochMs: number;
  /** With which it signs certificates and tokens. */
  readonly keys: KeptKeys;
  readonly nodes: number;
  /** One unless told. */
  readonly controlPlanes?: number;
  /** Of each worker, in their order; none where it ends. */
  readonly gpus?: readonly number[];
  /** Whether it has a driver that makes volumes. */
  readonly storage?: boolean;
}

/** A point of a run: virtual time and number of events. */
export interface RunPoint {
  readonly timeMs: number;
  readonly step: number;
}

export interface KeptState {
  readonly header: StateHeader;
  readonly entries: readonly JournalEntry[];
  /** How far the run is known to have come. */
  readonly end: RunPoint | undefined;
}

/**
 * The journal on disk, a line of JSON for each input. A line is handed to the operating system before the input takes
 * effect, and answers wait for `synced`: what was acknowledged survives the death of this process and a power cut.
 */
export class StateFile {
  readonly #file: number;
  #waiting: PromiseWithResolvers<void>[] = [];
  #syncing = false;

  private constructor(file: number) {
    this.#file = file;
  }

  /** Opens a file, and reads what it holds if it is not new. @throws Error for a file that is no journal. */
  static open(path: string): { readonly file: StateFile; readonly kept: KeptState | undefined } {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    // A line that was being written when the process died has not been acknowledged.
    const whole = bytes.lastIndexOf('\n') + 1;
    const kept = whole === 0 ? undefined : readState(path, bytes.subarray(0, whole).toString('utf8'));
    if (whole === 0 && bytes.length > 0 && bytes[0] !== 0x7b) throw new Error(`${path} is not a journal`);
    const file = openSync(path, 'a', 0o600);
    ftruncateSync(file, whole);
    return { file: new StateFile(file), kept };
  }

  /** Writes the first line of a new file, at `path`. */
  begin(header: StateHeader, path: string): void {
    this.#write(header);
    fsyncSync(this.#file);
    syncDirectory(dirname(path));
  }

  append(entry: JournalEntry): void {
    this.#write(entry);
  }

  /** Says how far the run has come without inputs. */
  mark(clock: RunPoint): void {
    this.#write({ clock });
  }

  /**
   * Resolves when all that was appended up to now is on the disk. Those who ask while the disk is busy wait together for
   * its next turn, so that many writers cost no more than one.
   */
  synced(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    if (!this.#syncing) this.#sync();
    return waiting.promise;
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #sync(): void {
    const served = this.#waiting;
    this.#waiting = [];
    this.#syncing = true;
    fdatasync(this.#file, (error) => {
      this.#syncing = false;
      for (const { resolve, reject } of served) {
        if (error === null) resolve();
        else reject(error);
      }
      if (this.#waiting.length > 0) this.#sync();
    });
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** A new file is only there after a power cut if its directory knows it. */
function syncDirectory(path: string): void {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function readState(path: string, text: string): KeptState {
  const lines = text.split('\n').slice(0, -1);
  const parse = (line: string, index: number): Record<string, unknown> => {
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`${path}:${index + 1} is not a line of a journal`);
    }
  };
  const [first, ...rest] = lines.map(parse);
  const header = first as unknown as StateHeader;
  if (header.format !== 'drydock-journal/2') throw new Error(`${path} is not a journal that this version can read`);
  const entries = rest.filter((line) => 'input' in line) as unknown as JournalEntry[];
  const clock = rest.findLast((line) => 'clock' in line || 'input' in line);
  const end = clock === undefined || 'input' in clock ? undefined : (clock['clock'] as RunPoint);
  return { header, entries, end };
}
