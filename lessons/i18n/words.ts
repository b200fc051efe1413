import { en, type Words } from './en.ts';
import { languageOf } from './languages.ts';

const WORDS: Readonly<Record<string, Words>> = { en };

/** The site's words in a language; English where there are none yet. */
export function wordsFor(language: string | undefined): Words {
  return WORDS[languageOf(language).id] ?? en;
}
