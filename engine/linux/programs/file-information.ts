import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { print, printError, programName } from '../stdio.ts';
import { readAccounts } from './accounts.ts';
import { modeText, typeText } from './file-mode.ts';
import { humanSize } from './ls.ts';
import { countOf, getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

export const stat = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'c:Lft', long: { format: 'c', printf: 'c', dereference: 'L' } });
  if (options.operands.length === 0) throw new Usage('missing operand');
  const accounts = readAccounts(process);
  let exitCode = 0;
  for (const path of options.operands) {
    try {
      const info = options.has('L') ? process.stat(path) : process.lstat(path);
      const octal = info.mode.toString(8).padStart(4, '0');
      const format = options.value('c');
      const time = (ms: number) => formatDate('%Y-%m-%d %H:%M:%S.%N +0000', ms);
      const name = info.type === 'symlink' ? `'${path}' -> '${process.readlink(path)}'` : path;
      if (format !== undefined) {
        const values: Readonly<Record<string, string>> = {
          n: path,
          N: info.type === 'symlink' ? name : `'${path}'`,
          s: String(info.size),
          a: info.mode.toString(8),
          A: modeText(info.type, info.mode),
          u: String(info.uid),
          U: accounts.userName(info.uid),
          g: String(info.gid),
          G: accounts.groupName(info.gid),
          F: typeText(info),
          i: String(info.inode),
          h: String(info.links),
          d: String(info.device),
          b: String(Math.ceil(info.size / 512)),
          B: '512',
          o: '4096',
          f: info.mode.toString(16),
          x: time(info.accessedMs),
          X: String(Math.floor(info.accessedMs / 1000)),
          y: time(info.modifiedMs),
          Y: String(Math.floor(info.modifiedMs / 1000)),
          z: time(info.changedMs),
          Z: String(Math.floor(info.changedMs / 1000)),
          '%': '%',
        };
        yield* print(
          process,
          `${format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => values[letter] ?? whole)}\n`,
        );
        continue;
      }
      yield* print(
        process,
        `  File: ${name}\n  Size: ${String(info.size).padEnd(10)}\tBlocks: ${String(Math.ceil(info.size / 512)).padEnd(10)} IO Block: 4096   ${typeText(info)}\n` +
          `Device: 0,${info.device}\tInode: ${String(info.inode).padEnd(11)} Links: ${info.links}\n` +
          `Access: (${octal}/${modeText(info.type, info.mode)})  Uid: (${String(info.uid).padStart(5)}/${accounts.userName(info.uid).padStart(8)})   Gid: (${String(info.gid).padStart(5)}/${accounts.groupName(info.gid).padStart(8)})\n` +
          `Access: ${time(info.accessedMs)}\nModify: ${time(info.modifiedMs)}\nChange: ${time(info.changedMs)}\n`,
      );
    } catch (error) {
      const { message } = errnoOf(error);
      yield* printError(
        process,
        flavour === 'gnu' ? `stat: cannot statx '${path}': ${message}\n` : `stat: can't stat '${path}': ${message}\n`,
      );
      exitCode = 1;
    }
  }
  return exitCode;
});

export const du = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'shakmcd:xb',
    long: { summarize: 's', 'human-readable': 'h', 'max-depth': 'd' },
  });
  const limit = options.has('s') ? 0 : Number(options.value('d') ?? Number.POSITIVE_INFINITY);
  const show = (bytes: number) =>
    options.has('b')
      ? String(bytes)
      : options.has('h')
        ? humanSize(bytes)
        : String(Math.ceil(bytes / (options.has('m') ? 1024 ** 2 : 1024)));
  const measure = function* (path: string, depth: number): Task<number> {
    yield* process.compute(0.1);
    const info = process.lstat(path);
    let size = options.has('b') ? info.size : info.blocks * 512;
    const isDirectory = info.type === 'directory';
    if (isDirectory && depth < 200)
      for (const entry of process.readdir(path))
        size += yield* measure(`${path.replace(/\/$/, '')}/${entry.name}`, depth + 1);
    if (depth <= limit && (isDirectory || depth === 0 || options.has('a')))
      yield* print(process, `${show(size)}\t${path}\n`);
    return size;
  };
  let exitCode = 0;
  for (const path of options.operands.length === 0 ? ['.'] : options.operands) {
    try {
      yield* measure(path, 0);
    } catch (error) {
      yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
});

/** Copies in blocks: `dd if=… of=… bs=… count=…`. */
export const dd = program(function* (process, args) {
  const values = new Map(args.map((argument) => argument.split(/=(.*)/s, 2) as [string, string]));
  const unknown = [...values.keys()].find(
    (name) =>
      !['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'seek', 'conv', 'status', 'iflag', 'oflag'].includes(name),
  );
  if (unknown !== undefined) throw new Usage(`unrecognized operand '${unknown}'`);
  const size = countOf(values.get('bs') ?? '512');
  const count = values.has('count') ? countOf(values.get('count')!) : Number.POSITIVE_INFINITY;
  const append = values.get('conv')?.includes('notrunc') === true;
  const input = values.has('if') ? process.open(values.get('if')!, { read: true }) : 0;
  const output = values.has('of')
    ? process.open(values.get('of')!, { write: true, create: true, truncate: !append })
    : 1;
  if (values.has('skip')) process.seek(input, countOf(values.get('skip')!) * size, 'set');
  if (values.has('seek')) process.seek(output, countOf(values.get('seek')!) * size, 'set');
  const startMs = process.now();
  const read = { full: 0, partial: 0 };
  let written = read;
  let bytes = 0;
  let exitCode = 0;
  while (read.full + read.partial < count) {
    const block = yield* process.read(input, Math.min(size, 1024 * 1024));
    if (block.length === 0) break;
    written = { ...read };
    if (block.length === size) read.full += 1;
    else read.partial += 1;
    try {
      yield* process.write(output, block);
    } catch (error) {
      const place = values.get('of') ?? 'standard output';
      yield* printError(process, `dd: error writing '${place}': ${errnoOf(error).message}\n`);
      exitCode = 1;
      break;
    }
    written = read;
    yield* process.compute(0.05);
    bytes += block.length;
  }
  const seconds = Math.max(0.001, (process.now() - startMs) / 1000);
  const records = ({ full, partial }: typeof read): string => `${full}+${partial} records`;
  if (values.get('status') !== 'none')
    yield* printError(
      process,
      `${records(read)} in\n${records(written)} out\n${bytes} bytes (${humanSize(bytes)}B) copied, ${seconds.toFixed(6)} seconds, ${humanSize(bytes / seconds)}B/s\n`,
    );
  return exitCode;
});
