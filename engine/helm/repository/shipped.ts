import { sha256 } from '../../kubectl/sha256.ts';
import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { encode } from '../../linux/stdio.ts';
import { packArchive } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { chartOf } from '../chart/load.ts';
import { nginxChart } from './nginx-chart.ts';
import { nvidiaDraChart } from './nvidia-dra-chart.ts';

/**
 * The one chart repository that this network has. The name is one that nobody can own (RFC 2606), so that nobody takes it for a
 * real one.
 */
export const SHIPPED_URL = 'https://charts.drydock.example';

/** When the charts came into the repository. */
const CREATED = '2026-01-15T09:00:00Z';

const shippedCharts = (): readonly Chart[] =>
  [nginxChart('1.1.0'), nginxChart('1.0.0'), nvidiaDraChart()].map((files) =>
    chartOf(Object.entries(files).map(([name, text]) => ({ name, data: encode(text) }))),
  );

const archiveName = ({ metadata }: Chart) => `${metadata.name}-${metadata.version}.tgz`;

/** What a URL brings: the index of the repository or one of its archives. Undefined where nobody answers. */
export function fetchUrl(url: string): Uint8Array | undefined {
  if (!url.startsWith(`${SHIPPED_URL}/`)) return undefined;
  const path = url.slice(SHIPPED_URL.length + 1);
  if (path === 'index.yaml') return encode(writeYaml(indexOf(shippedCharts())));
  const chart = shippedCharts().find((one) => archiveName(one) === path);
  return chart === undefined ? undefined : packArchive(chart);
}

/** https://helm.sh/docs/topics/chart_repository/#the-index-file */
function indexOf(charts: readonly Chart[]): unknown {
  const entries: Record<string, unknown[]> = {};
  for (const chart of charts) {
    const { name } = chart.metadata;
    const digest = sha256(packArchive(chart));
    const entry = { ...chart.metadata, created: CREATED, digest, urls: [archiveName(chart)] };
    entries[name] = [...(entries[name] ?? []), entry];
  }
  return { apiVersion: 'v1', entries, generated: CREATED };
}
