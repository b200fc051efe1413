import type { Words } from './en/index.ts';
import { FIRST, LANGUAGES, languageOf } from './languages.ts';

/** The site's words by language, for pages as they are built. */
const WORDS: ReadonlyMap<string, Words> = new Map(
  await Promise.all(LANGUAGES.map(async ({ id, words }) => [id, await words()] as const)),
);

/** The site's words in a language; the first one's where there are none. */
export function wordsFor(language: string | undefined): Words {
  return WORDS.get(languageOf(language).id) ?? WORDS.get(FIRST.id)!;
}
