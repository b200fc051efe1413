import { expect, test } from 'vitest';
import { podRates } from './rates.ts';
import { readResourcePage } from './resource-page.ts';

const PAGE = `# TYPE node_cpu_usage_seconds_total counter
node_cpu_usage_seconds_total 12.5 1700000015000
node_memory_working_set_bytes 2048 1700000015000
container_cpu_usage_seconds_total{container="web",namespace="default",pod="shop"} 3 1700000015000
container_memory_working_set_bytes{container="web",namespace="default",pod="shop"} 512 1700000015000
container_start_time_seconds{container="web",namespace="default",pod="shop"} 1700000000
container_cpu_usage_seconds_total{container="a",namespace="default",pod="half"} 1
container_memory_working_set_bytes{container="a",namespace="default",pod="half"} 1
pod_cpu_usage_seconds_total{namespace="default",pod="shop"} 3 1700000015000
resource_scrape_error 0
`;

test('a kubelet’s page: times of its own, and only Pods of which all is said', () => {
  const { node, pods } = readResourcePage(PAGE, 5);
  expect(node).toEqual({ cpuMs: 12_500, memoryBytes: 2048, timeMs: 1_700_000_015_000 });
  expect([...pods]).toEqual([
    [
      'default/shop',
      new Map([['web', { cpuMs: 3000, memoryBytes: 512, timeMs: 1_700_000_015_000, startedAtMs: 1_700_000_000_000 }]]),
    ],
  ]);
});

test('a page without times is of the moment in which it was asked for', () => {
  const { node } = readResourcePage('node_cpu_usage_seconds_total 1\nnode_memory_working_set_bytes 2\n', 5);
  expect(node).toEqual({ cpuMs: 1000, memoryBytes: 2, timeMs: 5 });
});

test('half a page says nothing of the node, and what is no page is refused by line', () => {
  expect(readResourcePage('node_cpu_usage_seconds_total 1\n', 5).node).toBeUndefined();
  expect(() => readResourcePage('<html>\n', 5)).toThrow('line 1: "<html>"');
});

const container = (ageMs: number, cpuMs: number, startedAtMs = 0) =>
  new Map([['web', { startedAtMs, timeMs: startedAtMs + ageMs, cpuMs, memoryBytes: 1 }]]);

test.each([
  ['too young', undefined, container(9_000, 900), undefined],
  ['young: compared with its beginning', undefined, container(12_000, 1_200), 100_000_000],
  ['older, and never seen before', undefined, container(40_000, 4_000), undefined],
  ['seen before', container(25_000, 1_000), container(40_000, 4_000), 200_000_000],
  ['another one of that name', container(25_000, 1_000), container(9_000, 1_000, 30_000), undefined],
] as const)('a container: %s', (_what, before, after, nanoCores) => {
  expect(podRates(before, after, 15_000)?.get('web')?.nanoCores).toBe(nanoCores);
});
