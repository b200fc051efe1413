import { askLoop, loopsInUse } from '../loop.ts';
import { decode, fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { linesOf } from './input.ts';
import { getOptions } from './options.ts';
import { errnoOf, program } from './program.ts';

// What a machine is made of, as util-linux shows it. Only what /proc and the devices tell: there is no hardware behind.

/** The fields of /proc/cpuinfo that lscpu shows, in its order. */
const PROCESSOR_FIELDS = [
  ['Vendor ID', 'vendor_id'],
  ['Model name', 'model name'],
  ['CPU family', 'cpu family'],
  ['Model', 'model'],
] as const;

/** https://man7.org/linux/man-pages/man1/lscpu.1.html */
export const lscpu = program(function* (process, args) {
  const options = getOptions(args, { letters: 'Jeapsy', long: { json: 'J', extended: 'e', all: 'a', parse: 'p' } });
  for (const letter of ['e', 'p'])
    if (options.has(letter)) return yield* fail(process, `option -${letter} is not supported`);
  const processors = decode(process.readFile('/proc/cpuinfo')).trimEnd().split('\n\n').map(fieldsOf);
  const [first = new Map<string, string>()] = processors;
  const sockets = new Set(processors.map((fields) => fields.get('physical id') ?? '0')).size;
  const cores = Number(first.get('cpu cores') ?? 1);
  const threads = Math.max(1, Math.round(Number(first.get('siblings') ?? cores) / cores));
  const count = processors.length;
  const rows: [string, string][] = [
    ['Architecture', 'x86_64'],
    ['CPU op-mode(s)', '32-bit, 64-bit'],
    ['Byte Order', 'Little Endian'],
    ['CPU(s)', String(count)],
    ['On-line CPU(s) list', count === 1 ? '0' : count === 2 ? '0,1' : `0-${count - 1}`],
  ];
  for (const [title, name] of PROCESSOR_FIELDS) if (first.has(name)) rows.push([title, first.get(name)!]);
  rows.push(['Thread(s) per core', String(threads)], ['Core(s) per socket', String(cores)]);
  rows.push(['Socket(s)', String(sockets)]);
  if (first.has('bogomips')) rows.push(['BogoMIPS', first.get('bogomips')!]);
  if (options.has('J')) {
    const lscpu = rows.map(([field, data]) => ({ field: `${field}:`, data }));
    yield* print(process, `${JSON.stringify({ lscpu }, undefined, 3)}\n`);
    return 0;
  }
  const width = Math.max(...rows.map(([title]) => title.length)) + 2;
  yield* print(process, rows.map(([title, value]) => `${`${title}:`.padEnd(width)}${value}\n`).join(''));
  return 0;
});

function fieldsOf(text: string): Map<string, string> {
  return new Map(
    text.split('\n').map((line) => {
      const [name = '', value = ''] = line.split(/\s*:\s*(.*)/s);
      return [name.trim(), value];
    }),
  );
}

interface Disk {
  readonly name: string;
  readonly device: string;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  readonly type: 'disk' | 'part' | 'loop';
  readonly mountPoints: readonly string[];
}

const DISK_COLUMNS: Readonly<Record<string, (disk: Disk) => string>> = {
  NAME: ({ name }) => name,
  'MAJ:MIN': ({ device }) => device,
  RM: () => '0',
  SIZE: ({ sizeBytes }) => sizeText(sizeBytes),
  RO: ({ readOnly }) => (readOnly ? '1' : '0'),
  TYPE: ({ type }) => type,
  MOUNTPOINTS: ({ mountPoints }) => mountPoints.join(' '),
};

/** How columns are set: the numbers to the right, `RM` and `RO` as narrow as their titles. */
const RIGHT: ReadonlySet<string> = new Set(['RM', 'SIZE', 'RO', 'MAJ:MIN']);

/** The disk that the machine runs from, and those that are files. https://man7.org/linux/man-pages/man8/lsblk.8.html */
export const lsblk = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'afbdnlpo:',
    long: { all: 'a', fs: 'f', bytes: 'b', nodeps: 'd', noheadings: 'n', list: 'l', paths: 'p', output: 'o' },
  });
  if (options.has('f')) return yield* fail(process, 'option -f is not supported: no file systems are told apart here');
  const columns = (options.value('o') ?? Object.keys(DISK_COLUMNS).join(',')).toUpperCase().split(',');
  const unknown = columns.find((column) => !Object.hasOwn(DISK_COLUMNS, column));
  if (unknown !== undefined) return yield* fail(process, `unknown column: ${unknown}`);
  let disks = disksOf(process);
  for (const wanted of options.operands) {
    if (disks.every(({ name }) => `/dev/${name}` !== wanted))
      return yield* fail(process, `${wanted}: not a block device`, 32);
  }
  if (options.has('d')) disks = disks.filter(({ type }) => type !== 'part');
  if (options.operands.length > 0) disks = disks.filter(({ name }) => options.operands.includes(`/dev/${name}`));
  const cell = (column: string, disk: Disk) => {
    if (column === 'SIZE' && options.has('b')) return String(disk.sizeBytes);
    if (column !== 'NAME') return DISK_COLUMNS[column]!(disk);
    const branch = disk.type === 'part' && !options.has('l') ? '`-' : '';
    return `${branch}${options.has('p') ? '/dev/' : ''}${disk.name}`;
  };
  const rows = disks.map((disk) => columns.map((column) => cell(column, disk)));
  if (!options.has('n')) rows.unshift([...columns]);
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const set = (text: string, at: number) =>
    RIGHT.has(columns[at]!) ? text.padStart(widths[at]!) : text.padEnd(widths[at]!);
  yield* print(process, rows.map((row) => `${row.map(set).join(' ').trimEnd()}\n`).join(''));
  return 0;
});

/** virtio's block devices have the major number 254. */
const VIRTIO_MAJOR = 254;

function disksOf(process: Process): Disk[] {
  const disks: Disk[] = [];
  const mounts = linesOf(decode(process.readFile('/proc/self/mounts'))).map((line) => {
    const [source = '', point = ''] = line.split(' ');
    return { source, point };
  });
  for (const source of new Set(mounts.map((mount) => mount.source))) {
    const [, name, part] = /^\/dev\/(vd[a-z])(\d+)$/.exec(source) ?? [];
    if (name === undefined || part === undefined) continue;
    const mountPoints = mounts.filter((mount) => mount.source === source).map(({ point }) => point);
    const { totalBytes } = process.statfs(mountPoints[0]!);
    const minor = 16 * (name.charCodeAt(2) - 97);
    const disk = { sizeBytes: totalBytes, readOnly: false } as const;
    disks.push({ ...disk, name, device: `${VIRTIO_MAJOR}:${minor}`, type: 'disk', mountPoints: [] });
    const device = `${VIRTIO_MAJOR}:${minor + Number(part)}`;
    disks.push({ ...disk, name: `${name}${part}`, device, type: 'part', mountPoints });
  }
  return [...loopDisks(process), ...disks];
}

function loopDisks(process: Process): Disk[] {
  try {
    return [...loopsInUse(process)].map(([node, { readOnly }]) => ({
      name: node.replace('/dev/', ''),
      device: process.stat(node).deviceNumber?.join(':') ?? '',
      sizeBytes: askLoop<{ sizeBytes: number }>(process, node, { name: 'BLKGETSIZE64' }).sizeBytes,
      readOnly,
      type: 'loop' as const,
      mountPoints: [],
    }));
  } catch (error) {
    errnoOf(error);
    return [];
  }
}

/** 1024 is `1K`; one digit behind the point where it says more. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))}${'BKMGTP'[unit]}`;
}
