import { createMd5, createSha1, createSha256, type Hash, hexOf } from '../hash.ts';
import { sha512 } from '../sha512.ts';
import { concatBytes, decode, encode, fail, print, printError, readAll } from '../stdio.ts';
import { eachInput, linesOf, lookAt } from './input.ts';
import { getOptions } from './options.ts';
import { errnoOf, type ProgramMaker, program } from './program.ts';

function digest(create: () => Hash): ProgramMaker {
  return program(function* (process, args, flavour) {
    const options = getOptions(args, { letters: 'cbsw', long: { check: 'c' } });
    if (!options.has('c')) {
      return yield* eachInput(process, flavour, options.operands, function* (fd, path) {
        const hash = create();
        for (;;) {
          const data = yield* process.read(fd);
          if (data.length === 0) break;
          hash.update(data);
          yield* lookAt(process, data);
        }
        yield* print(process, `${hexOf(hash.digest())}  ${path}\n`);
      });
    }
    let failed = 0;
    for (const line of linesOf(decode(process.readFile(options.operands[0] ?? '/dev/stdin')))) {
      const match = /^([0-9a-f]+) [ *](.*)$/.exec(line);
      if (match === null) continue;
      let ok = false;
      try {
        const hash = create();
        hash.update(process.readFile(match[2]!));
        ok = hexOf(hash.digest()) === match[1];
      } catch (error) {
        yield* printError(process, `${match[2]}: ${errnoOf(error).message}\n`);
      }
      if (!ok) failed += 1;
      yield* print(process, `${match[2]}: ${ok ? 'OK' : 'FAILED'}\n`);
    }
    return failed === 0
      ? 0
      : yield* fail(process, `WARNING: ${failed} computed checksum${failed > 1 ? 's' : ''} did NOT match`);
  });
}

export const md5sum = digest(createMd5);
export const sha1sum = digest(createSha1);
export const sha256sum = digest(createSha256);
export const sha512sum = digest(createSha512);

/** Over the whole message at its end. */
function createSha512(): Hash {
  const pieces: Uint8Array[] = [];
  return {
    update(data) {
      pieces.push(data);
    },
    digest() {
      const hex = sha512(concatBytes(pieces));
      return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
    },
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export const base64 = program(function* (process, args) {
  const options = getOptions(args, { letters: 'dDw:i', long: { decode: 'd', wrap: 'w' } });
  const path = options.operands[0];
  const fd = path === undefined || path === '-' ? 0 : process.open(path, { read: true });
  const data = yield* readAll(process, fd);
  if (options.has('d') || options.has('D')) {
    const bytes = decodeBase64(decode(data).replace(/\s+/g, ''));
    if (bytes === undefined) return yield* fail(process, 'truncated input');
    yield* process.write(1, bytes);
    return 0;
  }
  const width = Number(options.value('w') ?? 76);
  const text = encodeBase64(data);
  const lines =
    width > 0 ? (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((line) => `${line}\n`).join('') : text;
  yield* process.write(1, encode(lines));
  return 0;
});

function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let digit = 0; digit < 4; digit++)
      text += at + digit > bytes.length ? '=' : ALPHABET[(group >> (18 - 6 * digit)) & 63];
  }
  return text;
}

function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 4) {
    const digits = [0, 1, 2, 3].map((offset) => Math.max(0, ALPHABET.indexOf(text[at + offset]!)));
    const group = (digits[0]! << 18) | (digits[1]! << 12) | (digits[2]! << 6) | digits[3]!;
    const padding = text[at + 2] === '=' ? 2 : text[at + 3] === '=' ? 1 : 0;
    bytes.push(...[group >> 16, (group >> 8) & 255, group & 255].slice(0, 3 - padding));
  }
  return Uint8Array.from(bytes);
}
