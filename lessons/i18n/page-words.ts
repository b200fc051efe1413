import type { Words } from './en/index.ts';
import { languageOf, wordsOf } from './languages.ts';

/** The site's words in the language of this page; those of the others are not fetched. */
export const words: Words = await wordsOf(languageOf(document.documentElement.lang));
