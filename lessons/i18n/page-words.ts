import type { Words } from './en/index.ts';
import { languageOf } from './languages.ts';

/** The site's words in the language of this page; those of the others are not fetched. */
export const words: Words = await languageOf(document.documentElement.lang).words();
