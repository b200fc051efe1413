/** Whether every name of the second is one of the first: `*.example.com` covers `a.example.com`; what is absent covers all. */
export function covers(pattern: string | undefined, hostname: string | undefined): boolean {
  if (pattern === undefined || pattern === '') return true;
  if (hostname === undefined || hostname === '') return false;
  if (pattern === hostname) return true;
  return pattern.startsWith('*.') && hostname.replace(/^\*\./, 'x.').endsWith(pattern.slice(1));
}

/** The names that a listener and a route have in common; undefined where there are none. */
export function intersection(one: string | undefined, other: string | undefined): string | undefined | 'none' {
  if (covers(one, other)) return other;
  return covers(other, one) ? one : 'none';
}

/** The more characters that are no wildcard, the more is said; a name without one says most. */
export function specificity(hostname: string | undefined): number {
  if (hostname === undefined || hostname === '') return 0;
  return hostname.startsWith('*.') ? hostname.length - 1 : 1000 + hostname.length;
}
