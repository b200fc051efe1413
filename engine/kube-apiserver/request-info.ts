import type { RequestInfo } from '../api/request.ts';

// What a request's path is about, after k8s.io/apiserver pkg/endpoints/request/requestinfo.go.

/** The decoded, non-empty segments of a path; undefined when an escape is malformed. */
export function pathSegments(path: string): string[] | undefined {
  const segments: string[] = [];
  for (let start = 0; start < path.length; ) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    if (end > start) segments.push(path.slice(start, end));
    start = end + 1;
  }
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
  const versionAt = core ? 1 : 2;
  const watch = segments[versionAt + 1] === 'watch';
  const first = versionAt + (watch ? 2 : 1);
  if (first >= segments.length) return undefined;
  const third = segments[first + 2];
  const inNamespace =
    segments[first] === 'namespaces' && third !== undefined && !NAMESPACE_SUBRESOURCES.includes(third);
  const at = inNamespace ? first + 2 : first;
  const subresource = segments[at + 2] ?? '';
  if (segments.length > at + 3 && subresource !== 'proxy') return undefined;
  const info: RequestInfo = {
    group: core ? '' : segments[1]!,
    version: segments[versionAt]!,
    namespace: inNamespace ? segments[first + 1]! : '',
    resource: segments[at]!,
    name: segments[at + 1] ?? '',
    subresource,
    ...(subresource === 'proxy' ? { subpath: segments.slice(at + 3) } : {}),
  };
  return watch ? { ...info, watch } : info;
}

const NAMESPACE_SUBRESOURCES = ['finalize', 'status'];
