import type { NodeUsage } from '../api/node-api.ts';
import { sumUsage } from './usage.ts';
import type { PodVolumeUsage } from './volume-usage.ts';

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timeMs?: number;
}

/** `/metrics/resource` in the text format of Prometheus. After `pkg/kubelet/metrics/collectors/resource_metrics.go`. */
export function resourceMetrics({ node, pods }: NodeUsage): string {
  const containers = pods.flatMap(({ podRef, containers }) =>
    containers.map((container) => ({
      ...container,
      labels: { container: container.name, namespace: podRef.namespace, pod: podRef.name },
    })),
  );
  const podTotals = pods.map(({ podRef, containers }) => ({
    ...sumUsage(containers, node.timeMs),
    labels: { namespace: podRef.namespace, pod: podRef.name },
  }));
  const cpu = ({ cpuMs, ...rest }: { readonly cpuMs: number } & Omit<Sample, 'value'>): Sample => ({
    ...rest,
    value: cpuMs / 1000,
  });
  const memory = ({ memoryBytes, ...rest }: { readonly memoryBytes: number } & Omit<Sample, 'value'>): Sample => ({
    ...rest,
    value: memoryBytes,
  });
  return [
    metric(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
      containers.map(cpu),
    ),
    metric(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set of the container in bytes',
      containers.map(memory),
    ),
    metric(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      containers.map(({ labels, startedAtMs }) => ({ labels, value: startedAtMs / 1000 })),
    ),
    metric('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds', [
      cpu(node),
    ]),
    metric('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [memory(node)]),
    metric(
      'pod_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the pod in core-seconds',
      podTotals.map(cpu),
    ),
    metric('pod_memory_working_set_bytes', 'gauge', 'Current working set of the pod in bytes', podTotals.map(memory)),
    metric('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
      { value: 0 },
    ]),
  ].join('');
}

/** `/metrics`: of what the kubelet tells about itself, only how much it runs, and how full the volumes of claims are. */
export function kubeletMetrics(
  { nodeName, pods }: NodeUsage,
  volumes: ReadonlyMap<string, readonly PodVolumeUsage[]>,
): string {
  const containers = pods.reduce((sum, pod) => sum + pod.containers.length, 0);
  return [
    metric('kubelet_node_name', 'gauge', "The node's name. The count is always 1.", [
      { labels: { node: nodeName }, value: 1 },
    ]),
    metric('kubelet_running_containers', 'gauge', 'Number of containers currently running', [
      { labels: { container_state: 'running' }, value: containers },
    ]),
    metric('kubelet_running_pods', 'gauge', 'Number of pods that have a running pod sandbox', [{ value: pods.length }]),
    ...volumeMetrics([...volumes.values()].flat()),
  ].join('');
}

const VOLUME_METRICS = [
  ['available_bytes', 'Number of available bytes in the volume', 'availableBytes'],
  ['capacity_bytes', 'Capacity in bytes of the volume', 'capacityBytes'],
  ['inodes', 'Maximum number of inodes in the volume', 'inodes'],
  ['inodes_free', 'Number of free inodes in the volume', 'inodesFree'],
  ['inodes_used', 'Number of used inodes in the volume', 'inodesUsed'],
  ['used_bytes', 'Number of used bytes in the volume', 'usedBytes'],
] as const;

/** A claim that several Pods use is told of once. After `pkg/kubelet/metrics/collectors/volume_stats.go`. */
function volumeMetrics(volumes: readonly PodVolumeUsage[]): readonly string[] {
  const byClaim = new Map<string, PodVolumeUsage>();
  for (const volume of volumes) {
    if (volume.pvcRef !== undefined) byClaim.set(`${volume.pvcRef.namespace}/${volume.pvcRef.name}`, volume);
  }
  return VOLUME_METRICS.flatMap(([name, help, field]) => {
    const samples = [...byClaim.values()].flatMap(({ pvcRef, [field]: value }) => {
      const labels = { namespace: pvcRef!.namespace, persistentvolumeclaim: pvcRef!.name };
      return value === undefined ? [] : [{ labels, value }];
    });
    return samples.length === 0 ? [] : [metric(`kubelet_volume_stats_${name}`, 'gauge', help, samples, 'ALPHA')];
  });
}

function metric(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly Sample[],
  stability = 'STABLE',
): string {
  const lines = samples.map(({ labels = {}, value, timeMs }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    const set = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
    return `${name}${set} ${value}${timeMs === undefined ? '' : ` ${Math.floor(timeMs)}`}\n`;
  });
  return `# HELP ${name} [${stability}] ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
