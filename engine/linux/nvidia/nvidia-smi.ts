import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { print } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';
import type { GpuStatus } from './behaviour.ts';
import { NoDriver, visibleGpus } from './nvml.ts';
import { type CsvOptions, longReport, queryGpus, queryProcesses } from './smi-query.ts';
import { smiTable } from './smi-table.ts';

// nvidia-smi: https://docs.nvidia.com/deploy/nvidia-smi/

const NO_DRIVER =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n\n";
const HELP = `NVIDIA System Management Interface

nvidia-smi [OPTION1 [ARG1]] [OPTION2 [ARG2]] ...

    -h,   --help                Print usage information and exit.
    -L,   --list-gpus           Display a list of GPUs connected to the system.
    -i,   --id=                 Target a specific GPU.
    -q,   --query               Display GPU info.
          --query-gpu=          Information about GPU, with --format=csv[,noheader][,nounits]
          --query-compute-apps= List of currently active compute processes.
    -l,   --loop=               Probe until Ctrl+C at specified second interval.
    -r    --gpu-reset           Trigger reset of the GPU.
`;

interface Wish {
  readonly kind: 'table' | 'list' | 'long' | 'gpu' | 'apps' | 'reset' | 'help';
  readonly fields: readonly string[];
  readonly format: string | undefined;
  readonly id: string | undefined;
  readonly loopSeconds: number | undefined;
}

export const nvidiaSmi: Program = function* (process) {
  const wish = readWish(process.argv.slice(1));
  if (typeof wish === 'string') {
    yield* print(process, wish);
    return 1;
  }
  for (;;) {
    const { text, code } = answer(process, wish);
    yield* print(process, text);
    if (wish.loopSeconds === undefined || code !== 0) return code;
    yield* process.sleep(wish.loopSeconds * 1000);
  }
};

const LONG: Readonly<Record<string, string>> = {
  '--list-gpus': '-L',
  '--query': '-q',
  '--id': '-i',
  '--loop': '-l',
  '--gpu-reset': '-r',
  '--help': '-h',
};

/** What is asked for, or what is wrong with it. */
function readWish(args: readonly string[]): Wish | string {
  let wish: Wish = { kind: 'table', fields: [], format: undefined, id: undefined, loopSeconds: undefined };
  for (let at = 0; at < args.length; at++) {
    const [name = '', ...rest] = args[at]!.split('=');
    const option = LONG[name] ?? name;
    const value = (): string => (rest.length > 0 ? rest.join('=') : (args[++at] ?? ''));
    if (option === '-L') wish = { ...wish, kind: 'list' };
    else if (option === '-q') wish = { ...wish, kind: 'long' };
    else if (option === '-h') wish = { ...wish, kind: 'help' };
    else if (option === '-r') wish = { ...wish, kind: 'reset' };
    else if (option === '-i') wish = { ...wish, id: value() };
    else if (option === '-l') wish = { ...wish, loopSeconds: Math.max(1, Number(value()) || 5) };
    else if (option === '--format') wish = { ...wish, format: value() };
    else if (option === '--query-gpu') wish = { ...wish, kind: 'gpu', fields: split(value()) };
    else if (option === '--query-compute-apps') wish = { ...wish, kind: 'apps', fields: split(value()) };
    else return `Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.\n\n`;
  }
  return wish;
}

function split(list: string): readonly string[] {
  return list.split(',').map((name) => name.trim());
}

function answer(process: Process, wish: Wish): { readonly text: string; readonly code: number } {
  if (wish.kind === 'help') return { text: HELP, code: 0 };
  let all: readonly GpuStatus[];
  try {
    all = visibleGpus(process);
  } catch (error) {
    if (error instanceof NoDriver) return { text: NO_DRIVER, code: 9 };
    throw error;
  }
  if (all.length === 0)
    return { text: wish.kind === 'list' ? 'No devices found.\n' : 'No devices were found\n', code: 6 };
  const { id } = wish;
  const gpus = id === undefined ? all : all.filter((gpu) => [String(gpu.index), gpu.uuid, gpu.address].includes(id));
  if (gpus.length === 0) return { text: `No devices were found\n`, code: 6 };
  return report(process, wish, gpus);
}

function report(process: Process, wish: Wish, gpus: readonly GpuStatus[]): { text: string; code: number } {
  switch (wish.kind) {
    case 'list':
      return { text: gpus.map(({ index, name, uuid }) => `GPU ${index}: ${name} (UUID: ${uuid})\n`).join(''), code: 0 };
    case 'long':
      return { text: longReport(gpus, process.now()), code: 0 };
    case 'reset':
      return reset(process, gpus);
    case 'gpu':
    case 'apps': {
      const format = split(wish.format ?? '');
      if (!format.includes('csv'))
        return { text: '"--format=" switch is missing. Please run \'nvidia-smi -h\' for help.\n\n', code: 2 };
      const csv: CsvOptions = { header: !format.includes('noheader'), units: !format.includes('nounits') };
      const found =
        wish.kind === 'gpu'
          ? queryGpus(gpus, wish.fields, csv, process.now())
          : queryProcesses(inContainer(process) ? [] : gpus, wish.fields, csv);
      if (typeof found === 'string') return { text: found, code: 0 };
      return { text: `Field "${found.unknown}" is not a valid field to query.\n\n`, code: 2 };
    }
    default:
      return { text: smiTable(gpus, process.now(), !inContainer(process)), code: 0 };
  }
}

/** The driver knows processes by their pids on the machine, which mean nothing in a container. */
function inContainer(process: Process): boolean {
  return process.pid !== process.hostPid;
}

function reset(process: Process, gpus: readonly GpuStatus[]): { text: string; code: number } {
  const lines: string[] = [];
  for (const { index, address } of gpus) {
    const name = `GPU 0000${address}`;
    const fd = process.open(`/dev/nvidia${index}`, { read: true, write: true });
    try {
      process.ioctl(fd, { type: 'reset' });
      lines.push(`${name} was successfully reset.\n`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const why = error.code === 'EBUSY' ? 'In use by another client' : error.message;
      return {
        text: `The following GPUs could not be reset:\n  ${name}: ${why}\n\n1 device is currently being used by one or more other processes (e.g., Fabric Manager, CUDA application, graphics application such as an X server, or a monitoring application such as another instance of nvidia-smi). Please first kill all processes using this device and all compute applications running in the system.\n`,
        code: 255,
      };
    } finally {
      process.close(fd);
    }
  }
  return { text: `${lines.join('')}All done.\n`, code: 0 };
}

/** lspci: the machine's PCI devices. */
export const lspci: Program = function* (process): Task<number> {
  const directory = '/sys/bus/pci/devices';
  if (!process.access(directory, 'exists')) return 0;
  const numeric = process.argv.includes('-n') || process.argv.includes('-nn');
  for (const { name } of process.readdir(directory)) {
    const read = (file: string): string =>
      new TextDecoder().decode(process.readFile(`${directory}/${name}/${file}`)).trim();
    const ids = `${read('vendor').slice(2)}:${read('device').slice(2)}`;
    const text = `NVIDIA Corporation TU104GL [Tesla T4]${numeric ? ` [${ids}]` : ''} (rev ${read('revision').slice(2)})`;
    yield* print(process, `${name.slice('0000:'.length)} 3D controller${numeric ? ' [0302]' : ''}: ${text}\n`);
  }
  return 0;
};
