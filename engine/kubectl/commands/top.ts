import type { Node, Pod } from '../../api/kinds.ts';
import { milliValue, numericValue } from '../../api/quantity.ts';
import { nodes, pods, resourcePath } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import { ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { alignTabs, TABLE_LAYOUT } from '../output/tabwriter.ts';

// After kubectl's `pkg/cmd/top` and `pkg/metricsutil/metrics_printer.go`.

const API = { group: 'metrics.k8s.io', version: 'v1beta1' };

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  /** Of a node. */
  readonly usage?: Usage;
  /** Of a Pod. */
  readonly containers?: readonly { readonly name: string; readonly usage: Usage }[];
}

/** Thousandths of a CPU, and bytes. */
interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}

const SORT_FLAG: FlagSpec = { name: 'sort-by', type: 'string', help: 'cpu or memory', values: ['cpu', 'memory'] };
/** There is no swap here. */
const OTHER_FLAGS: readonly FlagSpec[] = [
  { name: 'show-swap', type: 'bool', help: 'Not of use here', hidden: true },
  { name: 'use-protocol-buffers', type: 'bool', default: 'true', help: 'Not of use here', hidden: true },
];
const HEADERS_FLAG: FlagSpec = { name: 'no-headers', type: 'bool', help: 'Without the line of headers' };

function readMetrics(
  invocation: Invocation,
  plural: string,
  namespace: string | undefined,
  name: string | undefined,
): Metrics[] {
  if (!invocation.discovery.groupVersions().includes(`${API.group}/${API.version}`)) {
    throw new CommandError('Metrics API not available');
  }
  const path = resourcePath({ ...API, plural }, namespace, name);
  const labelSelector = invocation.flags.string('selector');
  const fieldSelector = invocation.flags.has('field-selector') ? invocation.flags.string('field-selector') : '';
  const query: Record<string, string> = {
    ...(labelSelector === '' || name !== undefined ? {} : { labelSelector }),
    ...(fieldSelector === '' || name !== undefined ? {} : { fieldSelector }),
  };
  const { body } = invocation.client.request({ method: 'GET', path, query });
  return name === undefined ? [...(body as { items: Metrics[] }).items] : [body as Metrics];
}

function amounts({ cpu, memory }: Usage): Amounts {
  return { cpu: Math.ceil(milliValue(cpu)), memory: numericValue(memory) };
}

function total(list: readonly Amounts[]): Amounts {
  return list.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), {
    cpu: 0,
    memory: 0,
  });
}

function compare(invocation: Invocation): (a: Amounts & { name: string }, b: Amounts & { name: string }) => number {
  const by = invocation.flags.string('sort-by');
  return (a, b) => {
    if (by === 'cpu' || by === 'memory') return b[by] - a[by];
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  };
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / (1024 * 1024))}Mi`;

function print(invocation: Invocation, headers: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = invocation.flags.bool('no-headers') ? rows : [headers, ...rows];
  const text = lines.map((cells) => `${cells.map((cell) => `${cell}\t`).join('')}\n`).join('');
  invocation.streams.out(alignTabs(text, TABLE_LAYOUT));
}

function checkName(invocation: Invocation): string | undefined {
  const { args, flags } = invocation;
  if (args.length > 1) throw invocation.usageError(`only one NAME can be specified, got ${args.length}`);
  if (args.length > 0 && flags.string('selector') !== '') {
    throw new CommandError('only one of NAME or --selector can be provided');
  }
  return args[0];
}

function* topNode(invocation: Invocation): Task<number> {
  const name = checkName(invocation);
  const metrics = readMetrics(invocation, 'nodes', undefined, name);
  if (metrics.length === 0) throw new CommandError('metrics not available yet');
  const labelSelector = invocation.flags.string('selector');
  const known = (name === undefined
    ? invocation.list(nodes, labelSelector === '' ? {} : { labelSelector })
    : [invocation.get(nodes, name)]) as unknown as readonly Node[];
  const rows = metrics.map(({ metadata, usage }) => ({ name: metadata.name, ...amounts(usage!) }));
  rows.sort(compare(invocation));
  const share = (used: number, of: number): string => (of === 0 ? '<unknown>' : `${Math.floor((used / of) * 100)}%`);
  const cells = rows.map(({ name: node, cpu, memory }) => {
    const status = known.find(({ metadata }) => metadata.name === node)?.status;
    const whole = (invocation.flags.bool('show-capacity') ? status?.capacity : status?.allocatable) ?? {};
    const cpus = milliValue(String(whole['cpu'] ?? '0'));
    const bytes = numericValue(String(whole['memory'] ?? '0'));
    return [node, `${cpu}m`, share(cpu, cpus), megabytes(memory), share(memory, bytes)];
  });
  const silent = known.filter(({ metadata }) => !metrics.some((each) => each.metadata.name === metadata.name));
  for (const { metadata } of silent) cells.push([metadata.name, ...Array<string>(4).fill('<unknown>')]);
  print(invocation, ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], cells);
  return 0;
}

function* topPod(invocation: Invocation): Task<number> {
  const name = checkName(invocation);
  const everywhere = invocation.flags.bool('all-namespaces');
  const namespace = everywhere ? undefined : invocation.namespace;
  const metrics = readMetrics(invocation, 'pods', namespace, name);
  if (metrics.length === 0) return withoutFigures(invocation, namespace);
  const byContainer = invocation.flags.bool('containers');
  const rows = metrics.map(({ metadata, containers = [] }) => ({
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    containers,
    ...total(containers.map(({ usage }) => amounts(usage))),
  }));
  rows.sort(compare(invocation));
  const cells = rows.flatMap((row) => {
    const before = everywhere ? [row.namespace] : [];
    if (!byContainer) return [[...before, row.name, `${row.cpu}m`, megabytes(row.memory)]];
    return row.containers.map(({ name: container, usage }) => {
      const { cpu, memory } = amounts(usage);
      return [...before, row.name, container, `${cpu}m`, megabytes(memory)];
    });
  });
  const headers = [...(everywhere ? ['NAMESPACE'] : []), ...(byContainer ? ['POD'] : []), 'NAME'];
  if (invocation.flags.bool('sum')) cells.push(...sumOf(total(rows), headers.length));
  print(invocation, [...headers, 'CPU(cores)', 'MEMORY(bytes)'], cells);
  return 0;
}

/** What `--sum` puts below. */
function sumOf({ cpu, memory }: Amounts, leading: number): string[][] {
  const before = Array<string>(leading - 1).fill('');
  return [
    [...before, '', '________', '________'],
    [...before, '', `${cpu}m`, megabytes(memory)],
  ];
}

/** There may be no Pods at all, or Pods that are too young. */
function withoutFigures(invocation: Invocation, namespace: string | undefined): number {
  const labelSelector = invocation.flags.string('selector');
  const options = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === '' ? {} : { labelSelector }),
  };
  const found = invocation.list(pods, options) as unknown as readonly Pod[];
  const [first] = found;
  if (first === undefined) {
    const where = namespace === undefined ? '' : ` in ${namespace} namespace`;
    invocation.streams.err(`No resources found${where}.\n`);
    return 0;
  }
  const { name, namespace: own, creationTimestamp } = first.metadata;
  const seconds = Math.floor((invocation.now() - Date.parse(creationTimestamp)) / 1000);
  throw new CommandError(`metrics not available for pod ${own}/${name}, age: ${seconds}s`);
}

export const top: Command = {
  name: 'top',
  summary: 'Display resource (CPU/memory) usage',
  section: 'Cluster Management Commands',
  usage: 'top [flags] [options]',
  subcommands: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      summary: 'Display resource (CPU/memory) usage of nodes',
      usage: 'top node [NAME | -l label] [options]',
      operand: 'node',
      flags: [
        SELECTOR_FLAG,
        SORT_FLAG,
        HEADERS_FLAG,
        { name: 'show-capacity', type: 'bool', help: 'Shares of what the node has, not of what Pods may use' },
        ...OTHER_FLAGS,
      ],
      run: topNode,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      summary: 'Display resource (CPU/memory) usage of pods',
      usage: 'top pod [NAME | -l label] [options]',
      operand: 'pod',
      flags: [
        SELECTOR_FLAG,
        ALL_NAMESPACES_FLAG,
        { name: 'containers', type: 'bool', help: 'Each container by itself' },
        SORT_FLAG,
        HEADERS_FLAG,
        FIELD_SELECTOR_FLAG,
        { name: 'sum', type: 'bool', help: 'The sum of all below' },
        ...OTHER_FLAGS,
      ],
      run: topPod,
    },
  ],
};
