import { decode, encode, readAll } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** Bytes of standard input or a file that kubectl is willing to hold. */
export const MAX_INPUT_BYTES = 8 * 1024 * 1024;

/**
 * Standard output and error of a command. Text is kept until `flush`, so that only commands that wait have to be
 * written with waiting in mind; the order between the two streams is kept.
 */
export class Streams {
  readonly #process: Process;
  #pending: { fd: number; text: string }[] = [];

  constructor(process: Process) {
    this.#process = process;
  }

  out(text: string): void {
    this.#add(1, text);
  }

  err(text: string): void {
    this.#add(2, text);
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

  #add(fd: number, text: string): void {
    if (text === '') return;
    const last = this.#pending.at(-1);
    if (last?.fd === fd) last.text += text;
    else this.#pending.push({ fd, text });
  }
}
