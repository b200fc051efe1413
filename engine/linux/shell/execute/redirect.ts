import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { resolveHost } from '../../programs/resolve.ts';
import { encode } from '../../stdio.ts';
import { ShellFault } from '../control.ts';
import type { SavedDescriptor } from '../descriptors.ts';
import { expandText } from '../expand/word.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import type { Redirect } from '../syntax/tree.ts';

/** A redirection that failed: the command does not run. */
export class RedirectFailure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Text for a here-document up to this size waits in the pipe; more is fed by a child. */
const PIPE_BYTES = 16 * 1024;

/**
 * Carries redirections out, in order. What they replaced is put on `saved` (from the first on, so that a failure half
 * way can be undone); without `saved` they are for good, as `exec >file` means it.
 */
export function* applyRedirects(shell: Shell, redirects: readonly Redirect[], saved?: SavedDescriptor[]): Task<void> {
  for (const redirect of redirects) {
    const replaced = yield* applyRedirect(shell, redirect, saved !== undefined);
    if (saved !== undefined) saved.push(...replaced);
  }
}

export function restoreDescriptors(shell: Shell, saved: readonly SavedDescriptor[]): void {
  for (let at = saved.length - 1; at >= 0; at--) shell.descriptors.restore(saved[at]!);
}

function* applyRedirect(shell: Shell, redirect: Redirect, save: boolean): Task<SavedDescriptor[]> {
  const { descriptors } = shell;
  if (redirect.kind === 'text') {
    const text = yield* expandText(shell, redirect.text);
    const fd = numberOf(shell, redirect.fd, false);
    return [descriptors.place(textPipe(shell, redirect.newline ? `${text}\n` : text), fd, save)];
  }
  if (redirect.kind === 'duplicate') return yield* duplicate(shell, redirect, save);
  const path = yield* expandText(shell, redirect.path);
  const connection = isBash(shell) ? /^\/dev\/tcp\/([^/]+)\/([^/]+)$/.exec(path) : null;
  const opened =
    connection === null
      ? openFile(shell, redirect.operator, path)
      : yield* connectTo(shell, path, connection[1]!, connection[2]!);
  const fd = numberOf(shell, redirect.fd, false);
  // A variable's descriptor outlives the command.
  const first = descriptors.place(opened, fd, save && typeof redirect.fd === 'number');
  if (!redirect.operator.startsWith('&')) return typeof redirect.fd === 'number' ? [first] : [];
  return [first, descriptors.duplicate(fd, 2, save)];
}

function numberOf(shell: Shell, target: number | string, existing: boolean): number {
  if (typeof target === 'number') return target;
  if (existing) {
    const element = /^(\w+)\[(\w+)\]$/.exec(target);
    const value = element === null ? shell.variables.value(target) : shell.variables.element(element[1]!, element[2]!);
    return Number(value ?? -1);
  }
  const fd = shell.descriptors.freeNumber();
  shell.variables.set(target, String(fd));
  return fd;
}

function* duplicate(
  shell: Shell,
  redirect: Extract<Redirect, { kind: 'duplicate' }>,
  save: boolean,
): Task<SavedDescriptor[]> {
  const source = yield* expandText(shell, redirect.source);
  if (source === '-') return [shell.descriptors.close(numberOf(shell, redirect.fd, true), save)];
  const match = /^(\d{1,6})(-?)$/.exec(source);
  if (match === null) {
    if (redirect.operator === '>&' && redirect.fd === 1) {
      return yield* applyRedirect(
        shell,
        { kind: 'file', operator: '&>', fd: 1, path: { segments: [], literal: source } },
        save,
      );
    }
    throw new RedirectFailure(`${source}: ambiguous redirect`);
  }
  const from = Number(match[1]);
  const fd = numberOf(shell, redirect.fd, false);
  try {
    const saved = [shell.descriptors.duplicate(from, fd, save && typeof redirect.fd === 'number')];
    if (match[2] === '-' && from !== fd) saved.push(shell.descriptors.close(from, save));
    return typeof redirect.fd === 'number' ? saved : [];
  } catch (error) {
    if (error instanceof Errno) throw new RedirectFailure(`${from}: ${error.message}`);
    throw error;
  }
}

function openFile(shell: Shell, operator: string, path: string): number {
  const { process } = shell;
  const input = operator === '<';
  try {
    switch (operator) {
      case '<':
        return process.open(path, { read: true });
      case '<>':
        return process.open(path, { read: true, write: true, create: true });
      case '>>':
      case '&>>':
        return process.open(path, { write: true, create: true, append: true });
      default:
        if (shell.options.noclobber && operator !== '>|' && isRegular(shell, path)) throw new Errno('EEXIST');
        return process.open(path, { write: true, create: true, truncate: true });
    }
  } catch (error) {
    if (error instanceof Errno) throw new RedirectFailure(openFailure(shell, path, error, input));
    throw error;
  }
}

/** bash's `/dev/tcp/host/port`. */
function* connectTo(shell: Shell, path: string, host: string, port: string): Task<number> {
  const address = yield* resolveHost(shell.process, host);
  if (address === undefined || !/^\d{1,5}$/.test(port)) {
    yield* complain(
      shell,
      `${address === undefined ? host : port}: ${address === undefined ? 'Name or service not known' : 'Servname not supported for ai_socktype'}`,
    );
    throw new RedirectFailure(`${path}: Invalid argument`);
  }
  try {
    return yield* shell.process.connect(address, Number(port));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* complain(shell, `connect: ${error.message}`);
    throw new RedirectFailure(`${path}: ${error.message}`);
  }
}

function isRegular(shell: Shell, path: string): boolean {
  try {
    return shell.process.stat(path).type === 'file';
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
}

function openFailure(shell: Shell, path: string, error: Errno, input: boolean): string {
  if (isBash(shell)) {
    if (error.code === 'EEXIST') return `${path}: cannot overwrite existing file`;
    return `${path === '' ? '' : path}: ${error.message}`;
  }
  const reason = error.code === 'ENOENT' ? (input ? 'no such file' : 'nonexistent directory') : error.message;
  if (shell.dialect === 'dash') {
    const text = error.code === 'ENOENT' ? (input ? 'No such file' : 'Directory nonexistent') : error.message;
    return `cannot ${input ? 'open' : 'create'} ${path}: ${text}`;
  }
  return `can't ${input ? 'open' : 'create'} ${path}: ${reason}`;
}

/** The reading end of a pipe that holds the text. */
function textPipe(shell: Shell, text: string): number {
  const { process } = shell;
  const bytes = encode(text);
  const [readEnd, writeEnd] = process.pipe();
  try {
    const feeder = function* (child: Shell): Task<number> {
      yield* child.process.write(1, bytes);
      return 0;
    };
    if (bytes.length > PIPE_BYTES) shell.interpreter.fork(shell, { run: feeder, fds: { 1: writeEnd } });
    else writeNow(process.write(writeEnd, bytes));
  } finally {
    process.close(writeEnd);
  }
  return readEnd;
}

/** A write that is known not to wait: the pipe is empty and large enough. */
function writeNow(write: Task<void>): void {
  if (!write.next().done) throw new ShellFault('here-document: the pipe is full', 2);
}
