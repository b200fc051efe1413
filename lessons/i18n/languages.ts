import type { Words } from './en/index.ts';
import type { WorkshopWords } from './en/workshop.ts';

/** A language of the site. */
export interface Language {
  /** Its folder below `content/lessons/`, its folder here, and the beginning of its addresses (none for the first). */
  readonly id: string;
  /** As pages declare it: https://www.w3.org/International/articles/language-tags/ */
  readonly code: string;
  /** In itself. */
  readonly name: string;
  words(): Promise<Words>;
  workshop(): Promise<WorkshopWords>;
}

/** The first is the one that the course is written in; what is not translated yet is shown in it. */
export const LANGUAGES: readonly [Language, ...Language[]] = [
  {
    id: 'en',
    code: 'en',
    name: 'English',
    words: async () => (await import('./en/index.ts')).en,
    workshop: async () => (await import('./en/workshop.ts')).workshop,
  },
  {
    id: 'zh',
    code: 'zh-CN',
    name: '简体中文',
    words: async () => (await import('./zh/index.ts')).zh,
    workshop: async () => (await import('./zh/workshop.ts')).workshop,
  },
];

export const [FIRST] = LANGUAGES;

/** The language with this id or code; the first for any other. */
export function languageOf(name: string | undefined): Language {
  return LANGUAGES.find(({ id, code }) => id === name || code === name) ?? FIRST;
}
