import type { UsageSample } from '../api/node-api.ts';
import { parsePrometheusText, type Sample } from '../api/prometheus-text.ts';

export interface ContainerSample extends UsageSample {
  readonly startedAtMs: number;
}

/** The containers of a Pod, by name. */
export type PodSample = ReadonlyMap<string, ContainerSample>;

/** What a kubelet has told at one moment. */
export interface ResourcePage {
  /** Undefined where the page does not say all of it. */
  readonly node: UsageSample | undefined;
  /** By `namespace/name`. */
  readonly pods: ReadonlyMap<string, PodSample>;
}

type Figures = { -readonly [K in keyof ContainerSample]?: number };

/** What each metric is a figure of, in seconds or bytes. Totals of Pods are left aside: they are added up from containers. */
const METRICS: Readonly<Record<string, (figures: Figures, sample: Sample) => void>> = {
  node_cpu_usage_seconds_total: setCpu,
  container_cpu_usage_seconds_total: setCpu,
  node_memory_working_set_bytes: setMemory,
  container_memory_working_set_bytes: setMemory,
  container_start_time_seconds: (figures, { value }) => {
    figures.startedAtMs = value * 1000;
  },
};

function setCpu(figures: Figures, { value, timeMs }: Sample): void {
  figures.cpuMs = value * 1000;
  if (timeMs !== undefined) figures.timeMs = timeMs;
}

function setMemory(figures: Figures, { value, timeMs }: Sample): void {
  figures.memoryBytes = value;
  if (timeMs !== undefined) figures.timeMs ??= timeMs;
}

/**
 * Reads `/metrics/resource`. A Pod of whose containers something is missing is left out; unlike there, one that has not used any
 * CPU yet is not. After metrics-server's `pkg/scraper/client/resource/decode.go`.
 *
 * @param askedMs what is taken for the time of figures without one
 * @throws SyntaxError for what is no such page
 */
export function readResourcePage(text: string, askedMs: number): ResourcePage {
  const node: Figures = {};
  const pods = new Map<string, Map<string, Figures>>();
  for (const sample of parsePrometheusText(text)) {
    const set = METRICS[sample.name];
    if (set === undefined) continue;
    set(sample.name.startsWith('node_') ? node : containerOf(pods, sample), sample);
  }
  const complete = [...pods].flatMap(([pod, containers]) => {
    const found = [...containers].map(([name, figures]) => [name, wholeContainer(figures, askedMs)] as const);
    return found.every((each): each is [string, ContainerSample] => each[1] !== undefined)
      ? [[pod, new Map(found)] as const]
      : [];
  });
  return { node: whole(node, askedMs), pods: new Map(complete) };
}

function containerOf(pods: Map<string, Map<string, Figures>>, { labels }: Sample): Figures {
  const pod = `${labels['namespace'] ?? ''}/${labels['pod'] ?? ''}`;
  const container = labels['container'] ?? '';
  const containers = pods.get(pod) ?? new Map<string, Figures>();
  pods.set(pod, containers);
  const figures = containers.get(container) ?? {};
  containers.set(container, figures);
  return figures;
}

function wholeContainer(figures: Figures, askedMs: number): ContainerSample | undefined {
  const usage = whole(figures, askedMs);
  const { startedAtMs } = figures;
  return usage === undefined || startedAtMs === undefined ? undefined : { ...usage, startedAtMs };
}

function whole({ cpuMs, memoryBytes, timeMs = -1 }: Figures, askedMs: number): UsageSample | undefined {
  if (cpuMs === undefined || memoryBytes === undefined) return undefined;
  return { cpuMs, memoryBytes, timeMs: timeMs < 0 ? askedMs : timeMs };
}
