/** What a request's path is about, after k8s.io/apiserver pkg/endpoints/request/requestinfo.go. */
export interface RequestInfo {
  readonly group: string;
  readonly version: string;
  /** Empty for cluster-scoped objects and for requests across all namespaces. */
  readonly namespace: string;
  /** The plural, e.g. `pods`. */
  readonly resource: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
  /** The path begins with `watch`, as in the days before the query parameter of that name. */
  readonly watch?: boolean;
  /** What follows behind the subresource `proxy`. */
  readonly subpath?: readonly string[];
}

/** The decoded, non-empty segments of a path; undefined when an escape is malformed. */
export function pathSegments(path: string): string[] | undefined {
  const segments: string[] = [];
  for (const segment of path.split('/')) if (segment !== '') segments.push(segment);
  if (!path.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Reads `/api/v1/…`, `/api/v1/watch/…` and `/apis/GROUP/VERSION/…`; undefined for paths that name no resource. */
export function readRequestInfo(segments: readonly string[]): RequestInfo | undefined {
  const core = segments[0] === 'api';
  if (!core && segments[0] !== 'apis') return undefined;
  const below = segments.slice(core ? 2 : 3);
  const rest = below[0] === 'watch' ? below.slice(1) : below;
  if (rest.length === 0) return undefined;
  const group = core ? '' : segments[1]!;
  const version = segments[core ? 1 : 2]!;
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.includes(rest[2]!);
  const [resource, name = '', subresource = '', ...more] = inNamespace ? rest.slice(2) : rest;
  if (more.length > 0 && subresource !== 'proxy') return undefined;
  const namespace = inNamespace ? rest[1]! : '';
  const subpath = subresource === 'proxy' ? { subpath: more } : {};
  const info = { group, version, namespace, resource: resource!, name, subresource, ...subpath };
  return rest === below ? info : { ...info, watch: true };
}

const NAMESPACE_SUBRESOURCES = ['finalize', 'status'];
