import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { holdInput, lineReader, print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { type Followed, followFiles } from './follow-files.ts';
import { eachInput } from './input.ts';
import { countOf, getOptions } from './options.ts';
import { program } from './program.ts';

/** More than this is not held to find the last lines of it, however much memory the machine has: a page has less. */
const MAX_HELD_BYTES = 512 * 1024 * 1024;

export const head = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'n:c:qv', long: { lines: 'n', bytes: 'c' }, number: 'n' });
  const bytes = options.value('c');
  const text = bytes ?? options.value('n') ?? '10';
  const fromEnd = text.startsWith('-');
  const count = countOf(text.replace(/^[-+]/, ''));
  const heading = (options.operands.length > 1 && !options.has('q')) || options.has('v');
  let first = true;
  return yield* eachInput(process, flavour, options.operands, function* (fd, path) {
    if (heading) yield* print(process, `${first ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`);
    first = false;
    if (fromEnd) yield* headButLast(process, fd, count, bytes !== undefined);
    else if (bytes !== undefined) yield* headBytes(process, fd, count);
    else yield* headLines(process, fd, count);
  });
});

function* headBytes(process: Process, fd: number, count: number): Task<void> {
  let left = count;
  while (left > 0) {
    const data = yield* process.read(fd, Math.min(left, 65_536));
    if (data.length === 0) return;
    yield* process.write(1, data);
    left -= data.length;
  }
}

function* headLines(process: Process, fd: number, count: number): Task<void> {
  let left = count;
  while (left > 0) {
    const data = yield* process.read(fd);
    if (data.length === 0) return;
    let end = 0;
    while (left > 0 && end < data.length) {
      const newline = data.indexOf(10, end);
      end = newline < 0 ? data.length : newline + 1;
      if (newline >= 0) left -= 1;
    }
    yield* process.write(1, data.subarray(0, end));
  }
}

function* headButLast(process: Process, fd: number, count: number, bytes: boolean): Task<void> {
  const held: string[] = [];
  const reader = lineReader(process, fd);
  if (bytes) {
    yield* headButLastBytes(process, fd, count);
    return;
  }
  for (;;) {
    const line = yield* reader.next();
    if (line === undefined) return;
    held.push(line);
    if (held.length > count) yield* print(process, `${held.shift()}\n`);
  }
}

function* headButLastBytes(process: Process, fd: number, count: number): Task<void> {
  const pieces: Uint8Array[] = [];
  let held = 0;
  for (;;) {
    const data = yield* process.read(fd);
    if (data.length === 0) return;
    pieces.push(data);
    held += data.length;
    while (held > count) {
      const [piece] = pieces;
      const over = Math.min(piece!.length, held - count);
      yield* process.write(1, piece!.subarray(0, over));
      if (over === piece!.length) pieces.shift();
      else pieces[0] = piece!.subarray(over);
      held -= over;
    }
    holdInput(process, held);
  }
}

export const tail = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'n:c:fFqvs:',
    long: { lines: 'n', bytes: 'c', follow: 'f', retry: 'F' },
    number: 'n',
  });
  const bytes = options.value('c');
  const text = bytes ?? options.value('n') ?? '10';
  const fromStart = text.startsWith('+');
  const count = countOf(text.replace(/^[-+]/, ''));
  const heading = (options.operands.length > 1 && !options.has('q')) || options.has('v');
  const byName = options.has('F');
  const follow = options.has('f') || byName;
  const opened = new Map<string, Followed>();
  let shown: string | undefined;
  const head = (path: string) => {
    const text =
      heading && shown !== path
        ? `${shown === undefined ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`
        : '';
    shown = path;
    return text;
  };
  const exitCode = yield* eachInput(process, flavour, options.operands, function* (fd, path) {
    yield* print(process, head(path));
    yield* tailOf(process, fd, count, bytes !== undefined, fromStart);
    if (follow) opened.set(path, { fd: process.dup(fd), path });
  });
  const files = byName
    ? options.operands.map((path) => opened.get(path) ?? { path, fd: undefined })
    : [...opened.values()];
  if (files.length > 0) yield* followFiles(process, files, { flavour, byName, head });
  else if (follow) yield* printError(process, `tail: no files${flavour === 'gnu' ? ' remaining' : ''}\n`);
  return exitCode;
});

function* tailOf(process: Process, fd: number, count: number, bytes: boolean, fromStart: boolean): Task<void> {
  let data = new Uint8Array(0);
  let size = 0;
  let skipping = fromStart ? Math.max(0, count - 1) : -1;
  for (;;) {
    const piece = yield* process.read(fd);
    if (piece.length === 0) break;
    if (fromStart) {
      let from = 0;
      while (skipping > 0 && from < piece.length) {
        const newline = bytes ? from : piece.indexOf(10, from);
        from = newline < 0 ? piece.length : newline + 1;
        if (newline >= 0) skipping -= 1;
      }
      yield* process.write(1, piece.subarray(from));
      continue;
    }
    if (size + piece.length > data.length) {
      const wanted = (size + piece.length) * 2;
      if (wanted > MAX_HELD_BYTES) throw new Errno('ENOMEM');
      process.setMemory(wanted);
      const larger = new Uint8Array(wanted);
      larger.set(data.subarray(0, size));
      data = larger;
    }
    data.set(piece, size);
    size += piece.length;
  }
  if (fromStart) return;
  let from = Math.max(0, size - count);
  if (!bytes) {
    from = size;
    let lines = 0;
    // The newline that ends the last line does not begin another.
    for (let at = size - 2; at >= -1; at--) {
      if (at >= 0 && data[at] !== 10) continue;
      from = at + 1;
      lines += 1;
      if (lines >= count) break;
    }
    if (count === 0) from = size;
  }
  yield* process.write(1, data.subarray(from, size));
}
