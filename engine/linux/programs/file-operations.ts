import type { Task } from '../../sim/index.ts';
import { fail, printError, programName } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { changeMode } from './file-mode.ts';
import { getOptions } from './options.ts';
import { baseOf, directoryOf } from './paths.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';

/** Does something to each path; failures are complained of one by one. */
function* forEachPath(
  process: Process,
  paths: readonly string[],
  act: (path: string) => void,
  message: (path: string, text: string) => string,
): Task<number> {
  if (paths.length === 0) throw new Usage('missing operand');
  let exitCode = 0;
  for (const path of paths) {
    try {
      act(path);
    } catch (error) {
      yield* printError(process, `${programName(process)}: ${message(path, errnoOf(error).message)}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

function exists(process: Process, path: string): boolean {
  try {
    process.lstat(path);
    return true;
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

export function isDirectory(process: Process, path: string): boolean {
  try {
    return process.stat(path).type === 'directory';
  } catch (error) {
    errnoOf(error);
    return false;
  }
}

export const mkdir = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'pm:v', long: { parents: 'p', mode: 'm' } });
  const modeText = options.value('m');
  const mode = modeText === undefined ? 0o777 : changeMode(modeText, 0o777, true, 0);
  if (mode === undefined) throw new Usage(`invalid mode '${modeText}'`);
  const make = (path: string): void => {
    if (options.has('p')) {
      const parent = directoryOf(path);
      if (parent !== '.' && parent !== '/' && !exists(process, parent)) make(parent);
      if (isDirectory(process, path)) return;
    }
    process.mkdir(path, mode);
    if (modeText !== undefined) process.chmod(path, mode);
  };
  return yield* forEachPath(process, options.operands, make, (path, text) =>
    flavour === 'gnu' ? `cannot create directory '${path}': ${text}` : `can't create directory '${path}': ${text}`,
  );
});

export const rmdir = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'p', long: { parents: 'p' } });
  const remove = (path: string): void => {
    process.rmdir(path);
    const parent = directoryOf(path);
    if (options.has('p') && parent !== '.' && parent !== '/') remove(parent);
  };
  return yield* forEachPath(process, options.operands, remove, (path, text) =>
    flavour === 'gnu' ? `failed to remove '${path}': ${text}` : `'${path}': ${text}`,
  );
});

const MAX_DEPTH = 200;

export const rm = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'rRfiv', long: { recursive: 'r', force: 'f' } });
  const recursive = options.has('r') || options.has('R');
  const force = options.has('f');
  if (options.operands.length === 0) {
    if (force) return 0;
    throw new Usage('missing operand');
  }
  let exitCode = 0;
  const complain = function* (path: string, text: string): Task<void> {
    const message =
      flavour === 'gnu'
        ? `cannot remove '${path}': ${text}`
        : text === 'Is a directory'
          ? `'${path}' is a directory`
          : `can't remove '${path}': ${text}`;
    yield* printError(process, `${programName(process)}: ${message}\n`);
    exitCode = 1;
  };
  const remove = function* (path: string, depth: number): Task<void> {
    yield* process.compute(0.1);
    try {
      if (process.lstat(path).type !== 'directory') {
        process.unlink(path);
        return;
      }
      if (!recursive) return yield* complain(path, 'Is a directory');
      if (depth < MAX_DEPTH)
        for (const entry of process.readdir(path)) yield* remove(`${path}/${entry.name}`, depth + 1);
      process.rmdir(path);
    } catch (error) {
      const { code, message } = errnoOf(error);
      if (!(force && code === 'ENOENT')) yield* complain(path, message);
    }
  };
  for (const path of options.operands) {
    const base = baseOf(path);
    if (base === '.' || base === '..' || base === '/') {
      const text = base === '/' ? "it is dangerous to operate recursively on '/'" : "can't remove '.' or '..'";
      yield* printError(process, `${programName(process)}: ${text}\n`);
      exitCode = 1;
    } else yield* remove(path, 0);
  }
  return exitCode;
});

export const ln = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'sfnvrT', long: { symbolic: 's', force: 'f' } });
  const [first, ...rest] = options.operands;
  if (first === undefined) throw new Usage('missing operand');
  const last = rest.at(-1) ?? '.';
  const targets = rest.length === 0 ? [first] : options.operands.slice(0, -1);
  return yield* forEachPath(
    process,
    targets,
    (target) => {
      const into =
        isDirectory(process, last) &&
        !(options.has('n') && exists(process, last) && process.lstat(last).type === 'symlink');
      const path = into ? `${last}/${baseOf(target)}` : last;
      if (options.has('f') && exists(process, path)) process.unlink(path);
      if (options.has('s')) process.symlink(target, path);
      else process.link(target, path);
    },
    (target, text) =>
      flavour === 'gnu'
        ? `failed to create ${options.has('s') ? 'symbolic' : 'hard'} link '${last}': ${text}`
        : `${rest.length === 0 ? target : last}: ${text}`,
  );
});

export const touch = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'cd:t:r:amh', long: { 'no-create': 'c', date: 'd', reference: 'r' } });
  const wanted = options.value('d');
  const reference = options.value('r');
  let timeMs =
    wanted === undefined
      ? process.now()
      : Date.parse(`${wanted.replace(' ', 'T')}${/Z$|\d\d:\d\d:\d\d/.test(wanted) ? '' : ''}Z`.replace('ZZ', 'Z'));
  if (reference !== undefined) timeMs = process.stat(reference).modifiedMs;
  if (Number.isNaN(timeMs)) throw new Usage(`invalid date '${wanted}'`);
  return yield* forEachPath(
    process,
    options.operands,
    (path) => {
      if (!exists(process, path)) {
        if (options.has('c')) return;
        process.close(process.open(path, { write: true, create: true }));
      }
      process.utimes(path, timeMs, timeMs);
    },
    (path, text) => (flavour === 'gnu' ? `cannot touch '${path}': ${text}` : `${path}: ${text}`),
  );
});

/** The path and, with `recursive`, all that is below it. */
function* walk(
  process: Process,
  path: string,
  recursive: boolean,
  visit: (path: string) => void,
  depth = 0,
): Task<void> {
  visit(path);
  yield* process.compute(0.1);
  if (!recursive || depth > MAX_DEPTH || process.lstat(path).type !== 'directory') return;
  for (const entry of process.readdir(path)) yield* walk(process, `${path}/${entry.name}`, true, visit, depth + 1);
}

function* changeEach(
  process: Process,
  flavour: Flavour,
  paths: readonly string[],
  recursive: boolean,
  change: (path: string) => void,
): Task<number> {
  if (paths.length === 0) throw new Usage('missing operand');
  let exitCode = 0;
  for (const path of paths) {
    try {
      yield* walk(process, path, recursive, change);
    } catch (error) {
      const text = flavour === 'gnu' ? `cannot access '${path}'` : path;
      yield* printError(process, `${programName(process)}: ${text}: ${errnoOf(error).message}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

export const chmod = program(function* (process, args, flavour) {
  // `chmod -x file`: a mode that looks like an option.
  const recursive = args.some((argument) => /^-[RvcfR]*R[vcf]*$/.test(argument) || argument === '--recursive');
  const [mode, ...paths] = args.filter((argument) => !/^-[Rvcf]+$|^--/.test(argument));
  if (mode === undefined) throw new Usage('missing operand');
  const mask = process.umask(0);
  process.umask(mask);
  if (changeMode(mode, 0, false, mask) === undefined) throw new Usage(`invalid mode '${mode}'`);
  return yield* changeEach(process, flavour, paths, recursive, (path) => {
    const stat = process.lstat(path);
    if (stat.type === 'symlink' && recursive) return;
    const before = process.stat(path);
    process.chmod(path, changeMode(mode, before.mode, before.type === 'directory', mask)!);
  });
});

export const chown = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'RhvcfHLP', long: { recursive: 'R' } });
  const [owner, ...paths] = options.operands;
  if (owner === undefined) throw new Usage('missing operand');
  const accounts = readAccounts(process);
  const group = programName(process) === 'chgrp';
  const [user, groupName] = group ? ['', owner] : owner.split(/[:.]/, 2);
  const uid = user === '' || user === undefined ? undefined : accounts.uid(user);
  const gid = groupName === undefined || groupName === '' ? undefined : accounts.gid(groupName);
  if (user !== '' && uid === undefined) return yield* unknownName(process, flavour, 'user', user!);
  if (groupName !== undefined && groupName !== '' && gid === undefined)
    return yield* unknownName(process, flavour, 'group', groupName);
  return yield* changeEach(process, flavour, paths, options.has('R'), (path) => {
    const stat = process.lstat(path);
    process.chown(path, uid ?? stat.uid, gid ?? stat.gid);
  });
});

function* unknownName(process: Process, flavour: Flavour, kind: string, name: string): Task<number> {
  const text = flavour === 'gnu' ? `invalid ${kind}: '${name}'` : `unknown ${kind} ${name}`;
  yield* printError(process, `${programName(process)}: ${text}\n`);
  return 1;
}

export const mkfifo = program(function* (process, args) {
  const options = getOptions(args, { letters: 'm:' });
  const mode = Number.parseInt(options.value('m') ?? '666', 8);
  return yield* forEachPath(
    process,
    options.operands,
    (path) => process.mkfifo(path, mode),
    (path, text) => `${path}: ${text}`,
  );
});

/** https://man7.org/linux/man-pages/man1/mknod.1.html */
export const mknod = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'm:', long: { mode: 'm' } });
  const [path, type, ...numbers] = options.operands;
  const fault = flavour === 'busybox' ? undefined : operandFault(path, type, numbers);
  if (fault !== undefined) throw new Usage(fault);
  const isFifo = type === 'p';
  if (path === undefined || !/^[bcup]$/.test(type ?? '') || numbers.length !== (isFifo ? 0 : 2)) throw new Usage();
  const wrong = numbers.findIndex((text) => !/^\d{1,8}$/.test(text));
  if (wrong >= 0 && flavour === 'busybox') return yield* fail(process, `invalid number '${numbers[wrong]}'`);
  if (wrong >= 0) {
    return yield* fail(process, `invalid ${wrong === 0 ? 'major' : 'minor'} device number '${numbers[wrong]}'`);
  }
  const modeText = options.value('m');
  const mode = modeText === undefined ? 0o666 : changeMode(modeText, 0o666, false, 0);
  if (mode === undefined) throw new Usage(`invalid mode '${modeText}'`);
  const make = (name: string) => {
    if (isFifo) process.mkfifo(name, mode);
    else process.mknod(name, type === 'b' ? 'block' : 'character', [Number(numbers[0]), Number(numbers[1])], mode);
  };
  return yield* forEachPath(process, [path], make, (name, text) => `${name}: ${text}`);
});

/** What GNU's mknod says of operands that are missing, too many or wrong. */
function operandFault(
  path: string | undefined,
  type: string | undefined,
  numbers: readonly string[],
): string | undefined {
  if (path === undefined) return 'missing operand';
  if (type === undefined) return `missing operand after '${path}'`;
  if (type === 'p') {
    if (numbers.length === 0) return undefined;
    return `extra operand '${numbers[0]}'\nFifos do not have major and minor device numbers.`;
  }
  if (numbers.length < 2) {
    const hint = numbers.length === 0 ? '\nSpecial files require major and minor device numbers.' : '';
    return `missing operand after '${numbers.at(-1) ?? type}'${hint}`;
  }
  if (numbers.length > 2) return `extra operand '${numbers[2]}'`;
  return /^[bcu]$/.test(type) ? undefined : `invalid device type '${type}'`;
}

export const unlink = program(function* (process, args) {
  return yield* forEachPath(
    process,
    args.slice(0, 1),
    (path) => process.unlink(path),
    (path, text) => `can't remove '${path}': ${text}`,
  );
});

export const sync = program(function* () {
  return 0;
});
