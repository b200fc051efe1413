import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMd5, createSha1, createSha256, type Hash, hexOf } from './hash.ts';

const ALGORITHMS: Readonly<Record<string, () => Hash>> = { md5: createMd5, sha1: createSha1, sha256: createSha256 };

test.each(Object.entries(ALGORITHMS))('%s is the same however its input is cut', (name, create) => {
  // One byte in, so that blocks lie across the words of the buffer.
  const data = Uint8Array.from({ length: 301 }, (_, at) => (at * 7) & 0xff).subarray(1);
  for (const length of [0, 1, 55, 56, 63, 64, 65, 127, 128, 200, 300]) {
    const input = data.subarray(0, length);
    const expected = createHash(name).update(input).digest('hex');
    for (const piece of [1, 5, 63, 64, 65, 128, 300]) {
      const hash = create();
      for (let at = 0; at < length; at += piece) hash.update(input.subarray(at, at + piece));
      expect(hexOf(hash.digest()), `${length} bytes by ${piece}`).toBe(expected);
    }
  }
});
