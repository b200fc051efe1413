import type { Pod } from '../api/kinds.ts';

/** What of the Pod's surroundings the downward API can show. */
export interface DownwardFacts {
  readonly nodeName: string;
  readonly hostIp: string;
  readonly podIp: string | undefined;
}

/**
 * The value of a Pod's field as the downward API gives it; undefined for a path that it does not know.
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
 */
export function fieldValue(pod: Pod, path: string, facts: DownwardFacts): string | undefined {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript !== null) return pod.metadata[subscript[1] as 'labels']?.[subscript[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace;
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return facts.nodeName;
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIp;
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIp ?? '';
    default:
      return undefined;
  }
}

function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(map ?? {}).sort();
  return keys.map((key) => `${key}=${JSON.stringify(map![key])}`).join('\n');
}
