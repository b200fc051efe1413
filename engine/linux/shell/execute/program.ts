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
  return stillThere(shell, name) ?? searchProgram(shell, name);
}

/** The same for a process that becomes the program at once, and has no use for remembering where it was. */
function findOnce(shell: Shell, name: string): string | undefined {
  return name.includes('/') ? name : (stillThere(shell, name) ?? searchPath(shell, name));
}

/** Where the file was when it was last looked for, if it still is. */
function stillThere(shell: Shell, name: string): string | undefined {
  const known = rememberedProgram(shell, name);
  return known !== undefined && shell.process.access(known, 'execute') ? known : undefined;
}

/** Where the file was when it was last looked for. */
function rememberedProgram(shell: Shell, name: string): string | undefined {
  if (name.includes('/')) return name;
  const { locations } = shell;
  if (locations.pathChanges !== shell.variables.pathChanges) {
    locations.paths.clear();
    locations.pathChanges = shell.variables.pathChanges;
  }
  return locations.paths.get(name);
}

function searchProgram(shell: Shell, name: string): string | undefined {
  if (name === '' || name.includes('/')) return name === '' ? undefined : name;
  const found = searchPath(shell, name);
  if (found !== undefined) shell.locations.paths.set(name, found);
  return found;
}

export function searchPath(shell: Shell, name: string): string | undefined {
  const directories = (shell.variables.value('PATH') ?? DEFAULT_PATH).split(':');
  for (const directory of directories) {
    const path = directory === '' ? `./${name}` : `${directory}/${name}`;
    // Most directories do not have it, which access(2) says without an error.
    if (shell.process.access(path, 'execute') && shell.process.stat(path).type === 'file') return path;
  }
  return undefined;
}

/** Starts a program in a child and waits for it; what redirections `saved` comes back before that. */
export function startProgram(shell: Shell, argv: readonly string[], saved: SavedDescriptor[]): Task<number> {
  const name = argv[0]!;
  let path = rememberedProgram(shell, name) ?? searchProgram(shell, name);
  let pid: number | undefined;
  while (pid === undefined) {
    if (path === undefined) return cannotStart(shell, name, new Errno('ENOENT'));
    try {
      pid = spawn(shell, path, argv);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const elsewhere = searchAgain(shell, name, path, error);
      if (elsewhere === path) return cannotStart(shell, name, error, path);
      path = elsewhere;
    }
  }
  if (saved.length > 0) restoreDescriptors(shell, saved.splice(0));
  const job = shell.jobs.add([pid], argv.join(' '), shell.options.monitor ? pid : undefined, false);
  giveTerminal(shell, job);
  return finishForeground(shell, job);
}

/** Most programs are where they were before; that one has gone is only found out when it is to be started. */
function searchAgain(shell: Shell, name: string, path: string, error: Errno): string | undefined {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') return path;
  shell.locations.paths.delete(name);
  return searchProgram(shell, name);
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
  const path = findOnce(shell, name);
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
