import type { Task } from '../../sim/index.ts';
import { print, printError, programName } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

export const basename = program(function* (process, args) {
  const options = getOptions(args, { letters: 'as:', inOrder: true });
  if (options.operands.length === 0) throw new Usage('missing operand');
  const suffix = options.value('s') ?? (options.has('a') ? undefined : options.operands[1]);
  const names = options.has('a') || options.has('s') ? options.operands : options.operands.slice(0, 1);
  for (const name of names) {
    let base = baseOf(name);
    if (suffix !== undefined && base !== suffix && base.endsWith(suffix))
      base = base.slice(0, base.length - suffix.length);
    yield* print(process, `${base}\n`);
  }
  return 0;
});

export function baseOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '' : '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

export function directoryOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0) return trimmed === '' && path !== '' ? '/' : '.';
  return trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
}

export const dirname = program(function* (process, args) {
  if (args.length === 0) throw new Usage('missing operand');
  for (const path of args) yield* print(process, `${directoryOf(path)}\n`);
  return 0;
});

export const pwd = program(function* (process) {
  yield* print(process, `${process.cwd}\n`);
  return 0;
});

export const readlink = program(function* (process, args) {
  const options = getOptions(args, { letters: 'fenmqsvz' });
  return yield* eachPath(
    process,
    options.operands,
    (path) => {
      if (options.has('f') || options.has('e') || options.has('m')) return canonical(process, path);
      return process.readlink(path);
    },
    options.has('n') ? '' : '\n',
    true,
  );
});

export const realpath = program(function* (process, args) {
  const options = getOptions(args, { letters: 'ems' });
  return yield* eachPath(process, options.operands, (path) => canonical(process, path), '\n', false);
});

/** The last component need not exist. */
function canonical(process: Process, path: string): string {
  try {
    return process.realpath(path);
  } catch (error) {
    if (errnoOf(error).code !== 'ENOENT') throw error;
    const parent = process.realpath(directoryOf(path));
    return `${parent === '/' ? '' : parent}/${baseOf(path)}`;
  }
}

function* eachPath(
  process: Process,
  paths: readonly string[],
  resolve: (path: string) => string,
  end: string,
  quiet: boolean,
): Task<number> {
  if (paths.length === 0) throw new Usage('missing operand');
  let exitCode = 0;
  for (const path of paths) {
    try {
      yield* print(process, resolve(path) + end);
    } catch (error) {
      if (!quiet) yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
      else errnoOf(error);
      exitCode = 1;
    }
  }
  return exitCode;
}
