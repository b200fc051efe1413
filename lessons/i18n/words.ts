import type { Words } from './en/index.ts';
import { LANGUAGES, languageOf, wordsOf } from './languages.ts';

/** The site's words by language, for pages as they are built. */
const WORDS: ReadonlyMap<string, Words> = new Map(
  await Promise.all(LANGUAGES.map(async (language) => [language.id, await wordsOf(language)] as const)),
);

/** The site's words in a language; in the first for one that the site does not have. */
export function wordsFor(language: string | undefined): Words {
  return WORDS.get(languageOf(language).id)!;
}
