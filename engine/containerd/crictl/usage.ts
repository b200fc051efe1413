import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStats, ContainerStatus, ImageStatus, PodSandboxStatus } from '../cri.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { type Command, hasLabels, requireShown, shown } from './line.ts';
import { humanSize, pattern, shortId, table } from './table.ts';

interface Usage {
  readonly id: string;
  readonly name: string;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly stats: ContainerStats;
}

/** CPU is what was computed in the meantime. */
function* measure(process: Process, { flags }: Line): Task<Usage[]> {
  if (flags.has('watch')) throw new CallError('--watch is not supported by this simulation');
  const seconds = Number(flags.get('seconds') ?? 1);
  const first = yield* callCri<ContainerStats[]>(process, 'listContainerStats');
  yield* process.sleep(1000 * seconds);
  const second = yield* callCri<ContainerStats[]>(process, 'listContainerStats');
  return second.map((stats) => {
    const before = first.find((each) => each.id === stats.id)?.cpuMs ?? stats.cpuMs;
    const { id, name, memoryBytes } = stats;
    return { id, name, memoryBytes, stats, cpuPercent: (stats.cpuMs - before) / (10 * seconds) };
  });
}

const FLAGS = `
  label=list Filter by key=value label
  output|o=string Output format, One of: json|yaml|table
  seconds|s=int Sample duration for CPU usage in seconds
  watch|w Watch pod resources`;

function* stats(process: Process, line: Line): Task<string> {
  const { flags, args } = line;
  const wanted = flags.get('id') ?? args[0] ?? '';
  const containers = yield* callCri<ContainerStatus[]>(process, 'listContainers');
  const isChosen = ({ id, name }: Usage): boolean => {
    const container = containers.find((each) => each.id === id);
    return (
      id.startsWith(wanted) &&
      pattern(flags.get('name')).test(name) &&
      (container?.podSandboxId ?? '').startsWith(flags.get('pod') ?? '') &&
      hasLabels(line, container?.labels ?? {})
    );
  };
  const chosen = (yield* measure(process, line)).filter(isChosen);
  const nowMs = process.now();
  const output = shown({ stats: chosen.map((usage) => listed(usage, nowMs)) }, flags.get('output') ?? 'table');
  if (output !== undefined) return output;
  const rows = chosen.map(
    ({ id, name: container, cpuPercent, memoryBytes, stats: { writableBytes, writableInodes } }) => [
      shortId(id),
      container,
      cpuPercent.toFixed(2),
      humanSize(memoryBytes),
      humanSize(writableBytes),
      String(writableInodes),
    ],
  );
  return table(['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK', 'INODES'], rows);
}

function listed(
  { id, name, memoryBytes, stats: { cpuMs, writableBytes, writableInodes } }: Usage,
  nowMs: number,
): object {
  const timestamp = String(Math.floor(nowMs) * 1_000_000);
  const value = (number: number) => ({ value: String(Math.round(number)) });
  return {
    attributes: { id, metadata: { name } },
    cpu: { timestamp, usageCoreNanoSeconds: value(cpuMs * 1e6) },
    memory: { timestamp, workingSetBytes: value(memoryBytes) },
    writableLayer: { inodesUsed: value(writableInodes), timestamp, usedBytes: value(writableBytes) },
  };
}

export const STATS: Command = {
  name: 'stats',
  usage: 'List container(s) resource usage statistics',
  operands: '[ID]',
  flags: cliFlags(`${FLAGS}
    all|a Show all containers (default shows just running)
    id=string Filter by container id
    name=string Filter by container name regular expression pattern
    pod|p=string Filter by pod id`),
  run: stats,
};

/** The same of whole Pods. */
function* statsp(process: Process, line: Line): Task<string> {
  const { flags, args } = line;
  const wanted = flags.get('id') ?? args[0] ?? '';
  const usages = yield* measure(process, line);
  const containers = yield* callCri<ContainerStatus[]>(process, 'listContainers');
  const sandboxes = yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const chosen = sandboxes.filter(
    ({ id, state, metadata, labels }) =>
      state === 'SANDBOX_READY' &&
      id.startsWith(wanted) &&
      pattern(flags.get('name')).test(metadata.name) &&
      hasLabels(line, labels),
  );
  if (shown({}, flags.get('output') ?? 'table') !== undefined)
    throw new CallError(`-o ${flags.get('output')} is not supported by this simulation`);
  const rows = chosen.map(({ id, metadata }) => {
    const own = usages.filter((each) =>
      containers.some((container) => container.id === each.id && container.podSandboxId === id),
    );
    const cpu = own.reduce((sum, each) => sum + each.cpuPercent, 0);
    const memory = own.reduce((sum, each) => sum + each.memoryBytes, 0);
    return [metadata.name, shortId(id), cpu.toFixed(2), humanSize(memory)];
  });
  return table(['POD', 'POD ID', 'CPU %', 'MEM'], rows);
}

export const STATSP: Command = {
  name: 'statsp',
  usage:
    "List pod statistics. Stats represent a structured API that will fulfill the Kubelet's /stats/summary endpoint.",
  operands: '[ID]',
  flags: cliFlags(`${FLAGS}
    id=string Filter by pod id
    name=string Filter by pod name regular expression pattern`),
  run: statsp,
};

function* imageFsInfo(process: Process, { flags }: Line): Task<string> {
  const images = yield* callCri<ImageStatus[]>(process, 'listImages');
  const bytes = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const filesystem = {
    timestamp: String(Math.floor(process.now()) * 1_000_000),
    fsId: { mountpoint: '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs' },
    usedBytes: { value: String(bytes) },
  };
  return requireShown(
    { status: { imageFilesystems: [filesystem], containerFilesystems: [filesystem] } },
    flags.get('output'),
  );
}

export const IMAGEFSINFO: Command = {
  name: 'imagefsinfo',
  usage: 'Return image filesystem info',
  flags: cliFlags('output|o=string Output format, One of: json|yaml|go-template|table'),
  run: imageFsInfo,
};
