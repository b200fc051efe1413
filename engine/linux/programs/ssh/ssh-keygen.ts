import type { Task } from '../../../sim/index.ts';
import { makeDirectories } from '../../directory-tree.ts';
import { fingerprint, KEY_BYTES, makeSshKey, publicLine, readPublicLine, readSshKey } from '../../ssh/key.ts';
import { decode, encode, fail, lineReader, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { randomBytes } from '../../tls/tls-client.ts';
import { getOptions, type Options } from '../options.ts';
import { errnoOf, program } from '../program.ts';
import { accounts, textLines } from './account.ts';
import { linesNaming } from './known-hosts.ts';

const LETTERS = 'qlyHeiBcpAvR:F:f:t:b:N:C:P:E:m:a:O:';

/** ssh-keygen(1): makes keys, shows them, and looks after known_hosts. */
export const sshKeygen = program(function* (process, args) {
  const options = getOptions(args, { letters: LETTERS });
  const home = accounts(process).find(({ uid }) => uid === process.credentials.uid)?.home ?? '/';
  const file = options.value('f');
  if (options.has('R') || options.has('F'))
    return yield* searchKnownHosts(process, options, file ?? `${home}/.ssh/known_hosts`);
  if (options.has('l') || options.has('y')) return yield* showKey(process, options, file ?? `${home}/.ssh/id_ed25519`);
  for (const letter of ['e', 'i', 'B', 'c', 'p', 'A', 'H'])
    if (options.has(letter)) return yield* fail(process, `option -${letter} is not supported here`);
  return yield* generate(process, options, home);
});

function* generate(process: Process, options: Options, home: string): Task<number> {
  const type = options.value('t') ?? 'ed25519';
  if (!['ed25519', 'rsa', 'ecdsa'].includes(type)) {
    yield* printError(process, `unknown key type ${type}\n`);
    return 255;
  }
  if (type !== 'ed25519')
    return yield* fail(process, `keys of type ${type} are not supported here: use -t ed25519`, 255);
  const quiet = options.has('q');
  if (!quiet) yield* print(process, 'Generating public/private ed25519 key pair.\n');
  const lines = lineReader(process, 0);
  const usual = `${home}/.ssh/id_ed25519`;
  let path = options.value('f');
  if (path === undefined) {
    yield* print(process, `Enter file in which to save the key (${usual}): `);
    path = (yield* lines.next())?.trim() || usual;
  }
  if (process.access(path, 'exists')) {
    yield* print(process, `${path} already exists.\nOverwrite (y/n)? `);
    if (!/^y/i.test((yield* lines.next()) ?? '')) return 1;
  }
  if (!options.has('N')) {
    yield* print(process, `Enter passphrase for "${path}" (empty for no passphrase): `);
    const phrase = yield* lines.next();
    yield* print(process, process.isTerminal(0) ? 'Enter same passphrase again: ' : '\nEnter same passphrase again: ');
    yield* lines.next();
    if (!process.isTerminal(0)) yield* print(process, '\n');
    if (phrase !== undefined && phrase !== '') return yield* fail(process, 'passphrases are not supported here', 255);
  } else if (options.value('N') !== '') return yield* fail(process, 'passphrases are not supported here', 255);
  const user = accounts(process).find(({ uid }) => uid === process.credentials.uid)?.name ?? 'root';
  const key = makeSshKey(yield* randomBytes(process, KEY_BYTES), options.value('C') ?? `${user}@${process.hostname}`);
  try {
    if (path === usual) makeDirectories(process, `${home}/.ssh`, 0o700);
    if (process.access(path, 'exists')) process.unlink(path);
    process.writeFile(path, key.pem, { mode: 0o600 });
    process.writeFile(`${path}.pub`, `${publicLine(key)}\n`);
  } catch (error) {
    yield* printError(process, `Saving key "${path}" failed: ${errnoOf(error).message}\n`);
    return 1;
  }
  if (quiet) return 0;
  yield* print(
    process,
    `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\n` +
      `The key fingerprint is:\n${fingerprint(key.blob)} ${key.comment}\nThe key's randomart image is:\n${randomart(key.blob)}`,
  );
  return 0;
}

/** A picture to know a key by: a walk of the digest's pairs of bits over a board. */
function randomart(blob: Uint8Array): string {
  const [width, height] = [17, 9];
  const symbols = ' .o+=*BOX@%&#/^SE';
  const board = Array.from({ length: height }, () => new Array<number>(width).fill(0));
  let [x, y] = [8, 4];
  const bytes = Uint8Array.from(atob(`${fingerprint(blob).slice('SHA256:'.length)}=`), (letter) =>
    letter.charCodeAt(0),
  );
  for (const byte of bytes) {
    for (let shift = 0; shift < 8; shift += 2) {
      const move = (byte >> shift) & 3;
      x = Math.min(width - 1, Math.max(0, x + ((move & 1) !== 0 ? 1 : -1)));
      y = Math.min(height - 1, Math.max(0, y + ((move & 2) !== 0 ? 1 : -1)));
      board[y]![x] = Math.min(symbols.length - 3, board[y]![x]! + 1);
    }
  }
  board[4]![8] = symbols.length - 2;
  board[y]![x] = symbols.length - 1;
  const rows = board.map((row) => `|${row.map((count) => symbols[count]).join('')}|\n`).join('');
  return `+--[ED25519 256]--+\n${rows}+----[SHA256]-----+\n`;
}

function* showKey(process: Process, options: Options, path: string): Task<number> {
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    yield* printError(process, `${options.has('l') ? 'ssh-keygen: ' : ''}${path}: ${errnoOf(error).message}\n`);
    return 255;
  }
  const own = readSshKey(text);
  if (options.has('y')) {
    if (own === undefined) return yield* fail(process, `Load key "${path}": error in libcrypto`, 255);
    yield* print(process, `${publicLine(own)}\n`);
    return 0;
  }
  const keys = own === undefined ? text.split('\n').flatMap((line) => readPublicLine(line) ?? []) : [own];
  if (keys.length === 0) {
    yield* printError(process, `${path} is not a key file.\n`);
    return 255;
  }
  for (const { blob, comment } of keys)
    yield* print(process, `256 ${fingerprint(blob)} ${comment === '' ? 'no comment' : comment} (ED25519)\n`);
  return 0;
}

function* searchKnownHosts(process: Process, options: Options, path: string): Task<number> {
  const name = options.value('R') ?? options.value('F')!;
  if (!process.access(path, 'exists')) {
    yield* printError(process, `Cannot stat ${path}: No such file or directory\n`);
    return 255;
  }
  const lines = textLines(process, path);
  const found = linesNaming(lines, name);
  if (found.length === 0) {
    if (options.has('R')) yield* printError(process, `Host ${name} not found in ${path}\n`);
    return options.has('R') ? 0 : 1;
  }
  for (const at of found)
    yield* print(process, `# Host ${name} found: line ${at + 1}\n${options.has('R') ? '' : `${lines[at]}\n`}`);
  if (!options.has('R')) return 0;
  process.writeFile(`${path}.old`, process.readFile(path), { mode: 0o600 });
  const kept = lines.filter((_, at) => !found.includes(at));
  process.writeFile(path, encode(kept.map((line) => `${line}\n`).join('')));
  yield* print(process, `${path} updated.\nOriginal contents retained as ${path}.old\n`);
  return 0;
}
