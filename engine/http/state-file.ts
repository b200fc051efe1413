import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { JournalEntry } from '../sim/index.ts';

/** What a cluster was built from; kept as the file's first line. */
export interface StateHeader {
  readonly format: 'drydock-journal/1';
  readonly seed: string;
  readonly epochMs: number;
  readonly nodes: number;
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
 * effect, so what was acknowledged survives the death of this process (though not a power cut: nothing is fsynced).
 */
export class StateFile {
  readonly #file: number;

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

  begin(header: StateHeader): void {
    this.#write(header);
  }

  append(entry: JournalEntry): void {
    this.#write(entry);
  }

  /** Says how far the run has come without inputs. */
  mark(clock: RunPoint): void {
    this.#write({ clock });
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
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
  if (header.format !== 'drydock-journal/1') throw new Error(`${path} is not a journal that this version can read`);
  const entries = rest.filter((line) => 'input' in line) as unknown as JournalEntry[];
  const clock = rest.findLast((line) => 'clock' in line || 'input' in line);
  const end = clock === undefined || 'input' in clock ? undefined : (clock['clock'] as RunPoint);
  return { header, entries, end };
}
