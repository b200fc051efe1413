import type { Figure } from './proxier.ts';
import type { ProxyHealth } from './proxy-health.ts';

/** The figures of `/metrics` that say how syncing goes, in the format of Prometheus. */
export function metricsText({ syncs, totalMs, lastSyncMs }: ProxyHealth, figures: readonly Figure[]): string {
  const all: readonly (readonly [name: string, type: string, help: string, lines: readonly string[]])[] = [
    [
      'kubeproxy_sync_proxy_rules_duration_seconds',
      'histogram',
      'SyncProxyRules latency in seconds',
      [
        `_bucket${labelled('le="+Inf"')} ${syncs}`,
        `_sum${labelled()} ${totalMs / 1000}`,
        `_count${labelled()} ${syncs}`,
      ],
    ],
    [
      'kubeproxy_sync_proxy_rules_last_timestamp_seconds',
      'gauge',
      'The last time proxy rules were successfully synced',
      [`${labelled()} ${(lastSyncMs ?? 0) / 1000}`],
    ],
    ...figures.map(
      ({ name, type, help, samples }) =>
        [name, type, help, samples.map(({ labels, value }) => `${labelled(labels)} ${value}`)] as const,
    ),
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

/** Every figure is one of a family of addresses, since there can be a proxier for each. */
function labelled(labels?: string): string {
  return `{ip_family="IPv4"${labels === undefined ? '' : `,${labels}`}}`;
}
