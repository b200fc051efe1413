import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Regex } from '../../regex.ts';
import { signalExitCode } from '../../signal.ts';
import { decode, encode, holdInput } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Flavour } from '../program.ts';

/** How records are told apart: a newline, blank lines, one character, or an expression. */
export type RecordSeparator = 'paragraph' | Regex | string;

const NOTHING = new Uint8Array(0);

/** Reads records from a descriptor. */
export class RecordReader {
  readonly #process: Process;
  readonly fd: number;
  #buffer = '';
  #ended = false;

  constructor(process: Process, fd: number) {
    this.#process = process;
    this.fd = fd;
  }

  *next(separator: RecordSeparator): Task<string | undefined> {
    if (typeof separator === 'string' && separator !== 'paragraph') return yield* this.#upTo(separator);
    // What no separator can begin in any more is put aside, so that a record that goes on and on is looked at once.
    const held: string[] = [];
    let size = 0;
    let from = 0;
    for (;;) {
      if (separator === 'paragraph' && held.length === 0) this.#buffer = this.#buffer.replace(/^\n+/, '');
      const { match, open } = find(this.#buffer, separator, from);
      // A match at the very end of what there is may go on in what comes.
      if (match !== undefined && (this.#ended || match.end < this.#buffer.length || separator === 'paragraph')) {
        held.push(this.#buffer.slice(0, match.start));
        this.#buffer = this.#buffer.slice(match.end);
        return held.join('');
      }
      if (this.#ended) {
        held.push(separator === 'paragraph' ? this.#buffer.replace(/\n+$/, '') : this.#buffer);
        this.#buffer = '';
        return size === 0 && held.at(-1) === '' ? undefined : held.join('');
      }
      // One character stays, because expressions may ask what was before.
      const done = Math.max(0, open - 1);
      if (done > 0) held.push(this.#buffer.slice(0, done));
      this.#buffer = this.#buffer.slice(done);
      size += done;
      from = open - done;
      yield* this.#readOn(separator, size);
    }
  }

  *#readOn(separator: 'paragraph' | Regex, heldSize: number): Task<void> {
    const data = yield* this.#process.read(this.fd);
    if (data.length === 0) {
      this.#ended = true;
      // The newline that ends the file does not begin another record.
      if (typeof separator !== 'string') this.#buffer = this.#buffer.replace(/\n$/, '');
      return;
    }
    this.#buffer += decode(data);
    holdInput(this.#process, heldSize + this.#buffer.length);
  }

  /** The record up to a character. What has been looked at once is not looked at again, however long the record grows. */
  *#upTo(separator: string): Task<string | undefined> {
    const held: string[] = [];
    let size = 0;
    for (;;) {
      const at = this.#buffer.indexOf(separator);
      held.push(at < 0 ? this.#buffer : this.#buffer.slice(0, at));
      this.#buffer = at < 0 ? '' : this.#buffer.slice(at + 1);
      if (at >= 0) return held.join('');
      size += held.at(-1)!.length;
      holdInput(this.#process, size);
      const data = this.#ended ? NOTHING : yield* this.#process.read(this.fd);
      if (data.length === 0) {
        this.#ended = true;
        return size === 0 ? undefined : held.join('');
      }
      this.#buffer = decode(data);
    }
  }
}

interface Found {
  readonly match: { readonly start: number; readonly end: number } | undefined;
  /** From where on more text may still make a match. */
  readonly open: number;
}

function find(text: string, separator: 'paragraph' | Regex, from: number): Found {
  if (separator === 'paragraph') {
    const start = text.indexOf('\n\n', from);
    if (start < 0) return { match: undefined, open: text.endsWith('\n') ? text.length - 1 : text.length };
    let end = start;
    while (text[end] === '\n') end += 1;
    return { match: { start, end }, open: start };
  }
  const { match, open } = separator.searchPart(text, from);
  return { match: match === undefined || match.end === match.start ? undefined : match, open };
}

interface Output {
  readonly fd: number;
  readonly pid: number | undefined;
}

interface Input {
  readonly reader: RecordReader;
  readonly pid: number | undefined;
}

/** Standard output is written in pieces of this size, or when somebody else may write next. */
const BUFFER_CHARS = 16_384;

/** The files and commands that a program has open, by the text that names them. */
export class Streams {
  readonly #process: Process;
  readonly #outputs = new Map<string, Output>();
  readonly #inputs = new Map<string, Input>();
  #pending = '';

  constructor(process: Process) {
    this.#process = process;
  }

  *print(text: string): Task<void> {
    this.#pending += text;
    if (this.#pending.length >= BUFFER_CHARS || this.#process.isTerminal(1)) yield* this.flush();
  }

  *flush(): Task<void> {
    const text = this.#pending;
    this.#pending = '';
    if (text !== '') yield* this.#process.write(1, encode(text));
  }

  *write(to: 'file' | 'append' | 'command', name: string, text: string): Task<void> {
    if (to !== 'command' && (name === '/dev/stdout' || name === '-')) {
      yield* this.print(text);
      return;
    }
    const output = this.#outputs.get(name) ?? this.#open(to, name);
    yield* this.#process.write(output.fd, encode(text));
  }

  #open(to: 'file' | 'append' | 'command', name: string): Output {
    let output: Output;
    if (to === 'command') {
      const [read, write] = this.#process.pipe();
      output = { fd: write, pid: this.#shell(name, { 0: read, 1: 1, 2: 2 }) };
      this.#process.close(read);
    } else if (name === '/dev/stderr') output = { fd: 2, pid: undefined };
    else {
      const options = to === 'append' ? { append: true } : { truncate: true };
      output = { fd: this.#process.open(name, { write: true, create: true, ...options }), pid: undefined };
    }
    this.#outputs.set(name, output);
    return output;
  }

  #shell(command: string, fds: Readonly<Record<number, number>>): number {
    return this.#process.spawn({ path: '/bin/sh', argv: ['sh', '-c', command], fds });
  }

  /** The next record of a file or of what a command prints; undefined at the end. Throws Errno. */
  *read(from: 'file' | 'command', name: string, separator: RecordSeparator): Task<string | undefined> {
    let input = this.#inputs.get(name);
    if (input === undefined) {
      yield* this.flush();
      input = from === 'file' ? this.#openInput(name) : this.#openCommand(name);
      this.#inputs.set(name, input);
    }
    return yield* input.reader.next(separator);
  }

  #openInput(name: string): Input {
    const standard = name === '-' || name === '/dev/stdin';
    const fd = standard ? 0 : this.#process.open(name, { read: true });
    return { reader: new RecordReader(this.#process, fd), pid: undefined };
  }

  #openCommand(command: string): Input {
    const [read, write] = this.#process.pipe();
    const pid = this.#shell(command, { 0: 0, 1: write, 2: 2 });
    this.#process.close(write);
    return { reader: new RecordReader(this.#process, read), pid };
  }

  *system(command: string): Task<number> {
    yield* this.flush();
    return yield* this.#wait(this.#shell(command, { 0: 0, 1: 1, 2: 2 }));
  }

  /** What close() gives: -1 when nothing of that name is open. */
  *close(name: string): Task<number> {
    yield* this.flush();
    let result = -1;
    const output = this.#outputs.get(name);
    if (output !== undefined) {
      this.#outputs.delete(name);
      if (output.fd > 2) this.#process.close(output.fd);
      result = output.pid === undefined ? 0 : yield* this.#wait(output.pid);
    }
    const input = this.#inputs.get(name);
    if (input === undefined) return result;
    this.#inputs.delete(name);
    if (input.reader.fd !== 0) this.#process.close(input.reader.fd);
    return input.pid === undefined ? 0 : yield* this.#wait(input.pid);
  }

  /** At the end of the program. mawk's commands have finished before what it has not printed yet comes out. */
  *closeAll(flavour: Flavour): Task<void> {
    const pending = this.#pending;
    if (flavour === 'gnu') this.#pending = '';
    for (const name of [...this.#outputs.keys(), ...this.#inputs.keys()]) yield* this.close(name);
    if (flavour === 'gnu') this.#pending = pending;
    yield* this.flush();
  }

  *#wait(pid: number): Task<number> {
    try {
      const ended = yield* this.#process.waitpid(pid);
      if (ended === undefined) return 0;
      return ended.status.kind === 'exited' ? ended.status.code : signalExitCode(ended.status.signal);
    } catch (error) {
      if (error instanceof Errno) return -1;
      throw error;
    }
  }
}
