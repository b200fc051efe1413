import type { Words } from './en/index.ts';
import type { WorkshopWords } from './en/workshop.ts';
import { FIRST_ID, type Language, languagesOf } from './language.ts';

export type { Language } from './language.ts';

const SAID = import.meta.glob('./*/language.json', { eager: true, import: 'default' });
const WORDS = import.meta.glob<Words>('./*/index.ts', { import: 'words' });
const WORKSHOP = import.meta.glob<WorkshopWords>('./*/workshop.ts', { import: 'workshop' });

/** The site's languages, a folder each; the first is the one that the course is written in. */
export const LANGUAGES = languagesOf(
  Object.fromEntries(Object.entries(SAID).map(([path, said]) => [path.split('/')[1]!, said])),
);

export const [FIRST] = LANGUAGES;

/** The language with this id or code; the first for any other. */
export function languageOf(name: string | undefined): Language {
  return LANGUAGES.find(({ id, code }) => id === name || code === name) ?? FIRST;
}

/** The site's words; a language that has none yet speaks with those of the first. */
export function wordsOf({ id }: Language): Promise<Words> {
  return (WORDS[`./${id}/index.ts`] ?? WORDS[`./${FIRST_ID}/index.ts`]!)();
}

/** The words of a workshop's pages, in the same way. */
export function workshopWordsOf({ id }: Language): Promise<WorkshopWords> {
  return (WORKSHOP[`./${id}/workshop.ts`] ?? WORKSHOP[`./${FIRST_ID}/workshop.ts`]!)();
}
