import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import { ShellExit } from '../control.ts';
import type { SavedDescriptor } from '../descriptors.ts';
import { complain, startFailure } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { MAX_SCRIPT_LENGTH } from '../syntax/parse.ts';
import { finishForeground, giveTerminal } from './foreground.ts';
import { restoreDescriptors } from './redirect.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where a command's file is; undefined when PATH does not lead to it. Names with a slash are paths already. */
export function findProgram(shell: Shell, name: string): string | undefined {
  if (name.includes('/')) return name;
  if (name === '') return undefined;
  const { locations } = shell;
  if (locations.pathChanges !== shell.variables.pathChanges) {
    locations.paths.clear();
    locations.pathChanges = shell.variables.pathChanges;
  }
  const known = locations.paths.get(name);
  if (known !== undefined && shell.process.access(known, 'execute')) return known;
  const found = searchPath(shell, name);
  if (found !== undefined) locations.paths.set(name, found);
  return found;
}

export function searchPath(shell: Shell, name: string): string | undefined {
  const directories = (shell.variables.value('PATH') ?? DEFAULT_PATH).split(':');
  for (const directory of directories) {
    const path = directory === '' ? `./${name}` : `${directory}/${name}`;
    try {
      if (shell.process.stat(path).type === 'file' && shell.process.access(path, 'execute')) return path;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

/** Starts a program in a child and waits for it; what redirections `saved` comes back before that. */
export function* startProgram(shell: Shell, argv: readonly string[], saved: SavedDescriptor[]): Task<number> {
  const name = argv[0]!;
  const path = findProgram(shell, name);
  if (path === undefined) return yield* cannotStart(shell, name, new Errno('ENOENT'));
  let pid: number;
  try {
    pid = spawn(shell, path, argv);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* cannotStart(shell, name, error, path);
  }
  if (saved.length > 0) restoreDescriptors(shell, saved.splice(0));
  const job = shell.jobs.add([pid], argv.join(' '), shell.options.monitor ? pid : undefined, false);
  giveTerminal(shell, job);
  shell.status = yield* finishForeground(shell, job);
  return shell.status;
}

function spawn(shell: Shell, path: string, argv: readonly string[]): number {
  const { process } = shell;
  const env = shell.variables.environment();
  const fds = shell.descriptors.inherited();
  try {
    return process.spawn(shell.options.monitor ? { path, argv, env, fds, processGroup: 0 } : { path, argv, env, fds });
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'ENOEXEC') throw error;
    const text = scriptText(shell, path);
    return shell.interpreter.fork(shell, {
      run: (child) => child.interpreter.scriptFile(child, path, argv, text),
      ...(shell.options.monitor && { processGroup: 0 }),
    });
  }
}

/** Replaces the shell by a program: `exec`, and the last command of a process. */
export function* execProgram(shell: Shell, argv: readonly string[]): Task<number> {
  const name = argv[0]!;
  const path = findProgram(shell, name);
  if (path === undefined) return yield* cannotStart(shell, name, new Errno('ENOENT'));
  try {
    const status = yield* shell.process.exec(path, argv, shell.variables.environment());
    throw new ShellExit(status, true);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code !== 'ENOEXEC') return yield* cannotStart(shell, name, error, path);
    const status = yield* shell.interpreter.scriptFile(shell, path, argv, scriptText(shell, path));
    throw new ShellExit(status);
  }
}

/** A file without `#!` that is no program: a shell script, unless it looks binary. */
function scriptText(shell: Shell, path: string): string {
  const bytes = shell.process.readFile(path);
  if (bytes.length > MAX_SCRIPT_LENGTH) throw new Errno('E2BIG');
  if (bytes.subarray(0, 256).includes(0)) throw new Errno('ENOEXEC');
  return decode(bytes);
}

function* cannotStart(shell: Shell, name: string, error: Errno, path = name): Task<number> {
  let { code, message } = error;
  if (code !== 'ENOENT' && isDirectory(shell, path)) {
    code = 'EISDIR';
    message = isBash(shell) ? 'Is a directory' : 'Permission denied';
  }
  const failure = startFailure(shell, name, code, message);
  yield* complain(shell, failure.message);
  shell.status = failure.status;
  return failure.status;
}

function isDirectory(shell: Shell, path: string): boolean {
  try {
    return shell.process.stat(path).type === 'directory';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}
