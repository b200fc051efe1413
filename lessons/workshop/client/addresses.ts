import { FIRST, languageOf } from '../../i18n/languages.ts';

/** The site's base, as its pages say it. */
function base(): string {
  return document.body.dataset['base'] ?? '/';
}

/** Where a part of the workshop's API lies. */
export function apiBase(part: 'join' | 'me' | 'board'): string {
  return `${base()}workshop/api/${part}`;
}

/** The address of a page of the site. */
export function pageAt(path: string): string {
  return `${base()}${path}`;
}

/** The address of a page in the language of this one. */
export function localPage(path: string): string {
  const { id } = languageOf(document.documentElement.lang);
  return pageAt(id === FIRST.id ? path : `${id}/${path}`);
}
