import type { Task } from '../../../sim/index.ts';
import { concatBytes, decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { errnoOf } from '../program.ts';

// The protocol of rcp, which scp speaks over a command at the other end (`scp -t`, `scp -f`).

const NL = 10;
const OK = Uint8Array.of(0);
const PIECE_BYTES = 32 * 1024;

export interface CopyEnds {
  readonly process: Process;
  readonly input: number;
  readonly output: number;
  /** Whether complaints go to the other side as well. */
  readonly remote: boolean;
  /** Tells of a problem, here. */
  complain(text: string): Task<void>;
  /** A file has been carried over. */
  copied(name: string, bytes: number): Task<void>;
}

export interface CopyOptions {
  readonly recursive: boolean;
  readonly preserve: boolean;
}

/** The other side has gone. */
export class LostConnection extends Error {}

class Conversation {
  readonly #process: Process;
  readonly #input: number;
  #left: Uint8Array = new Uint8Array(0);

  constructor({ process, input }: CopyEnds) {
    this.#process = process;
    this.#input = input;
  }

  *bytes(most: number): Task<Uint8Array> {
    if (this.#left.length === 0) this.#left = yield* this.#process.read(this.#input);
    if (this.#left.length === 0) throw new LostConnection();
    const piece = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  /** Undefined at the end. */
  *line(): Task<string | undefined> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      if (this.#left.length === 0) this.#left = yield* this.#process.read(this.#input);
      if (this.#left.length === 0) return undefined;
      const end = this.#left.indexOf(NL);
      pieces.push(end < 0 ? this.#left : this.#left.subarray(0, end));
      this.#left = end < 0 ? new Uint8Array(0) : this.#left.subarray(end + 1);
      if (end >= 0) return decode(concatBytes(pieces));
    }
  }

  /** What the other side says to what it was sent: a complaint, or nothing. */
  *answer(): Task<string | undefined> {
    const [code] = yield* this.bytes(1);
    if (code === 0) return undefined;
    return (yield* this.line()) ?? '';
  }
}

/** Sends files and directories. Returns the exit code. */
export function* sendFiles(ends: CopyEnds, paths: readonly string[], options: CopyOptions): Task<number> {
  const talk = new Conversation(ends);
  const first = yield* talk.answer();
  if (first !== undefined) {
    yield* ends.complain(first);
    return 1;
  }
  let exitCode = 0;
  for (const path of paths) if (!(yield* sendOne(ends, talk, path, options))) exitCode = 1;
  return exitCode;
}

function* sendOne(ends: CopyEnds, talk: Conversation, path: string, options: CopyOptions): Task<boolean> {
  const { process, output } = ends;
  const refuse = function* (text: string): Task<boolean> {
    if (ends.remote) yield* process.write(output, encode(`\x01scp: ${text}\n`));
    else yield* ends.complain(text);
    return false;
  };
  try {
    const stat = process.stat(path);
    const name = path.replace(/\/+$/, '').replace(/^.*\//, '');
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
    if (options.preserve) {
      const [modified, accessed] = [stat.modifiedMs, stat.accessedMs].map((ms) => Math.floor(ms / 1000));
      if (!(yield* say(ends, talk, `T${modified} 0 ${accessed} 0`))) return false;
    }
    if (stat.type === 'directory') {
      if (!options.recursive)
        return yield* refuse(ends.remote ? `${path}: not a regular file` : `local "${path}" is not a regular file`);
      const entries = process.readdir(path);
      if (!(yield* say(ends, talk, `D${mode} 0 ${name}`))) return false;
      let all = true;
      for (const entry of entries) if (!(yield* sendOne(ends, talk, `${path}/${entry.name}`, options))) all = false;
      return (yield* say(ends, talk, 'E')) && all;
    }
    const content = process.readFile(path);
    if (!(yield* say(ends, talk, `C${mode} ${content.length} ${name}`))) return false;
    for (let at = 0; at < content.length; at += PIECE_BYTES)
      yield* process.write(output, content.subarray(at, at + PIECE_BYTES));
    yield* process.write(output, OK);
    const complaint = yield* talk.answer();
    if (complaint === undefined) yield* ends.copied(name, content.length);
    else yield* ends.complain(complaint);
    return complaint === undefined;
  } catch (error) {
    const { message } = errnoOf(error);
    return yield* refuse(ends.remote ? `${path}: ${message}` : `stat local "${path}": ${message}`);
  }
}

function* say({ process, output, complain }: CopyEnds, talk: Conversation, line: string): Task<boolean> {
  yield* process.write(output, encode(`${line}\n`));
  const complaint = yield* talk.answer();
  if (complaint !== undefined) yield* complain(complaint);
  return complaint === undefined;
}

/** Takes what is sent, below or as `target`. Returns the exit code. */
export function* receiveFiles(ends: CopyEnds, target: string, options: CopyOptions): Task<number> {
  const talk = new Conversation(ends);
  yield* ends.process.write(ends.output, OK);
  return yield* receiveInto(ends, talk, target, options);
}

function* receiveInto(ends: CopyEnds, talk: Conversation, target: string, options: CopyOptions): Task<number> {
  const { process, output } = ends;
  let exitCode = 0;
  let times: readonly [modifiedMs: number, accessedMs: number] | undefined;
  for (;;) {
    const line = yield* talk.line();
    if (line === undefined || line === 'E') {
      if (line === 'E') yield* process.write(output, OK);
      return exitCode;
    }
    if (line.startsWith('\x01') || line.startsWith('\x02')) {
      yield* ends.complain(line.slice(1).replace(/^scp: /, ''));
      exitCode = 1;
      continue;
    }
    const stamps = /^T(\d+) 0 (\d+) 0$/.exec(line);
    if (stamps !== null) {
      times = [Number(stamps[1]) * 1000, Number(stamps[2]) * 1000];
      yield* process.write(output, OK);
      continue;
    }
    const [, kind, mode = '', size = '', name = ''] = /^([CD])([0-7]{4}) (\d+) ([^/]+)$/.exec(line) ?? [];
    if (kind === undefined || name === '..' || name === '.') throw new LostConnection();
    const path = isDirectory(process, target) ? `${target.replace(/\/$/, '')}/${name}` : target;
    const keptMode = options.preserve || kind === 'C' ? Number.parseInt(mode, 8) : 0o755;
    const done =
      kind === 'C'
        ? yield* receiveOne(ends, talk, path, keptMode, Number(size))
        : yield* receiveDirectory(ends, talk, path, options);
    if (!done) exitCode = 1;
    else if (times !== undefined) process.utimes(path, times[1], times[0]);
    times = undefined;
  }
}

function* receiveDirectory(ends: CopyEnds, talk: Conversation, path: string, options: CopyOptions): Task<boolean> {
  const { process, output } = ends;
  try {
    if (!options.recursive) throw new LostConnection();
    if (!isDirectory(process, path)) process.mkdir(path);
  } catch (error) {
    if (error instanceof LostConnection) throw error;
    return yield* report(ends, `${path}: ${errnoOf(error).message}`);
  }
  yield* process.write(output, OK);
  return (yield* receiveInto(ends, talk, path, options)) === 0;
}

function* receiveOne(ends: CopyEnds, talk: Conversation, path: string, mode: number, size: number): Task<boolean> {
  const { process, output } = ends;
  try {
    process.writeFile(path, new Uint8Array(0), { mode });
  } catch (error) {
    return yield* report(ends, `${path}: ${errnoOf(error).message}`);
  }
  yield* process.write(output, OK);
  const pieces: Uint8Array[] = [];
  for (let left = size; left > 0; left -= pieces.at(-1)!.length)
    pieces.push(yield* talk.bytes(Math.min(left, PIECE_BYTES)));
  const problem = yield* talk.answer();
  try {
    process.writeFile(path, concatBytes(pieces));
  } catch (error) {
    return yield* report(ends, `${path}: ${errnoOf(error).message}`);
  }
  yield* process.write(output, OK);
  if (problem === undefined) yield* ends.copied(path.replace(/^.*\//, ''), size);
  return problem === undefined;
}

/** Refuses what is sent. */
function* report(ends: CopyEnds, text: string): Task<boolean> {
  yield* ends.process.write(ends.output, encode(`\x01scp: ${text}\n`));
  if (!ends.remote) yield* ends.complain(text);
  return false;
}

export function isDirectory(process: Process, path: string): boolean {
  return process.access(path, 'exists') && process.stat(path).type === 'directory';
}
