/** The address of a page of this site, wherever the site is put. */
export function linkTo(path: string): string {
  return `${import.meta.env.BASE_URL.replace(/\/$/, '')}/${path}`;
}
