import type { Figure } from './proxier.ts';
import type { ProxyHealth } from './proxy-health.ts';

/** The figures of `/metrics` that say how syncing goes, in the format of Prometheus. */
export function metricsText({ syncs, totalMs, lastSyncMs }: ProxyHealth, figures: readonly Figure[]): string {
  const all: readonly (readonly [name: string, type: string, help: string, lines: readonly string[]])[] = [
    [
      'kubeproxy_sync_proxy_rules_duration_seconds',
      'histogram',
      'SyncProxyRules latency in seconds',
      [`_bucket{le="+Inf"} ${syncs}`, `_sum ${totalMs / 1000}`, `_count ${syncs}`],
    ],
    [
      'kubeproxy_sync_proxy_rules_last_timestamp_seconds',
      'gauge',
      'The last time proxy rules were successfully synced',
      [` ${(lastSyncMs ?? 0) / 1000}`],
    ],
    ...figures.map(({ name, type, help, value }) => [name, type, help, [` ${value}`]] as const),
  ];
  return all
    .flatMap(([name, type, help, lines]) => [
      `# HELP ${name} [ALPHA] ${help}`,
      `# TYPE ${name} ${type}`,
      ...lines.map((line) => `${name}${line}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
