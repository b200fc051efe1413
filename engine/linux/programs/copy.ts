import type { Task } from '../../sim/index.ts';
import { printError, programName } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { isDirectory } from './file-operations.ts';
import { getOptions, type Options } from './options.ts';
import { baseOf } from './paths.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';

const MAX_DEPTH = 200;

interface Copy {
  readonly process: Process;
  readonly flavour: Flavour;
  readonly options: Options;
  readonly recursive: boolean;
  readonly preserve: boolean;
  exitCode: number;
}

/** The targets of `cp a b dir` and `mv a b dir`. Throws Usage. */
function targetsOf(
  process: Process,
  operands: readonly string[],
  options: Options,
): readonly (readonly [string, string])[] {
  const into = options.value('t');
  if (into !== undefined) return operands.map((source) => [source, `${into}/${baseOf(source)}`] as const);
  if (operands.length < 2)
    throw new Usage(
      operands.length === 0 ? 'missing file operand' : `missing destination file operand after '${operands[0]}'`,
    );
  const target = operands.at(-1)!;
  const sources = operands.slice(0, -1);
  if (isDirectory(process, target) && !options.has('T')) {
    return sources.map((source) => [source, `${target.replace(/\/+$/, '') || ''}/${baseOf(source)}`] as const);
  }
  if (sources.length > 1) throw new Usage(`target '${target}' is not a directory`);
  return [[sources[0]!, target]];
}

function* complain(copy: Copy, message: string): Task<void> {
  yield* printError(copy.process, `${programName(copy.process)}: ${message}\n`);
  copy.exitCode = 1;
}

export const cp = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'aRrpPdfilLHsuvnTt:x',
    long: {
      archive: 'a',
      recursive: 'r',
      force: 'f',
      'target-directory': 't',
      'no-clobber': 'n',
      verbose: 'v',
      preserve: 'p',
    },
  });
  const copy: Copy = {
    process,
    flavour,
    options,
    recursive: ['a', 'r', 'R'].some((letter) => options.has(letter)),
    preserve: options.has('p') || options.has('a'),
    exitCode: 0,
  };
  for (const [source, target] of targetsOf(process, options.operands, options)) yield* copyOne(copy, source, target, 0);
  return copy.exitCode;
});

function* copyOne(copy: Copy, source: string, target: string, depth: number): Task<void> {
  const { process, options, flavour } = copy;
  yield* process.compute(0.2);
  const gnu = flavour === 'gnu';
  try {
    const keepLinks =
      options.has('d') || options.has('P') || options.has('a') || (copy.recursive && depth > 0 && !options.has('L'));
    const stat = keepLinks ? process.lstat(source) : process.stat(source);
    if (stat.type === 'directory') {
      if (!copy.recursive)
        return yield* complain(
          copy,
          gnu ? `-r not specified; omitting directory '${source}'` : `omitting directory '${source}'`,
        );
      if (depth > MAX_DEPTH) return yield* complain(copy, `${source}: too deep`);
      if (`${process.realpath(source)}/` === `${target}/`.slice(0, process.realpath(source).length + 1)) {
        return yield* complain(
          copy,
          gnu
            ? `cannot copy a directory, '${source}', into itself, '${target}'`
            : `recursion detected, omitting directory '${source}'`,
        );
      }
      const entries = process.readdir(source);
      if (!isDirectory(process, target)) process.mkdir(target, (stat.mode & 0o777) | 0o700);
      for (const entry of entries)
        yield* copyOne(copy, `${source}/${entry.name}`, `${target}/${entry.name}`, depth + 1);
    } else {
      if (options.has('n') && process.access(target, 'exists')) return;
      if (stat.type === 'symlink') {
        if (process.access(target, 'exists')) process.unlink(target);
        process.symlink(process.readlink(source), target);
        return;
      }
      if (isSame(process, source, target))
        return yield* complain(copy, `'${source}' and '${target}' are the same file`);
      yield* copyData(process, source, target, stat.mode & 0o777, options.has('f'));
    }
    if (copy.preserve) {
      process.chmod(target, stat.mode);
      process.chown(target, stat.uid, stat.gid);
      process.utimes(target, stat.accessedMs, stat.modifiedMs);
    }
  } catch (error) {
    const { code, message } = errnoOf(error);
    const missing = code === 'ENOENT' && !sourceExists(process, source);
    const busybox = missing ? `can't stat '${source}': ${message}` : `can't create '${target}': ${message}`;
    yield* complain(
      copy,
      gnu
        ? missing
          ? `cannot stat '${source}': ${message}`
          : `cannot create regular file '${target}': ${message}`
        : busybox,
    );
  }
}

function sourceExists(process: Process, path: string): boolean {
  try {
    process.lstat(path);
    return true;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

function isSame(process: Process, source: string, target: string): boolean {
  try {
    const [a, b] = [process.stat(source), process.stat(target)];
    return a.device === b.device && a.inode === b.inode;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

function* copyData(process: Process, source: string, target: string, mode: number, force: boolean): Task<void> {
  const input = process.open(source, { read: true });
  try {
    let output: number;
    try {
      output = process.open(target, { write: true, create: true, truncate: true, mode });
    } catch (error) {
      if (!force || errnoOf(error).code !== 'EACCES') throw error;
      process.unlink(target);
      output = process.open(target, { write: true, create: true, truncate: true, mode });
    }
    try {
      for (;;) {
        const data = yield* process.read(input);
        if (data.length === 0) return;
        yield* process.write(output, data);
      }
    } finally {
      process.close(output);
    }
  } finally {
    process.close(input);
  }
}

export const mv = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'finvTt:u',
    long: { force: 'f', 'no-clobber': 'n', 'target-directory': 't' },
  });
  const copy: Copy = {
    process,
    flavour,
    options: recursiveOptions(options),
    recursive: true,
    preserve: true,
    exitCode: 0,
  };
  for (const [source, target] of targetsOf(process, options.operands, options)) {
    if (options.has('n') && process.access(target, 'exists')) continue;
    try {
      process.rename(source, target);
    } catch (error) {
      const { code, message } = errnoOf(error);
      if (code === 'EXDEV') {
        yield* copyOne(copy, source, target, 0);
        if (copy.exitCode === 0) yield* removeTree(process, source, 0);
        continue;
      }
      const gnu =
        code === 'ENOENT'
          ? `cannot stat '${source}': ${message}`
          : `cannot move '${source}' to '${target}': ${message}`;
      yield* complain(copy, flavour === 'gnu' ? gnu : `can't rename '${source}': ${message}`);
    }
  }
  return copy.exitCode;
});

/** mv across file systems copies as `cp -a` does. */
function recursiveOptions(options: Options): Options {
  return { ...options, has: (letter) => letter === 'a' || options.has(letter) };
}

function* removeTree(process: Process, path: string, depth: number): Task<void> {
  yield* process.compute(0.1);
  if (process.lstat(path).type !== 'directory') {
    process.unlink(path);
    return;
  }
  if (depth < MAX_DEPTH)
    for (const entry of process.readdir(path)) yield* removeTree(process, `${path}/${entry.name}`, depth + 1);
  process.rmdir(path);
}
