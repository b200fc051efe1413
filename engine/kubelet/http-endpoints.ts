import type { Pod } from '../api/kinds.ts';
import { type NodeApi, NodeApiError, type NodeDocument } from '../api/node-api.ts';
import { concatBytes, decode } from '../linux/stdio.ts';
import { kubeletMetrics, resourceMetrics } from './metrics-text.ts';
import { type DiskUsage, statsSummary } from './stats-summary.ts';
import type { PodVolumeUsage } from './volume-usage.ts';

export interface EndpointSources {
  readonly nodeApi: Pick<NodeApi, 'usage' | 'containerLogs'>;
  readonly capacityBytes: number;
  readonly pods: () => readonly Pod[];
  readonly disk: () => DiskUsage | undefined;
  readonly volumes: (pod: Pod) => readonly PodVolumeUsage[];
  /** Of the machine; undefined for what is not there. */
  readonly logs: (path: string) => NodeDocument | undefined;
  /** The kubelet's configuration, as its file would have it. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

const TEXT = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/**
 * What a GET of port 10250 gives; undefined for paths that there are not. After `pkg/kubelet/server/server.go`.
 *
 * @throws NodeApiError
 */
export function serveEndpoint(
  sources: EndpointSources,
  path: string,
  query: URLSearchParams,
): NodeDocument | undefined {
  const usage = () => sources.nodeApi.usage();
  switch (path) {
    case '/healthz':
      return { contentType: TEXT, body: 'ok' };
    case '/pods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: sources.pods() });
    case '/configz':
      return json({ kubeletconfig: sources.configuration });
    case '/stats/summary':
      return json(statsSummary(usage(), sources.capacityBytes, sources.disk(), allVolumes(sources)));
    case '/metrics':
      return { contentType: METRICS, body: kubeletMetrics(usage(), allVolumes(sources)) };
    case '/metrics/resource':
      return { contentType: METRICS, body: resourceMetrics(usage()) };
    default:
      if (/^\/logs(\/|$)/.test(path)) return sources.logs(path);
      return path.startsWith('/containerLogs/') ? containerLogs(sources, path, query) : undefined;
  }
}

/** By the UIDs of Pods. */
function allVolumes({ pods, volumes }: EndpointSources): ReadonlyMap<string, readonly PodVolumeUsage[]> {
  return new Map(pods().map((pod) => [pod.metadata.uid, volumes(pod)]));
}

function json(body: unknown): NodeDocument {
  return { contentType: 'application/json', body: JSON.stringify(body) };
}

/** `/containerLogs/NAMESPACE/POD/CONTAINER`, as far as it has been written. */
function containerLogs({ nodeApi, pods }: EndpointSources, path: string, query: URLSearchParams): NodeDocument {
  const [, , namespace = '', name = '', container = ''] = path.split('/').map(decodeURIComponent);
  const pod = pods().find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (pod === undefined) throw new NodeApiError(404, `pod "${name}" not found in namespace "${namespace}"`);
  const tail = query.get('tailLines');
  const chunks: Uint8Array[] = [];
  nodeApi.containerLogs({ namespace, name, uid: pod.metadata.uid }, container, {
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(tail === null ? {} : { tailLines: Number(tail) }),
  })({ write: (chunk) => chunks.push(chunk), end: () => {} });
  return { contentType: 'text/plain', body: decode(concatBytes(chunks)) };
}
