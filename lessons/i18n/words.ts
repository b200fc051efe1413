import { en, type Words } from './en.ts';

const LANGUAGES: Readonly<Record<string, Words>> = { en };

/** The site's words in a language; English where there are none yet. */
export function wordsFor(language: string | undefined): Words {
  return LANGUAGES[language ?? 'en'] ?? en;
}
