import { decode, print, printError } from '../stdio.ts';
import type { Process, Stat } from '../syscalls.ts';
import { getOptions } from './options.ts';
import { errnoOf, program } from './program.ts';

/** As much of a file is looked at. */
const LOOK_BYTES = 1024 * 1024;

/** What a file is: in words, as a media type, and in which encoding. */
interface Kind {
  readonly words: string;
  readonly type: string;
  readonly charset: string;
}

/** What files are, told by what is in them. https://man7.org/linux/man-pages/man1/file.1.html */
export const file = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'biLhsNnr0zk',
    long: { brief: 'b', mime: 'i', 'mime-type': 't', 'mime-encoding': 'e', dereference: 'L' },
  });
  if (options.operands.length === 0) {
    yield* printError(process, 'Usage: file [-biLhNs] [--mime-encoding] [--mime-type] <file> ...\n');
    return 1;
  }
  const width = Math.max(...options.operands.map((path) => path.length)) + 2;
  for (const path of options.operands) {
    const kind = kindOf(process, path, options.has('L'));
    const text = options.has('i')
      ? `${kind.type}; charset=${kind.charset}`
      : options.has('t')
        ? kind.type
        : options.has('e')
          ? kind.charset
          : kind.words;
    yield* print(process, `${options.has('b') ? '' : `${path}:`.padEnd(width)}${text}\n`);
  }
  return 0;
});

const binary = (words: string, type = 'application/octet-stream'): Kind => ({ words, type, charset: 'binary' });

function kindOf(process: Process, path: string, follow: boolean): Kind {
  let stat: Stat;
  try {
    stat = follow ? process.stat(path) : process.lstat(path);
  } catch (error) {
    return binary(`cannot open \`${path}' (${errnoOf(error).message})`);
  }
  const [major, minor] = stat.deviceNumber ?? [0, 0];
  switch (stat.type) {
    case 'directory':
      return binary((stat.mode & 0o1000) === 0 ? 'directory' : 'sticky, directory', 'inode/directory');
    case 'symlink': {
      const target = process.readlink(path);
      const broken = exists(process, path) ? '' : 'broken ';
      return binary(`${broken}symbolic link to ${target}`, 'inode/symlink');
    }
    case 'character':
      return binary(`character special (${major}/${minor})`, 'inode/chardevice');
    case 'block':
      return binary(`block special (${major}/${minor})`, 'inode/blockdevice');
    case 'fifo':
      return binary('fifo (named pipe)', 'inode/fifo');
    case 'socket':
      return binary('socket', 'inode/socket');
    default:
      break;
  }
  try {
    const bytes = process.readFile(path).subarray(0, LOOK_BYTES);
    return bytes.length > 0 ? contentKind(bytes) : binary('empty', 'inode/x-empty');
  } catch (error) {
    return binary(`regular file, no read permission (${errnoOf(error).message})`);
  }
}

function exists(process: Process, path: string): boolean {
  return process.access(path, 'exists');
}

/** The first bytes of what is no text. */
const MAGIC: readonly (readonly [number, readonly number[], string, string])[] = [
  [
    0,
    [0x7f, 0x45, 0x4c, 0x46],
    'ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked',
    'application/x-pie-executable',
  ],
  [0, [0x1f, 0x8b], 'gzip compressed data', 'application/gzip'],
  [0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'PNG image data', 'image/png'],
  [0, [0x42, 0x5a, 0x68], 'bzip2 compressed data', 'application/x-bzip2'],
  [0, [0xfd, 0x37, 0x7a, 0x58, 0x5a], 'XZ compressed data', 'application/x-xz'],
  [0, [0x50, 0x4b, 3, 4], 'Zip archive data', 'application/zip'],
  [257, [0x75, 0x73, 0x74, 0x61, 0x72, 0x20, 0x20, 0], 'POSIX tar archive (GNU)', 'application/x-tar'],
  [257, [0x75, 0x73, 0x74, 0x61, 0x72], 'POSIX tar archive', 'application/x-tar'],
];

function contentKind(bytes: Uint8Array): Kind {
  const found = MAGIC.find(([offset, magic]) => magic.every((byte, at) => bytes[offset + at] === byte));
  if (found !== undefined) return binary(found[2], found[3]);
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return binary('data');
  const text = decode(bytes);
  const [words, type] = languageOf(text);
  const charset = { ASCII: 'us-ascii', 'Unicode text, UTF-8': 'utf-8', 'ISO-8859': 'iso-8859-1' }[encoding];
  if (words === 'JSON text data' || words.startsWith('PEM ')) return { words, type, charset };
  const ends = lineEnds(text);
  const run = words.endsWith('script') ? ' executable' : '';
  return { words: `${words === '' ? '' : `${words}, `}${encoding} text${run}${ends}`, type, charset };
}

type Encoding = 'ASCII' | 'Unicode text, UTF-8' | 'ISO-8859';

/** Undefined for what is no text: control characters that texts do not have. */
function encodingOf(bytes: Uint8Array): Encoding | undefined {
  let high = false;
  for (const byte of bytes) {
    const control = byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b;
    if (control || byte === 0x7f) return undefined;
    if (byte >= 0x80) high = true;
  }
  if (!high) return 'ASCII';
  // Bytes that are not UTF-8 are escaped by lone surrogates.
  if (decode(bytes).isWellFormed()) return 'Unicode text, UTF-8';
  return bytes.every((byte) => byte < 0x80 || byte >= 0xa0) ? 'ISO-8859' : undefined;
}

/** By the line that scripts begin with. */
const INTERPRETERS: readonly (readonly [RegExp, string, string])[] = [
  [/^bash$/, 'Bourne-Again shell script', 'text/x-shellscript'],
  [/^(sh|dash|ash)$/, 'POSIX shell script', 'text/x-shellscript'],
  [/^python[\d.]*$/, 'Python script', 'text/x-script.python'],
  [/^perl$/, 'Perl script text', 'text/x-perl'],
];

function languageOf(text: string): readonly [words: string, type: string] {
  const line = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text);
  if (line !== null) {
    const program = line[1]!.endsWith('/env') ? (line[2] ?? '') : line[1]!.slice(line[1]!.lastIndexOf('/') + 1);
    const known = INTERPRETERS.find(([name]) => name.test(program));
    return known === undefined ? [`a ${line[1]} script`, 'text/plain'] : [known[1], known[2]];
  }
  if (/^-----BEGIN CERTIFICATE-----/.test(text)) return ['PEM certificate', 'text/plain'];
  const key = /^-----BEGIN (RSA|EC|DSA) PRIVATE KEY-----/.exec(text);
  if (key !== null) return [`PEM ${key[1]} private key`, 'text/plain'];
  if (/^<\?xml version="([\d.]+)"/.test(text)) {
    return [`XML ${/^<\?xml version="([\d.]+)"/.exec(text)![1]} document`, 'text/xml'];
  }
  if (/^\s*<(!doctype html|html)\b/i.test(text)) return ['HTML document', 'text/html'];
  if (/^--- .*\n\+\+\+ .*\n@@ /.test(text)) return ['unified diff output', 'text/x-diff'];
  if (isJson(text)) return ['JSON text data', 'application/json'];
  return ['', 'text/plain'];
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function lineEnds(text: string): string {
  if (!/[\r\n]/.test(text)) return ', with no line terminators';
  return /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? ', with CRLF line terminators' : '';
}
