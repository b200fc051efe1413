import { decode, encode, readAll } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** Bytes of standard input or a file that kubectl is willing to hold. */
export const MAX_INPUT_BYTES = 8 * 1024 * 1024;

/** An answer to a question is short. */
const MAX_LINE_BYTES = 4096;
const NEWLINE = 10;

/**
 * Standard output and error of a command. Text is kept until `flush`, so that only commands that wait have to be
 * written with waiting in mind; the order between the two streams is kept.
 */
export class Streams {
  readonly #process: Process;
  readonly #manifestAt: (url: string) => string | undefined;
  #pending: { fd: number; text: string }[] = [];

  constructor(process: Process, manifestAt: (url: string) => string | undefined = () => undefined) {
    this.#process = process;
    this.#manifestAt = manifestAt;
  }

  /** What `-f` finds at a URL; undefined when nobody answers there. */
  readUrl(url: string): string | undefined {
    return this.#manifestAt(url);
  }

  out(text: string): void {
    this.#add(1, text);
  }

  err(text: string): void {
    this.#add(2, text);
  }

  /** Where the text that is pending ends by now. */
  mark(): readonly { readonly fd: number; readonly text: string }[] {
    return this.#pending.map((piece) => ({ ...piece }));
  }

  /** Forgets what came after a mark. Nothing may have been flushed since. */
  rewind(mark: ReturnType<Streams['mark']>): void {
    this.#pending = mark.map((piece) => ({ ...piece }));
  }

  /** Writes what is pending. Do this before every wait, or the user sees nothing until it is over. */
  *flush(): Task<void> {
    const pending = this.#pending;
    this.#pending = [];
    for (const { fd, text } of pending) yield* this.#process.write(fd, encode(text));
  }

  /** All of standard input, up to a bound. */
  *readInput(): Task<string> {
    yield* this.flush();
    return decode(yield* readAll(this.#process, 0, MAX_INPUT_BYTES));
  }

  /** One line of standard input, without its end; what there is when the input ends. */
  *readLine(): Task<string> {
    yield* this.flush();
    const bytes: number[] = [];
    while (bytes.length < MAX_LINE_BYTES) {
      const [byte] = yield* this.#process.read(0, 1);
      if (byte === undefined || byte === NEWLINE) break;
      bytes.push(byte);
    }
    return decode(new Uint8Array(bytes));
  }

  #add(fd: number, text: string): void {
    if (text === '') return;
    const last = this.#pending.at(-1);
    if (last?.fd === fd) last.text += text;
    else this.#pending.push({ fd, text });
  }
}
