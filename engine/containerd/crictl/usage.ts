import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStats, ContainerStatus, ImageStatus, PodSandboxStatus } from '../cri.ts';
import { callCri } from './cri-client.ts';
import { json, type Line } from './line.ts';
import { humanSize, shortId, table } from './table.ts';

interface Usage {
  readonly id: string;
  readonly name: string;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly stats: ContainerStats;
}

/** CPU is what was computed within a second. */
function* measure(process: Process): Task<Usage[]> {
  const first = yield* callCri<ContainerStats[]>(process, 'listContainerStats');
  yield* process.sleep(1000);
  const second = yield* callCri<ContainerStats[]>(process, 'listContainerStats');
  return second.map((stats) => {
    const before = first.find((each) => each.id === stats.id)?.cpuMs ?? stats.cpuMs;
    const { id, name, memoryBytes } = stats;
    return { id, name, memoryBytes, stats, cpuPercent: ((stats.cpuMs - before) / 1000) * 100 };
  });
}

export function* stats(process: Process, { flags, args }: Line): Task<string> {
  const name = flags.get('name');
  const wanted = flags.get('id') ?? args[0];
  const chosen = (yield* measure(process))
    .filter((each) => wanted === undefined || each.id.startsWith(wanted))
    .filter((each) => name === undefined || new RegExp(name).test(each.name));
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

/** The same of whole Pods. */
export function* statsp(process: Process, { flags, args }: Line): Task<string> {
  const wanted = flags.get('id') ?? args[0];
  const usages = yield* measure(process);
  const containers = yield* callCri<ContainerStatus[]>(process, 'listContainers');
  const sandboxes = yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const chosen = sandboxes.filter(
    ({ id, state }) => state === 'SANDBOX_READY' && (wanted === undefined || id.startsWith(wanted)),
  );
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

export function* imageFsInfo(process: Process): Task<string> {
  const images = yield* callCri<ImageStatus[]>(process, 'listImages');
  const bytes = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const filesystem = {
    timestamp: String(Math.floor(process.now()) * 1_000_000),
    fsId: { mountpoint: '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs' },
    usedBytes: { value: String(bytes) },
  };
  return json({ status: { imageFilesystems: [filesystem], containerFilesystems: [filesystem] } });
}
