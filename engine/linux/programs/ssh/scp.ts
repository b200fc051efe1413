import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { program, Usage } from '../program.ts';
import { type CopyEnds, isDirectory, LostConnection, receiveFiles, sendFiles } from './copy-protocol.ts';

const LETTERS = '346ABCOpqRrTvtfdc:D:F:i:J:l:o:P:S:X:';
const USAGE = `usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target
`;
const SSH = '/usr/bin/ssh';
const DEFAULT_COLUMNS = 80;

/** scp(1), by the protocol that it had before SFTP (`-O`). */
export const scp = program(function* (process, args) {
  let options: Options;
  try {
    options = getOptions(args, { letters: LETTERS });
    if (options.operands.length < (options.has('t') || options.has('f') ? 1 : 2)) throw new Usage();
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    yield* printError(process, USAGE);
    return 1;
  }
  const copy = { recursive: options.has('r'), preserve: options.has('p') };
  try {
    if (options.has('t') || options.has('f')) {
      const ends = { process, input: 0, output: 1, remote: true, complain: nothing, copied: nothing };
      if (options.has('f')) return yield* sendFiles(ends, options.operands, copy);
      const [target = '.'] = options.operands;
      if (!options.has('d') || isDirectory(process, target)) return yield* receiveFiles(ends, target, copy);
      yield* print(process, `\x01scp: ${target}: Not a directory\n`);
      return 1;
    }
    return yield* copyAll(process, options);
  } catch (error) {
    if (error instanceof LostConnection) return 1;
    if (error instanceof Errno && error.code === 'EPIPE') return 1;
    throw error;
  }
});

function* nothing(): Task<void> {}

interface Place {
  /** `user@host`; undefined for this machine. */
  readonly host: string | undefined;
  readonly path: string;
}

/** `host:path`, unless a slash comes before the colon. */
function placeOf(text: string): Place {
  const [, host, path] = /^(?:scp:\/\/)?([^/:]+):(.*)$/s.exec(text) ?? [];
  return host === undefined ? { host: undefined, path: text } : { host, path: path === '' ? '.' : path! };
}

function* copyAll(process: Process, options: Options): Task<number> {
  const places = options.operands.map(placeOf);
  const target = places.pop()!;
  const flags = (options.has('r') ? ' -r' : '') + (options.has('p') ? ' -p' : '');
  let exitCode = 0;
  if (target.host === undefined && places.length > 1 && !isDirectory(process, target.path)) {
    yield* printError(process, `scp: ${target.path}: Not a directory\n`);
    return 1;
  }
  const upload = places.filter(({ host }) => host === undefined).map(({ path }) => path);
  for (const { host, path } of places) {
    if (host === undefined) continue;
    const toTarget = target.host === undefined ? '' : ` ${target.host}:${target.path}`;
    const command = target.host === undefined ? `scp${flags} -f ${path}` : `scp${flags} ${path}${toTarget}`;
    const work =
      target.host === undefined ? (ends: CopyEnds) => receiveFiles(ends, target.path, optionsOf(options)) : undefined;
    if ((yield* overSsh(process, options, host, command, work)) !== 0) exitCode = 1;
  }
  if (upload.length === 0) return exitCode;
  if (target.host === undefined) {
    const argv = [
      'cp',
      ...(options.has('r') ? ['-r'] : []),
      ...(options.has('p') ? ['-p'] : []),
      ...upload,
      target.path,
    ];
    const ended = yield* process.waitpid(process.spawn({ path: '/bin/cp', argv }));
    return ended?.status.kind === 'exited' ? ended.status.code : 1;
  }
  const command = `scp${flags}${upload.length > 1 ? ' -d' : ''} -t ${target.path}`;
  const sent = yield* overSsh(process, options, target.host, command, (ends) =>
    sendFiles(ends, upload, optionsOf(options)),
  );
  return sent === 0 ? exitCode : 1;
}

function optionsOf(options: Options) {
  return { recursive: options.has('r'), preserve: options.has('p') };
}

/** Runs a command at the other end and speaks with it; without `work` it is only waited for. */
function* overSsh(
  process: Process,
  options: Options,
  host: string,
  command: string,
  work: ((ends: CopyEnds) => Task<number>) | undefined,
): Task<number> {
  const argv = ['ssh', '-x'];
  if (options.has('P')) argv.push('-p', options.value('P')!);
  for (const letter of ['i', 'o', 'F', 'J']) for (const value of options.values(letter)) argv.push(`-${letter}`, value);
  for (const letter of ['q', 'v']) if (options.has(letter)) argv.push(`-${letter}`);
  argv.push(host, command);
  if (work === undefined) return codeOf(yield* process.waitpid(process.spawn({ path: SSH, argv })));
  const [inFrom, inTo] = process.pipe();
  const [outFrom, outTo] = process.pipe();
  const pid = process.spawn({ path: SSH, argv, fds: { 0: inFrom, 1: outTo, 2: 2 } });
  process.close(inFrom);
  process.close(outTo);
  process.setSignalAction('PIPE', 'ignore');
  const ends: CopyEnds = {
    process,
    input: outFrom,
    output: inTo,
    remote: false,
    complain: (text) => printError(process, `scp: ${text.replace(/^scp: /, '')}\n`),
    copied: (name, bytes) =>
      process.isTerminal(1) && !options.has('q') ? print(process, progressLine(process, name, bytes)) : nothing(),
  };
  let exitCode = 1;
  try {
    exitCode = yield* work(ends);
  } catch (error) {
    if (!(error instanceof LostConnection || error instanceof Errno)) throw error;
    yield* printError(process, 'scp: Connection closed\n');
    exitCode = 255;
  }
  process.close(inTo);
  const status = codeOf(yield* process.waitpid(pid));
  return exitCode === 0 ? status : exitCode;
}

function codeOf(ended: { readonly status: { readonly kind: string; readonly code?: number } } | undefined): number {
  return ended?.status.kind === 'exited' ? (ended.status.code ?? 1) : 1;
}

/** The bar when it is full. */
function progressLine(process: Process, name: string, bytes: number): string {
  const width = Math.max(20, (process.windowSize(1).columns || DEFAULT_COLUMNS) - 38);
  const amount = bytes < 1024 * 100 ? `${bytes}  ` : `${Math.round(bytes / 1024)}KB`;
  const rate = `${(bytes / 1024).toFixed(1)}KB/s`;
  return `${name.slice(0, width).padEnd(width)} 100% ${amount.padStart(6)} ${rate.padStart(10)}   00:00    \n`;
}
