import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha512 } from './sha512.ts';

test.each([0, 1, 3, 110, 111, 112, 127, 128, 129, 239, 240, 1000])('the digest of %i bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, at) => at * 31 + length);
  expect(sha512(bytes)).toBe(createHash('sha512').update(bytes).digest('hex'));
});
