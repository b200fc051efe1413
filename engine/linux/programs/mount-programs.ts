import { decode, print, printError } from '../stdio.ts';
import type { FileSystemStat, MountOptions, Process } from '../syscalls.ts';
import { humanSize } from './ls.ts';
import { mountNfs } from './nfs/mount-nfs.ts';
import { countOf, getOptions, type Options } from './options.ts';
import { errnoOf, program } from './program.ts';

// Programs about mounts.

interface MountLine {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

function mountsOf(process: Process): MountLine[] {
  return decode(process.readFile('/proc/mounts'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [source = '', target = '', type = '', options = ''] = line.split(' ');
      return { source, target, type, options };
    });
}

/** As GNU and busybox show it: one row a file system, those without blocks only with `-a` or when named. */
export const df = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'hHkmTaiPt:x:l',
    long: {
      'human-readable': 'h',
      'print-type': 'T',
      all: 'a',
      inodes: 'i',
      type: 't',
      'exclude-type': 'x',
      portability: 'P',
    },
  });
  const mounts = mountsOf(process);
  let chosen: MountLine[] = [];
  let exitCode = 0;
  for (const path of options.operands) {
    try {
      const absolute = process.realpath(path);
      chosen.push(
        mounts.findLast(
          ({ target }) => absolute === target || absolute.startsWith(target === '/' ? '/' : `${target}/`),
        )!,
      );
    } catch (error) {
      const { message } = errnoOf(error);
      yield* printError(
        process,
        `df: ${flavour === 'gnu' ? '' : "can't stat '"}${path}${flavour === 'gnu' ? '' : "'"}: ${message}\n`,
      );
      exitCode = 1;
    }
  }
  if (options.operands.length === 0) chosen = mounts;
  const rows: string[][] = [];
  for (const mount of chosen) {
    if (options.has('t') && !options.values('t').includes(mount.type)) continue;
    if (options.values('x').includes(mount.type)) continue;
    const stat = process.statfs(mount.target);
    const hidden = mounts.findLast(({ target }) => target === mount.target) !== mount;
    if ((stat.totalBytes === 0 && options.operands.length === 0 && !options.has('a')) || hidden) continue;
    rows.push([
      mount.source,
      ...(options.has('T') ? [mount.type] : []),
      ...amounts(stat, options, flavour),
      mount.target,
    ]);
  }
  if (flavour !== 'gnu') {
    yield* print(process, busyboxTable(rows, options));
    return exitCode;
  }
  const unit = options.has('h') || options.has('H') ? 'Size' : options.has('m') ? '1M-blocks' : '1K-blocks';
  const available = options.has('h') ? 'Avail' : 'Available';
  const titles = options.has('i') ? ['Inodes', 'IUsed', 'IFree', 'IUse%'] : [unit, 'Used', available, 'Use%'];
  rows.unshift(['Filesystem', ...(options.has('T') ? ['Type'] : []), ...titles, 'Mounted on']);
  yield* print(process, aligned(rows, options.has('T') ? 2 : 1));
  return exitCode;
});

/** Columns of one width; a name that is longer than its column stands on a line of its own. */
function busyboxTable(rows: readonly (readonly string[])[], options: Options): string {
  const withType = options.has('T');
  const unit = [
    ['i', '   Inodes'],
    ['h', '     Size'],
    ['m', '1M-blocks'],
    ['P', '1024-blocks'],
  ].find(([letter]) => options.has(letter!))?.[1];
  const title = `Filesystem           ${withType ? 'Type       ' : ''}${(unit ?? '1K-blocks').padEnd(15)}Used Available Use% Mounted on\n`;
  const lines = rows.map(([source = '', ...cells]) => {
    const type = withType ? ` ${cells.shift()!.padEnd(10)}` : '';
    const [total = '', used = '', available = '', percent = '', target = ''] = cells;
    const name = source.length > 20 ? `${source}\n${''.padEnd(20)}` : source.padEnd(20);
    const numbers = `${total.padStart(9)} ${used.padStart(9)} ${available.padStart(9)} ${percent.padStart(4)}`;
    return `${name}${type} ${numbers} ${target}\n`;
  });
  return title + lines.join('');
}

/** One decimal, as busybox rounds it: `58.4G`, `64.0M`, `0`. */
function busyboxSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? String(bytes) : `${(Math.round(value * 10) / 10).toFixed(1)}${'KMGTP'[unit - 1]}`;
}

function amounts(stat: FileSystemStat, options: Options, flavour: string): string[] {
  const inodes = options.has('i');
  const [total, used] = inodes ? [stat.totalInodes, stat.usedInodes] : [stat.totalBytes, stat.usedBytes];
  const human = options.has('h') || options.has('H');
  const show = (amount: number) => {
    if (human) return flavour === 'gnu' ? humanSize(amount) : busyboxSize(amount);
    return String(inodes ? amount : Math.ceil(amount / (options.has('m') ? 1024 ** 2 : 1024)));
  };
  const nothing = flavour === 'gnu' ? '-' : '0%';
  const share = (100 * used) / total;
  const percent = total === 0 ? nothing : `${flavour === 'gnu' ? Math.ceil(share) : Math.round(share)}%`;
  return [show(total), show(used), show(Math.max(0, total - used)), percent];
}

/** The first columns to the left, the last as it is, those between to the right. */
function aligned(rows: readonly (readonly string[])[], left: number): string {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  const cell = (text: string, index: number) => {
    if (index === widths.length - 1) return text;
    return index < left ? text.padEnd(Math.max(widths[index]!, index === 0 ? 14 : 4)) : text.padStart(widths[index]!);
  };
  return rows.map((row) => `${row.map(cell).join(' ')}\n`).join('');
}

/** What the command line asks for; without a type or a target it asks for nothing that can be done. */
function wantedMount(options: Options): Omit<MountOptions, 'type' | 'target'> & { type?: string; target?: string } {
  const [source, second] = options.operands;
  const words = options.values('o').flatMap((text) => text.split(','));
  const has = (letter: string, ...names: string[]) => options.has(letter) || names.some((name) => words.includes(name));
  const recursive =
    has('R', 'rbind', 'rshared', 'rslave', 'rprivate') || ['S', 'V', 'Q'].some((letter) => options.has(letter));
  const propagation =
    has('s', 'shared', 'rshared') || options.has('S')
      ? 'shared'
      : has('v', 'slave', 'rslave') || options.has('V')
        ? 'slave'
        : has('p', 'private', 'rprivate') || options.has('Q')
          ? 'private'
          : undefined;
  const remount = words.includes('remount') || (propagation !== undefined && second === undefined);
  const target = remount ? (second ?? source) : second;
  const type = remount ? 'remount' : has('B', 'bind') || has('R', 'rbind') ? 'bind' : options.value('t');
  const value = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const [size, inodes, mode] = [value('size'), value('nr_inodes'), value('mode')];
  const readOnly = has('r', 'ro') ? true : has('w', 'rw') ? false : undefined;
  return {
    ...(type !== undefined && { type }),
    ...(target !== undefined && { target }),
    ...(!remount && source !== undefined && { source }),
    ...(readOnly !== undefined && { readOnly }),
    ...(recursive && { recursive }),
    ...(propagation !== undefined && { propagation }),
    ...(size !== undefined && { sizeLimit: countOf(size) }),
    ...(inodes !== undefined && { inodeLimit: countOf(inodes) }),
    ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }),
  };
}

export const mount = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 't:o:rwBRanM',
    long: {
      bind: 'B',
      rbind: 'R',
      types: 't',
      options: 'o',
      'make-shared': 's',
      'make-private': 'p',
      'make-slave': 'v',
      'make-rshared': 'S',
      'make-rprivate': 'Q',
      'make-rslave': 'V',
    },
  });
  const [source] = options.operands;
  if (source === undefined) {
    for (const line of mountsOf(process)) {
      if (options.has('t') && options.value('t') !== line.type) continue;
      yield* print(process, `${line.source} on ${line.target} type ${line.type} (${line.options})\n`);
    }
    return 0;
  }
  const wanted = wantedMount(options);
  const { target, type } = wanted;
  if (target === undefined || type === undefined) {
    const text =
      target === undefined
        ? `can't find ${source} in /etc/fstab`
        : `mounting ${source} on ${target} failed: Invalid argument`;
    yield* printError(process, `mount: ${text}\n`);
    return flavour === 'gnu' ? 32 : 1;
  }
  if (type === 'nfs' || type === 'nfs4') return yield* mountNfs(process, { ...wanted, source, target });
  try {
    process.mount({ ...wanted, target, type: type as MountOptions['type'] });
    return 0;
  } catch (error) {
    const { message, code } = errnoOf(error);
    const reason =
      code === 'ENODEV'
        ? `unknown filesystem type '${type}'.`
        : code === 'EPERM'
          ? 'permission denied.'
          : `${message}.`;
    const busybox =
      code === 'EPERM'
        ? 'mount: permission denied (are you root?)'
        : `mount: mounting ${source} on ${target} failed: ${message}`;
    yield* printError(process, flavour === 'gnu' ? `mount: ${target}: ${reason}\n` : `${busybox}\n`);
    return flavour === 'gnu' ? 32 : 1;
  }
});

export const umount = program(function* (process, args) {
  const options = getOptions(args, { letters: 'lfrat' });
  let exitCode = 0;
  for (const path of options.operands) {
    try {
      process.unmount(path);
    } catch (error) {
      yield* printError(process, `umount: can't unmount ${path}: ${errnoOf(error).message}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
});
