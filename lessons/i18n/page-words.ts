import { wordsFor } from './words.ts';

/** The site's words in the language of this page. */
export const words = wordsFor(document.documentElement.lang);
