import { CUDA_VERSION, type GpuStatus } from './behaviour.ts';
import { busId } from './smi-table.ts';

interface Field {
  /** Empty where the value has none. */
  readonly unit: string;
  readonly value: (gpu: GpuStatus, count: number, nowMs: number) => string;
}

const field = (value: Field['value'], unit = ''): Field => ({ unit, value });
const uuid = field((gpu) => gpu.uuid);
const bus = field((gpu) => busId(gpu.address));

/** As `nvidia-smi --help-query-gpu` lists them, those that mean something here. */
const FIELDS: Readonly<Record<string, Field>> = {
  timestamp: field(
    (_, __, nowMs) => `${new Date(nowMs).toISOString().slice(0, 23).replace('T', ' ').replaceAll('-', '/')}`,
  ),
  driver_version: field((gpu) => gpu.driverVersion),
  count: field((_, count) => String(count)),
  name: field((gpu) => gpu.name),
  gpu_name: field((gpu) => gpu.name),
  gpu_uuid: uuid,
  uuid,
  gpu_bus_id: bus,
  'pci.bus_id': bus,
  index: field((gpu) => String(gpu.index)),
  pstate: field((gpu) => gpu.performanceState),
  compute_mode: field(() => 'Default'),
  persistence_mode: field(() => 'Disabled'),
  'mig.mode.current': field(() => '[N/A]'),
  'temperature.gpu': field((gpu) => String(gpu.temperatureC)),
  'fan.speed': field(() => '[N/A]', '%'),
  'power.draw': field((gpu) => gpu.powerW.toFixed(2), 'W'),
  'power.limit': field((gpu) => gpu.powerLimitW.toFixed(2), 'W'),
  'memory.total': field((gpu) => String(gpu.memoryTotalMib), 'MiB'),
  'memory.used': field((gpu) => String(gpu.memoryUsedMib), 'MiB'),
  'memory.free': field((gpu) => String(gpu.memoryTotalMib - gpu.memoryUsedMib), 'MiB'),
  'utilization.gpu': field((gpu) => String(gpu.utilization), '%'),
  'utilization.memory': field((gpu) => String(Math.round(gpu.utilization / 2)), '%'),
  'ecc.errors.uncorrected.volatile.total': field((gpu) => (gpu.broken ? '1' : '0')),
};

export interface CsvOptions {
  readonly header: boolean;
  readonly units: boolean;
}

/** `--query-gpu=`; the name of a field that there is not, instead of an answer. */
export function queryGpus(
  gpus: readonly GpuStatus[],
  names: readonly string[],
  { header, units }: CsvOptions,
  nowMs: number,
): string | { readonly unknown: string } {
  const unknown = names.find((name) => !Object.hasOwn(FIELDS, name));
  if (unknown !== undefined) return { unknown };
  const withUnit = (text: string, unit: string): string => (units && unit !== '' ? `${text} ${unit}` : text);
  const title = names.map((name) => (units && FIELDS[name]!.unit !== '' ? `${name} [${FIELDS[name]!.unit}]` : name));
  const lines = gpus.map((gpu) =>
    names.map((name) => withUnit(FIELDS[name]!.value(gpu, gpus.length, nowMs), FIELDS[name]!.unit)),
  );
  return [...(header ? [title] : []), ...lines].map((line) => `${line.join(', ')}\n`).join('');
}

/** `--query-compute-apps=` */
export function queryProcesses(
  gpus: readonly GpuStatus[],
  names: readonly string[],
  { header, units }: CsvOptions,
): string | { readonly unknown: string } {
  const known: Readonly<Record<string, (gpu: GpuStatus, at: number) => string>> = {
    gpu_uuid: (gpu) => gpu.uuid,
    gpu_name: (gpu) => gpu.name,
    gpu_bus_id: (gpu) => busId(gpu.address),
    pid: (gpu, at) => String(gpu.processes[at]!.hostPid),
    process_name: (gpu, at) => gpu.processes[at]!.name,
    name: (gpu, at) => gpu.processes[at]!.name,
    used_memory: (gpu, at) => `${gpu.processes[at]!.memoryMib}${units ? ' MiB' : ''}`,
    used_gpu_memory: (gpu, at) => `${gpu.processes[at]!.memoryMib}${units ? ' MiB' : ''}`,
  };
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) return { unknown };
  const title = names.map((name) => (units && /^used/.test(name) ? `${name} [MiB]` : name));
  const lines = gpus.flatMap((gpu) => gpu.processes.map((_, at) => names.map((name) => known[name]!(gpu, at))));
  return [...(header ? [title] : []), ...lines].map((line) => `${line.join(', ')}\n`).join('');
}

/** `-q`: the sections that say something here. */
export function longReport(gpus: readonly GpuStatus[], nowMs: number): string {
  const line = (depth: number, name: string, value?: string): string => {
    const head = `${' '.repeat(depth * 4)}${name}`;
    return value === undefined ? `${head}\n` : `${head.padEnd(51)}: ${value}\n`;
  };
  const date = new Date(nowMs).toUTCString().replace(',', '').split(' ');
  const head = [
    '\n==============NVSMI LOG==============\n\n',
    line(0, 'Timestamp', `${date[0]} ${date[2]} ${date[1]} ${date[4]} ${date[3]}`),
    line(0, 'Driver Version', gpus[0]!.driverVersion),
    line(0, 'CUDA Version', CUDA_VERSION),
    '\n',
    line(0, 'Attached GPUs', String(gpus.length)),
  ];
  const sections = gpus.map((gpu) =>
    [
      line(0, `GPU ${busId(gpu.address)}`),
      line(1, 'Product Name', gpu.name),
      line(1, 'Product Brand', 'NVIDIA'),
      line(1, 'Product Architecture', 'Turing'),
      line(1, 'Persistence Mode', 'Disabled'),
      line(1, 'GPU UUID', gpu.uuid),
      line(1, 'Minor Number', String(gpu.index)),
      line(1, 'PCI'),
      line(2, 'Bus Id', busId(gpu.address)),
      line(1, 'Performance State', gpu.performanceState),
      line(1, 'FB Memory Usage'),
      line(2, 'Total', `${gpu.memoryTotalMib} MiB`),
      line(2, 'Used', `${gpu.memoryUsedMib} MiB`),
      line(2, 'Free', `${gpu.memoryTotalMib - gpu.memoryUsedMib} MiB`),
      line(1, 'Compute Mode', 'Default'),
      line(1, 'Utilization'),
      line(2, 'GPU', `${gpu.utilization} %`),
      line(1, 'Temperature'),
      line(2, 'GPU Current Temp', `${gpu.temperatureC} C`),
      line(1, 'GPU Power Readings'),
      line(2, 'Average Power Draw', `${gpu.powerW.toFixed(2)} W`),
      line(2, 'Current Power Limit', `${gpu.powerLimitW.toFixed(2)} W`),
      gpu.processes.length === 0 ? line(1, 'Processes', 'None') : line(1, 'Processes'),
      ...gpu.processes.flatMap(({ hostPid, name, memoryMib }) => [
        line(2, 'Process ID', String(hostPid)),
        line(3, 'Type', 'C'),
        line(3, 'Name', name),
        line(3, 'Used GPU Memory', `${memoryMib} MiB`),
      ]),
    ].join(''),
  );
  return [...head, sections.join('\n')].join('');
}
