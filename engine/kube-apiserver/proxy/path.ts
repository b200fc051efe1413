import type { ApiRequest, RequestInfo } from '../../api/request.ts';

/** A request's path and query as the server behind this one gets to see them. */
export interface RequestPath {
  /** What stands before it here: `/api/v1/namespaces/default/pods/web/proxy`. */
  readonly prefix: string;
  /** With a slash in front, escaped; empty where the request ended with the prefix. */
  readonly there: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

/** What of a proxied request's path goes on. Segments such as `..` lead nowhere beyond the root. */
export function readPath({ path, query = {} }: ApiRequest, { subpath = [] }: RequestInfo): RequestPath {
  const segments: string[] = [];
  for (const segment of subpath.flatMap((each) => each.split('/'))) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  const slash = path.endsWith('/') && segments.length > 0 ? '/' : '';
  const there = subpath.length === 0 && !path.endsWith('/') ? '' : `/${segments.map(escaped).join('/')}${slash}`;
  return { prefix: prefixOf(path, subpath.length), there, query: queryText(query) };
}

/** The path without its last segments. */
function prefixOf(path: string, count: number): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return `/${segments
    .slice(0, segments.length - count)
    .map(decodeURIComponent)
    .join('/')}`;
}

/** What Go escapes in a path. */
function escaped(segment: string): string {
  return encodeURIComponent(segment).replace(/%(24|26|2B|2C|3A|3B|3D|40)/g, (code) => decodeURIComponent(code));
}

function queryText(query: NonNullable<ApiRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
