import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { makeDirectories } from '../../directory-tree.ts';
import { Errno } from '../../errno.ts';
import { concatBytes, print, printError, readAll } from '../../stdio.ts';
import type { Process, Stat } from '../../syscalls.ts';
import { type Accounts, readAccounts } from '../accounts.ts';
import { modeText } from '../file-mode.ts';
import { getOptions, type Options } from '../options.ts';
import { errnoOf, type Flavour, program } from '../program.ts';
import { compress, decompress, GzipError, isGzip } from './gzip-format.ts';
import { BLOCK_BYTES, padded, type TarEntry, TarError, tarEntries, tarHeader } from './tar-format.ts';

interface TarRun {
  readonly process: Process;
  readonly options: Options;
  readonly flavour: Flavour;
  readonly accounts: Accounts;
  /** Files that have several names, by device and inode: the first name that was stored. */
  readonly stored: Map<string, string>;
  exitCode: number;
}

/** Archives end with two empty blocks and are written in records of twenty. */
const RECORD_BYTES = 20 * BLOCK_BYTES;

/** Creates, lists and extracts archives, as `kubectl cp` needs it. */
export const tar = program(function* (process, args, flavour) {
  const options = getOptions(withDash(args), {
    letters: 'cxtrvf:zC:phmkOjJaX:T:PS:oswnN',
    long: {
      create: 'c',
      extract: 'x',
      get: 'x',
      list: 't',
      verbose: 'v',
      file: 'f',
      gzip: 'z',
      directory: 'C',
      exclude: 'X',
      'same-permissions': 'p',
      'preserve-permissions': 'p',
      dereference: 'h',
      touch: 'm',
      'to-stdout': 'O',
      'strip-components': 'S',
      'no-same-owner': 'o',
      'same-owner': 's',
      'no-same-permissions': 'n',
      'keep-old-files': 'k',
      overwrite: 'w',
      'absolute-names': 'P',
      'numeric-owner': 'N',
      'auto-compress': 'a',
      append: 'r',
    },
  });
  const run: TarRun = { process, options, flavour, accounts: readAccounts(process), stored: new Map(), exitCode: 0 };
  const modes = ['c', 'x', 't'].filter((letter) => options.has(letter));
  if (options.has('j') || options.has('J') || options.has('r')) {
    yield* printError(process, 'tar: only creating, listing and extracting plain and gzipped archives is simulated\n');
    return 2;
  }
  if (modes.length !== 1) {
    yield* printError(
      process,
      flavour === 'gnu'
        ? `tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n`
        : 'tar: must specify exactly one of -c, -x or -t\n',
    );
    return flavour === 'gnu' ? 2 : 1;
  }
  try {
    if (modes[0] === 'c') yield* create(run);
    else yield* unpack(run, modes[0] === 'x');
  } catch (error) {
    if (!(error instanceof TarError || error instanceof GzipError || error instanceof Errno)) throw error;
    if (error instanceof Errno && error.code === 'EPIPE') throw error;
    yield* printError(
      process,
      `tar: ${error.message}\n${flavour === 'gnu' ? 'tar: Error is not recoverable: exiting now\n' : ''}`,
    );
    return flavour === 'gnu' ? 2 : 1;
  }
  if (run.exitCode !== 0 && flavour === 'gnu')
    yield* printError(process, 'tar: Exiting with failure status due to previous errors\n');
  return run.exitCode === 0 ? 0 : flavour === 'gnu' ? 2 : 1;
});

/** `tar xzf a.tgz`: the first word may come without its dash, and then its letters take their values in order. */
function withDash(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  if (first === undefined || first.startsWith('-') || !/^[cxtvfzpmhkOaCXP]+$/.test(first)) return args;
  const expanded: string[] = [];
  const values = [...rest];
  for (const letter of first) {
    expanded.push(`-${letter}`);
    if ('fCX'.includes(letter)) expanded.push(values.shift() ?? '');
  }
  return [...expanded, ...values];
}

function* complain(run: TarRun, text: string): Task<void> {
  run.exitCode = 1;
  yield* printError(run.process, `tar: ${text}\n`);
}

function excluded(run: TarRun, name: string): boolean {
  return run.options.values('X').some((pattern) => {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`(^|/)${source}(/|$)`).test(name);
  });
}

/** Names in an archive are relative: nobody shall overwrite /etc by unpacking. */
function* relative(run: TarRun, name: string, said: Set<string>): Task<string> {
  if (run.options.has('P')) return name;
  const prefix = /^(?:.*\/)?\.\.(?=\/|$)\/?|^\/+/.exec(name)?.[0] ?? '';
  if (prefix === '') return name;
  if (!said.has(prefix)) {
    said.add(prefix);
    const text =
      run.flavour === 'gnu'
        ? `Removing leading \`${prefix}' from member names`
        : `removing leading '${prefix}' from member names`;
    yield* printError(run.process, `tar: ${text}\n`);
  }
  return name.slice(prefix.length) || '.';
}

// Creating

function* create(run: TarRun): Task<void> {
  const { process, options, flavour } = run;
  if (options.operands.length === 0) {
    throw new TarError(flavour === 'gnu' ? 'Cowardly refusing to create an empty archive' : 'empty archive');
  }
  const file = options.value('f') ?? '-';
  const output = file === '-' ? 1 : process.open(file, { write: true, create: true, truncate: true });
  const directory = options.value('C');
  if (directory !== undefined) process.chdir(directory);
  const zip = options.has('z') || (options.has('a') && /gz$/.test(file));
  const pieces: Uint8Array[] = [];
  let size = 0;
  const emit = function* (bytes: Uint8Array): Task<void> {
    size += bytes.length;
    if (zip) pieces.push(bytes);
    else yield* process.write(output, bytes);
  };
  const said = new Set<string>();
  for (const operand of options.operands) yield* add(run, operand, emit, said, output === 1);
  const end = Math.ceil((size + 2 * BLOCK_BYTES) / RECORD_BYTES) * RECORD_BYTES;
  yield* emit(new Uint8Array(end - size));
  if (zip) yield* process.write(output, compress(concatBytes(pieces), 6));
}

function* add(
  run: TarRun,
  path: string,
  emit: (bytes: Uint8Array) => Task<void>,
  said: Set<string>,
  verboseToError: boolean,
): Task<void> {
  const { process, options, flavour, accounts } = run;
  if (excluded(run, path)) return;
  let info: Stat;
  let content: Uint8Array | undefined;
  try {
    info = options.has('h') ? process.stat(path) : process.lstat(path);
    if (info.type === 'file') {
      const fd = process.open(path, { read: true });
      content = yield* readAll(process, fd);
      process.close(fd);
    }
  } catch (error) {
    const { code, message } = errnoOf(error);
    const verb = code === 'EACCES' ? 'open' : 'stat';
    yield* complain(run, flavour === 'gnu' ? `${path}: Cannot ${verb}: ${message}` : `${path}: ${message}`);
    return;
  }
  if (info.type === 'socket') return;
  const isDirectory = info.type === 'directory';
  const name = (yield* relative(run, path.replace(/\/+$/, '') || '/', said)) + (isDirectory ? '/' : '');
  if (options.has('v')) yield* (verboseToError ? printError : print)(process, `${name}\n`);
  const key = `${info.device}:${info.inode}`;
  const first = info.links > 1 && info.type === 'file' ? run.stored.get(key) : undefined;
  if (first !== undefined) content = undefined;
  run.stored.set(key, first ?? name);
  const entry: TarEntry = {
    name,
    type: first === undefined ? info.type : 'hardlink',
    mode: info.mode,
    uid: info.uid,
    gid: info.gid,
    userName: accounts.userName(info.uid),
    groupName: accounts.groupName(info.gid),
    size: content?.length ?? 0,
    modifiedMs: info.modifiedMs,
    target: first ?? (info.type === 'symlink' ? process.readlink(path) : ''),
  };
  for (const block of tarHeader(entry)) yield* emit(block);
  if (content !== undefined && content.length > 0) yield* emit(padded(content));
  yield* process.compute(1);
  if (!isDirectory) return;
  for (const child of process.readdir(path)) {
    yield* add(run, `${path.replace(/\/+$/, '')}/${child.name}`, emit, said, verboseToError);
  }
}

// Reading

function* unpack(run: TarRun, extract: boolean): Task<void> {
  const { process, options } = run;
  const file = options.value('f') ?? '-';
  let input = 0;
  try {
    if (file !== '-') input = process.open(file, { read: true });
  } catch (error) {
    const { message } = errnoOf(error);
    throw new TarError(run.flavour === 'gnu' ? `${file}: Cannot open: ${message}` : `can't open '${file}': ${message}`);
  }
  const raw = yield* readAll(process, input);
  const bytes = isGzip(raw) ? decompress(raw) : raw;
  const directory = options.value('C');
  if (directory !== undefined) process.chdir(directory);
  const wanted = options.operands.map((operand) => operand.replace(/\/+$/, ''));
  const found = new Set<string>();
  const said = new Set<string>();
  for (const { entry, content } of tarEntries(bytes)) {
    yield* process.compute(1);
    const plain = entry.name.replace(/\/+$/, '');
    const match = wanted.find((operand) => plain === operand || plain.startsWith(`${operand}/`));
    if (wanted.length > 0 && match === undefined) continue;
    if (match !== undefined) found.add(match);
    if (excluded(run, entry.name)) continue;
    if (options.has('v') || !extract) yield* show(run, entry, extract);
    if (extract) yield* place(run, entry, content, said);
  }
  for (const operand of wanted)
    if (!found.has(operand))
      yield* complain(run, `${operand}: ${run.flavour === 'gnu' ? 'Not found in archive' : 'not found in archive'}`);
}

function* show(run: TarRun, entry: TarEntry, extract: boolean): Task<void> {
  const { options, flavour } = run;
  let line = entry.name;
  if (!extract && options.has('v')) {
    const owner =
      flavour === 'gnu' && !options.has('N')
        ? `${entry.userName || entry.uid}/${entry.groupName || entry.gid}`
        : `${entry.uid}/${entry.gid}`;
    const mode = modeText(entry.type === 'hardlink' ? 'file' : entry.type, entry.mode).replace(
      /^-/,
      entry.type === 'hardlink' ? 'h' : '-',
    );
    const size = String(entry.size);
    const when = formatDate(flavour === 'gnu' ? '%Y-%m-%d %H:%M' : '%Y-%m-%d %H:%M:%S', entry.modifiedMs);
    const width = flavour === 'gnu' ? Math.max(1, 19 - owner.length) : 10;
    line = `${mode} ${owner} ${size.padStart(flavour === 'gnu' ? width - 1 : 9)} ${when} ${entry.name}`;
    if (entry.type === 'symlink') line += ` -> ${entry.target}`;
    if (entry.type === 'hardlink') line += flavour === 'gnu' ? ` link to ${entry.target}` : ` -> ${entry.target}`;
  }
  yield* (options.has('O') ? printError : print)(run.process, `${line}\n`);
}

function* place(run: TarRun, entry: TarEntry, content: Uint8Array, said: Set<string>): Task<void> {
  const { process, options } = run;
  const strip = Number(options.value('S') ?? 0);
  const parts = (yield* relative(run, entry.name, said)).split('/').filter((part) => part !== '' && part !== '.');
  const path = parts.slice(strip).join('/');
  if (options.has('O')) {
    if (entry.type === 'file') yield* process.write(1, content);
    return;
  }
  if (path === '') return;
  try {
    const above = path.lastIndexOf('/');
    if (above > 0) makeDirectories(process, path.slice(0, above));
    make(run, entry, path, content, strip);
    if (entry.type === 'symlink' || entry.type === 'hardlink') return;
    const privileged = process.credentials.uid === 0 && !options.has('o');
    if (privileged) process.chown(path, entry.uid, entry.gid);
    const umask = process.umask(0o022);
    process.umask(umask);
    process.chmod(path, options.has('p') || (privileged && !options.has('n')) ? entry.mode : entry.mode & ~umask);
    if (!options.has('m')) process.utimes(path, process.now(), entry.modifiedMs);
  } catch (error) {
    yield* complain(
      run,
      run.flavour === 'gnu'
        ? `${path}: Cannot open: ${errnoOf(error).message}`
        : `can't open '${path}': ${errnoOf(error).message}`,
    );
  }
}

function make({ process }: TarRun, entry: TarEntry, path: string, content: Uint8Array, strip: number): void {
  if (entry.type === 'directory') {
    makeDirectories(process, path);
    return;
  }
  try {
    process.unlink(path);
  } catch (error) {
    if (errnoOf(error).code !== 'ENOENT') throw error;
  }
  if (entry.type === 'symlink') process.symlink(entry.target, path);
  else if (entry.type === 'hardlink') process.link(entry.target.split('/').slice(strip).join('/'), path);
  else if (entry.type === 'fifo') process.mkfifo(path, entry.mode);
  else process.writeFile(path, content);
}
