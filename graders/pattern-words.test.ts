import { expect, test } from 'vitest';
import { patternInWords } from './pattern-words.ts';

const SAID: readonly (readonly [pattern: string, words: string | undefined])[] = [
  ['^open', 'something that begins with "open"'],
  ['nginx:1\\.29$', 'something that ends with "nginx:1.29"'],
  ['(^|/)nginx:1\\.29$', '"nginx:1.29" or something that ends with "/nginx:1.29"'],
  ['^green\\s*$', '"green"'],
  ['[Tt]ide', 'something with "tide" in it'],
  ['Read-only|Permission denied', 'something with "Read-only" or "Permission denied" in it'],
  ['^(oil\\s+radio|radio\\s+oil)\\s+hook\\s*$', '"oil radio hook" or "radio oil hook"'],
  ['^(old paint\\s*){2}$', '"old paint old paint"'],
  ['crate[^\\n\\d]*0\\b', 'something with "crate…0" in it'],
  ['(^|\\n)ding', 'a line that begins with "ding"'],
  ['[02]:00Z$', 'something that ends with "0:00Z" or "2:00Z"'],
  ['\\S', 'something'],
  ['^([4-9]|\\d\\d+)$', undefined],
  ['a+', undefined],
  ['a$|b^c', undefined],
  ['[abcdefghijk]', undefined],
];

test.each(SAID)('%s in words', (pattern, words) => {
  expect(patternInWords(pattern)).toBe(words);
});
