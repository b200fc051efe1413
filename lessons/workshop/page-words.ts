import type { WorkshopWords } from '../i18n/en/workshop.ts';
import { languageOf } from '../i18n/languages.ts';

/** A workshop's words in the language of this page. */
export const words: WorkshopWords = await languageOf(document.documentElement.lang).workshop();
