import { FIRST, languageOf } from './i18n/languages.ts';

/** The address of a page of this site, in a language, wherever the site is put. */
export function linkTo(path: string, language: string | undefined = FIRST.id): string {
  const { id } = languageOf(language);
  const prefix = id === FIRST.id ? '' : `${id}/`;
  return `${import.meta.env.BASE_URL.replace(/\/$/, '')}/${prefix}${path}`;
}

/** The path of a page without what comes before it in every language: `lessons/pause-container/`. */
export function pathOf(url: URL): string {
  const path = url.pathname.slice(import.meta.env.BASE_URL.replace(/\/$/, '').length + 1);
  const [first = '', ...rest] = path.split('/');
  return first !== FIRST.id && languageOf(first).id === first ? rest.join('/') : path;
}
