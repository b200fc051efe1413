import type { Task } from '../../sim/index.ts';
import { MONTHS } from '../date-format.ts';
import { makeDirectories } from '../directory-tree.ts';
import { fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { changeMode } from './file-mode.ts';
import { isDirectory } from './file-operations.ts';
import { eachInput, lookAt } from './input.ts';
import { countOf, getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

// Programs that make files, or size them up.

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export const mktemp = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'dup:qt',
    long: { directory: 'd', tmpdir: 'p', 'dry-run': 'u', quiet: 'q' },
  });
  const given = options.operands[0];
  const template = given ?? 'tmp.XXXXXXXXXX';
  const length = /X+$/.exec(template)?.[0].length ?? 0;
  if (length < 3) return yield* fail(process, `too few X's in template '${template}'`);
  const directory =
    options.value('p') ?? (given === undefined || options.has('t') ? (process.env['TMPDIR'] ?? '/tmp') : '');
  const prefix = directory === '' ? '' : `${directory.replace(/\/+$/, '')}/`;
  for (;;) {
    const name = prefix + template.slice(0, -length) + (yield* randomLetters(process, length));
    try {
      if (options.has('d')) process.mkdir(name, 0o700);
      else if (!options.has('u'))
        process.close(process.open(name, { write: true, create: true, exclusive: true, mode: 0o600 }));
      yield* print(process, `${name}\n`);
      return 0;
    } catch (error) {
      const { code, message } = errnoOf(error);
      if (code === 'EEXIST') continue;
      return yield* fail(
        process,
        `failed to create ${options.has('d') ? 'directory' : 'file'} via template '${prefix}${template}': ${message}`,
      );
    }
  }
});

function* randomLetters(process: Process, count: number): Task<string> {
  const fd = process.open('/dev/urandom', { read: true });
  const bytes = yield* process.read(fd, count);
  process.close(fd);
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** Also fallocate: room for `-l` bytes. */
export const truncate = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 's:cr:l:o:nx',
    long: { size: 's', 'no-create': 'c', reference: 'r', length: 'l' },
  });
  const wanted = options.value('s') ?? options.value('l');
  const reference = options.value('r');
  if ((wanted === undefined && reference === undefined) || options.operands.length === 0) {
    throw new Usage("you must specify either '--size' or '--reference'");
  }
  const fills = options.has('l');
  for (const path of options.operands) {
    try {
      if (options.has('c') && !process.access(path, 'exists')) continue;
      const fd = process.open(path, { write: true, read: true, create: true });
      const size = process.fstat(fd).size;
      const target = reference === undefined ? sizeOf(wanted!, size) : process.stat(reference).size;
      if (fills) yield* allocate(process, fd, target);
      else process.truncate(fd, target);
      process.close(fd);
    } catch (error) {
      const what = fills ? 'fallocate failed' : `failed to truncate '${path}' at ${wanted} bytes`;
      return yield* fail(process, `${what}: ${errnoOf(error).message}`);
    }
  }
  return 0;
});

const ZEROS = 1024 * 1024;

/** Blocks that are really taken. */
function* allocate(process: Process, fd: number, size: number): Task<void> {
  process.seek(fd, 0, 'end');
  for (let at = process.fstat(fd).size; at < size; ) {
    const count = Math.min(ZEROS, size - at);
    yield* process.write(fd, new Uint8Array(count));
    at += count;
  }
}

function sizeOf(text: string, before: number): number {
  const match = /^([-+<>/%]?)(.*)$/s.exec(text)!;
  const amount = countOf(match[2]!.replace(/iB$|B$/, ''));
  switch (match[1]) {
    case '+':
      return before + amount;
    case '-':
      return Math.max(0, before - amount);
    case '<':
      return Math.min(before, amount);
    case '>':
      return Math.max(before, amount);
    default:
      return amount;
  }
}

export const install = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'dm:o:g:Dpsvc',
    long: { directory: 'd', mode: 'm', owner: 'o', group: 'g' },
  });
  const mode = changeMode(options.value('m') ?? '755', 0o755, false, 0);
  if (mode === undefined) throw new Usage(`invalid mode '${options.value('m')}'`);
  const accounts = readAccounts(process);
  const finish = (path: string) => {
    process.chmod(path, mode);
    const uid = options.has('o') ? (accounts.uid(options.value('o')!) ?? -1) : -1;
    const gid = options.has('g') ? (accounts.gid(options.value('g')!) ?? -1) : -1;
    if (uid !== -1 || gid !== -1) process.chown(path, uid, gid);
  };
  if (options.has('d')) {
    for (const path of options.operands) {
      makeDirectories(process, path.replace(/\/+$/, ''));
      finish(path);
    }
    return 0;
  }
  const sources = options.operands.slice(0, -1);
  const target = options.operands.at(-1);
  if (target === undefined || sources.length === 0) throw new Usage('missing file operand');
  for (const source of sources) {
    const path = isDirectory(process, target) ? `${target}/${source.slice(source.lastIndexOf('/') + 1)}` : target;
    if (options.has('D') && path.includes('/')) makeDirectories(process, path.slice(0, path.lastIndexOf('/')));
    process.writeFile(path, process.readFile(source));
    finish(path);
  }
  return 0;
});

/** The CRC of POSIX cksum: polynomial 0x04c11db7, the length appended. */
export const cksum = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: '' });
  return yield* eachInput(process, flavour, options.operands, function* (fd, path) {
    let crc = 0;
    let size = 0;
    for (;;) {
      const data = yield* process.read(fd);
      if (data.length === 0) break;
      for (const byte of data) crc = step(crc, byte);
      size += data.length;
      yield* lookAt(process, data);
    }
    for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) crc = step(crc, rest & 255);
    yield* print(process, `${~crc >>> 0} ${size}${options.operands.length === 0 ? '' : ` ${path}`}\n`);
  });
});

function step(crc: number, byte: number): number {
  let value = crc ^ (byte << 24);
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value;
}

export const cal = program(function* (process, args, flavour) {
  const numbers = args.filter((argument) => /^\d+$/.test(argument)).map(Number);
  const now = new Date(process.now());
  const year = numbers.at(-1) ?? now.getUTCFullYear();
  if (year < 1 || year > 9999) return yield* fail(process, `illegal year value: use 1-9999`);
  if (numbers.length === 1) {
    for (let month = 0; month < 12; month++) yield* print(process, `${monthText(year, month)}\n`);
    return 0;
  }
  const month = numbers.length === 2 ? numbers[0]! - 1 : now.getUTCMonth();
  if (month < 0 || month > 11) return yield* fail(process, 'illegal month value: use 1-12');
  const text = monthText(year, month);
  // Busybox always prints six weeks.
  const missing = flavour === 'busybox' ? 8 - text.split('\n').length + 1 : 0;
  yield* print(process, text + `${' '.repeat(21)}\n`.repeat(Math.max(0, missing)));
  return 0;
});

function monthText(year: number, month: number): string {
  const title = `${MONTHS[month]} ${year}`;
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const cells = [
    ...Array.from({ length: first }, () => '  '),
    ...Array.from({ length: days }, (_, day) => String(day + 1).padStart(2)),
  ];
  let text = `${' '.repeat(Math.floor((20 - title.length) / 2))}${title}\nSu Mo Tu We Th Fr Sa\n`;
  for (let at = 0; at < cells.length; at += 7)
    text += `${cells
      .slice(at, at + 7)
      .join(' ')
      .trimEnd()}\n`;
  return text;
}
