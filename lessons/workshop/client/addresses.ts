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
