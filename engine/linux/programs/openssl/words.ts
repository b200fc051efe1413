import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';

/** What openssl says instead of doing it. */
export class OpensslError extends Error {
  override readonly name = 'OpensslError';
}

/** Options that stand alone. */
const FLAGS: ReadonlySet<string> = new Set(
  'x509 nodes noenc new noout text subject issuer dates startdate enddate serial req CAcreateserial apr1 showcerts brief quiet sha256 verify modulus hex base64 pubkey pubin pubout binary r md5 sha1'.split(
    ' ',
  ),
);

/** openssl's command line: `-name value`, `-flag`, and what is left. */
export class Words {
  readonly operands: readonly string[];
  /** The options as they came. */
  readonly named: readonly (readonly [name: string, value: string])[];
  readonly #process: Process;

  constructor(process: Process, args: readonly string[]) {
    this.#process = process;
    const values: (readonly [string, string])[] = [];
    const operands: string[] = [];
    for (let at = 0; at < args.length; at++) {
      const word = args[at]!;
      if (!word.startsWith('-') || word === '-') operands.push(word);
      else if (FLAGS.has(word.replace(/^--?/, ''))) values.push([word.replace(/^--?/, ''), '']);
      else values.push([word.replace(/^--?/, ''), args[++at] ?? '']);
    }
    this.operands = operands;
    this.named = values;
  }

  has(name: string): boolean {
    return this.named.some(([each]) => each === name);
  }

  value(name: string): string | undefined {
    return this.named.findLast(([each]) => each === name)?.[1];
  }

  all(name: string): readonly string[] {
    return this.named.filter(([each]) => each === name).map(([, value]) => value);
  }

  /** The text of a file. Throws OpensslError. */
  file(path: string): string {
    return decode(this.bytes(path));
  }

  /** What a file holds. Throws OpensslError. */
  bytes(path: string): Uint8Array {
    try {
      return this.#process.readFile(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new OpensslError(`Can't open "${path}" for reading, ${error.message}`);
    }
  }

  *input(): Task<string> {
    return decode(yield* readAll(this.#process, 0));
  }
}
