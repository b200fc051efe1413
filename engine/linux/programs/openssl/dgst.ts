import type { Task } from '../../../sim/index.ts';
import { createMd5, createSha1, createSha256, type Hash, hexOf } from '../../hash.ts';
import { print, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Words } from './words.ts';

/** What openssl calls an algorithm in what it prints, and what computes it. */
export const DIGESTS: Readonly<Record<string, readonly [name: string, create: () => Hash]>> = {
  md5: ['MD5', createMd5],
  sha1: ['SHA1', createSha1],
  sha256: ['SHA2-256', createSha256],
};

/** `openssl dgst` and, by the algorithms' own names, `openssl sha256`. https://docs.openssl.org/3.5/man1/openssl-dgst/ */
export function* dgst(process: Process, words: Words, algorithm?: string): Task<number> {
  const asked = algorithm ?? Object.keys(DIGESTS).find((name) => words.has(name)) ?? 'sha256';
  const [name, create] = DIGESTS[asked]!;
  const { operands } = words;
  for (const path of operands.length === 0 ? [undefined] : operands) {
    const hash = create();
    hash.update(path === undefined ? yield* readAll(process, 0) : words.bytes(path));
    const digest = hash.digest();
    if (words.has('binary')) yield* process.write(1, digest);
    else if (words.has('r')) yield* print(process, `${hexOf(digest)} *${path ?? 'stdin'}\n`);
    else yield* print(process, `${name}(${path ?? 'stdin'})= ${hexOf(digest)}\n`);
  }
  return 0;
}
