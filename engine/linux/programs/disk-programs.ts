import { Errno } from '../errno.ts';
import { askLoop, attachLoop, configureLoop, freeLoop, type LoopStatus, loopOf, loopsInUse } from '../loop.ts';
import { fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

// Programs about disks, of which the only ones that can be reached are files.

const SECTOR_BYTES = 512;

/** https://man7.org/linux/man-pages/man8/losetup.8.html */
export const losetup = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'afd:Dj:rclP',
    long: {
      all: 'a',
      find: 'f',
      detach: 'd',
      'detach-all': 'D',
      associated: 'j',
      'read-only': 'r',
      'set-capacity': 'c',
      list: 'l',
      show: 's',
      partscan: 'P',
    },
  });
  const [first, second] = options.operands;
  const readOnly = options.has('r');
  let subject = options.value('d') ?? first ?? '';
  try {
    if (options.has('d')) askLoop(process, subject, { name: 'LOOP_CLR_FD' });
    else if (options.has('D')) {
      for (const node of loopsInUse(process).keys()) askLoop(process, node, { name: 'LOOP_CLR_FD' });
    } else if (options.has('c') && first !== undefined) askLoop(process, first, { name: 'LOOP_SET_CAPACITY' });
    else if (options.has('f') && first === undefined) yield* print(process, `${freeLoop(process)}\n`);
    else if (options.has('f')) {
      const node = attachLoop(process, first!, readOnly);
      if (options.has('s')) yield* print(process, `${node}\n`);
    } else if (second !== undefined) {
      subject = second;
      configureLoop(process, first!, second, readOnly);
    } else yield* print(process, listing(process, options.value('j'), first, !options.has('a') && !options.has('j')));
    return 0;
  } catch (error) {
    const { code, message } = errnoOf(error);
    if (options.has('d')) return yield* fail(process, `${subject}: detach failed: ${message}`);
    if (first !== undefined && code === 'ENOENT') return yield* fail(process, `${subject}: ${message}`);
    return yield* fail(process, `${subject}: failed to set up loop device: ${message}`);
  }
});

function listing(process: Process, file: string | undefined, node: string | undefined, asTable: boolean): string {
  const only = node ?? (file === undefined ? undefined : loopOf(process, file));
  const found = [...loopsInUse(process)].filter(([name]) => only === undefined || name === only);
  if (file !== undefined && only === undefined) return '';
  if (node !== undefined && found.length === 0) throw new Errno('ENXIO');
  return asTable && node === undefined ? table(found) : found.map(line).join('');
}

function line([node, { device, inode, path }]: readonly [string, LoopStatus]): string {
  return `${node}: [${device}]:${inode} (${path})\n`;
}

function table(found: readonly (readonly [string, LoopStatus])[]): string {
  if (found.length === 0) return '';
  const rows = [
    ['NAME', 'SIZELIMIT', 'OFFSET', 'AUTOCLEAR', 'RO', 'BACK-FILE'],
    ...found.map(([node, { path, readOnly }]) => [node, '0', '0', '0', readOnly ? '1' : '0', path]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isLeft = (column: number) => column === 0 || column === widths.length - 1;
  const cell = (text: string, column: number) =>
    isLeft(column) ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return rows.map((row) => `${row.map(cell).join(' ').trimEnd()}\n`).join('');
}

/** https://man7.org/linux/man-pages/man8/blockdev.8.html */
export const blockdev = program(function* (process, args) {
  const commands = args.filter((word) => word.startsWith('--'));
  const devices = args.filter((word) => !word.startsWith('-'));
  if (commands.length === 0 || devices.length === 0) throw new Usage();
  for (const device of devices) {
    for (const command of commands) {
      try {
        yield* print(process, `${answer(process, device, command)}\n`);
      } catch (error) {
        const { code, message } = errnoOf(error);
        const text = code === 'ENOTTY' ? `ioctl error on ${command.slice(2).toUpperCase()}` : `cannot open ${device}`;
        return yield* fail(process, `${text}: ${message}`);
      }
    }
  }
  return 0;
});

function answer(process: Process, device: string, command: string): number {
  if (process.stat(device).type !== 'block') throw new Errno('ENOTTY');
  const size = () => askLoop<{ sizeBytes: number }>(process, device, { name: 'BLKGETSIZE64' }).sizeBytes;
  switch (command) {
    case '--getsize64':
      return size();
    case '--getsz':
    case '--getsize':
      return Math.floor(size() / SECTOR_BYTES);
    case '--getss':
    case '--getpbsz':
      return SECTOR_BYTES;
    case '--getbsz':
      return 4096;
    case '--getro':
      return askLoop<LoopStatus>(process, device, { name: 'LOOP_GET_STATUS64' }).readOnly ? 1 : 0;
    default:
      throw new Usage(`Unknown command: ${command}`);
  }
}
