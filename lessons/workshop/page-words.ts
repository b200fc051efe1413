import type { WorkshopWords } from '../i18n/en/workshop.ts';
import { languageOf, workshopWordsOf } from '../i18n/languages.ts';

/** A workshop's words in the language of this page. */
export const words: WorkshopWords = await workshopWordsOf(languageOf(document.documentElement.lang));
