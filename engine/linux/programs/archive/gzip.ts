import type { Task } from '../../../sim/index.ts';
import { print, printError, programName, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { errnoOf, program } from '../program.ts';
import { compress, decompress, GzipError } from './gzip-format.ts';

/** gzip, gunzip and zcat: the name decides. */
export const gzip = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'cdfklqrtvn123456789S:',
    long: {
      stdout: 'c',
      decompress: 'd',
      force: 'f',
      keep: 'k',
      list: 'l',
      test: 't',
      verbose: 'v',
      fast: '1',
      best: '9',
    },
  });
  const name = programName(process);
  const unpack = options.has('d') || name === 'gunzip' || name === 'zcat';
  const toOutput = options.has('c') || options.has('t') || name === 'zcat';
  if (options.operands.length === 0 || options.operands[0] === '-') {
    return yield* complaining(process, 'stdin', function* () {
      const data = yield* readAll(process, 0);
      const result = unpack ? decompress(data) : compress(data, levelOf(options));
      if (!options.has('t')) yield* process.write(1, result);
    });
  }
  let exitCode = 0;
  for (const path of options.operands) {
    const code = yield* complaining(process, path, () => convert(process, options, path, unpack, toOutput));
    exitCode = Math.max(exitCode, code);
  }
  return exitCode;
});

function levelOf(options: Options): number {
  return Number(['1', '2', '3', '4', '5', '6', '7', '8', '9'].findLast((letter) => options.has(letter)) ?? 6);
}

function* complaining(process: Process, path: string, body: () => Task<void>): Task<number> {
  try {
    yield* body();
    return 0;
  } catch (error) {
    const message = error instanceof GzipError ? error.message : errnoOf(error).message;
    yield* printError(process, `${programName(process)}: ${path}: ${message}\n`);
    return error instanceof GzipError ? error.exitCode : 1;
  }
}

function* convert(process: Process, options: Options, path: string, unpack: boolean, toOutput: boolean): Task<void> {
  const info = process.stat(path);
  if (info.type === 'directory') throw new GzipError('is a directory -- ignored', 2);
  if (unpack && !toOutput && !/\.t?gz$/.test(path)) throw new GzipError('unknown suffix -- ignored', 2);
  const fd = process.open(path, { read: true });
  const data = yield* readAll(process, fd);
  process.close(fd);
  const base = path.slice(path.lastIndexOf('/') + 1);
  const result = unpack ? decompress(data) : compress(data, levelOf(options), base, info.modifiedMs);
  yield* process.compute(data.length / 50_000);
  if (options.has('t')) return;
  if (toOutput) {
    yield* process.write(1, result);
    return;
  }
  const target = unpack ? path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '') : `${path}.gz`;
  if (process.access(target, 'exists') && !options.has('f')) throw new GzipError(`${target} already exists`, 2);
  process.writeFile(target, result, { mode: info.mode & 0o777 });
  process.utimes(target, info.accessedMs, info.modifiedMs);
  if (!options.has('k')) process.unlink(path);
  if (options.has('v')) {
    const saved = ((1 - (unpack ? data.length / result.length : result.length / data.length)) * 100).toFixed(1);
    yield* print(process, `${path}:\t ${saved}% -- replaced with ${target}\n`);
  }
}
