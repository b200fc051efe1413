import type { Task } from '../../sim/index.ts';
import { formatDate } from '../date-format.ts';
import { print, printError } from '../stdio.ts';
import type { Process, Stat } from '../syscalls.ts';
import { textWidth } from '../text-width.ts';
import { type Accounts, readAccounts } from './accounts.ts';
import { modeText } from './file-mode.ts';
import { getOptions, type Options } from './options.ts';
import { errnoOf, type Flavour, program } from './program.ts';

interface Item {
  readonly name: string;
  readonly path: string;
  readonly stat: Stat;
}

interface Listing {
  readonly process: Process;
  readonly options: Options;
  readonly accounts: Accounts;
  readonly flavour: Flavour;
  readonly columns: number;
  exitCode: number;
}

const MAX_DEPTH = 100;

export const ls = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: '1AaCdFhiklLnopRrSstuxcwgpqTX',
    long: {
      all: 'a',
      'almost-all': 'A',
      directory: 'd',
      'human-readable': 'h',
      recursive: 'R',
      reverse: 'r',
      inode: 'i',
    },
  });
  const tty = process.isTerminal(1);
  const listing: Listing = {
    process,
    options,
    accounts: readAccounts(process),
    flavour,
    columns: tty && !options.has('1') ? process.windowSize(1).columns || 80 : options.has('C') ? 80 : 0,
    exitCode: 0,
  };
  const paths = options.operands.length === 0 ? ['.'] : options.operands;
  const files: Item[] = [];
  const directories: string[] = [];
  for (const path of paths) {
    try {
      const stat = statOf(listing, path, !options.has('l') && !options.has('d'));
      if (stat.type === 'directory' && !options.has('d')) directories.push(path);
      else files.push({ name: path, path, stat });
    } catch (error) {
      const { message } = errnoOf(error);
      yield* printError(
        process,
        flavour === 'gnu' ? `ls: cannot access '${path}': ${message}\n` : `ls: ${path}: ${message}\n`,
      );
      listing.exitCode = flavour === 'gnu' ? 2 : 1;
    }
  }
  if (files.length > 0) yield* printItems(listing, sortItems(options, files));
  let first = files.length === 0;
  const heading = paths.length > 1 || options.has('R');
  for (const path of directories.sort()) {
    yield* listDirectory(listing, path, heading, first, 0);
    first = false;
  }
  return listing.exitCode;
});

function statOf(listing: Listing, path: string, follow: boolean): Stat {
  const { process, options } = listing;
  if (!follow && !options.has('L')) return process.lstat(path);
  try {
    return process.stat(path);
  } catch (error) {
    if (errnoOf(error).code !== 'ENOENT') throw error;
    return process.lstat(path);
  }
}

function* listDirectory(listing: Listing, path: string, heading: boolean, first: boolean, depth: number): Task<void> {
  const { process, options } = listing;
  const items: Item[] = [];
  try {
    let names = process.readdir(path).map((entry) => entry.name);
    if (options.has('a')) names = ['.', '..', ...names];
    else if (!options.has('A')) names = names.filter((name) => !name.startsWith('.'));
    for (const name of names) {
      const full = path.endsWith('/') ? path + name : `${path}/${name}`;
      items.push({ name, path: full, stat: statOf(listing, full, false) });
    }
  } catch (error) {
    const { message } = errnoOf(error);
    const text =
      listing.flavour === 'gnu' ? `cannot open directory '${path}': ${message}` : `can't open '${path}': ${message}`;
    yield* printError(process, `ls: ${text}\n`);
    listing.exitCode = 1;
    return;
  }
  yield* process.compute(1);
  if (heading) yield* print(process, `${first ? '' : '\n'}${path}:\n`);
  const sorted = sortItems(options, items);
  if (options.has('l') || options.has('s') || options.has('o') || options.has('g') || options.has('n')) {
    const blocks = sorted.reduce((sum, item) => sum + blocksOf(item.stat), 0);
    yield* print(process, `total ${options.has('h') ? humanSize(blocks * 1024) : blocks}\n`);
  }
  yield* printItems(listing, sorted);
  if (!options.has('R') || depth > MAX_DEPTH) return;
  for (const item of sorted) {
    if (item.stat.type !== 'directory' || item.name === '.' || item.name === '..') continue;
    yield* listDirectory(listing, item.path, true, false, depth + 1);
  }
}

function blocksOf(stat: Stat): number {
  return stat.type === 'file' || stat.type === 'directory' ? Math.ceil(stat.size / 4096) * 4 : 0;
}

function sortItems(options: Options, items: readonly Item[]): Item[] {
  const sorted = [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (options.has('t')) sorted.sort((a, b) => b.stat.modifiedMs - a.stat.modifiedMs);
  else if (options.has('S')) sorted.sort((a, b) => b.stat.size - a.stat.size);
  return options.has('r') ? sorted.reverse() : sorted;
}

function mark(options: Options, item: Item): string {
  if (item.stat.type === 'directory') return options.has('F') || options.has('p') ? '/' : '';
  if (!options.has('F')) return '';
  if (item.stat.type === 'symlink') return '@';
  if (item.stat.type === 'fifo') return '|';
  if (item.stat.type === 'socket') return '=';
  return item.stat.type === 'file' && (item.stat.mode & 0o111) !== 0 ? '*' : '';
}

function* printItems(listing: Listing, items: readonly Item[]): Task<void> {
  const { process, options } = listing;
  if (options.has('l') || options.has('n') || options.has('o') || options.has('g')) {
    yield* printLong(listing, items);
    return;
  }
  const names = items.map((item) => {
    const inode = options.has('i') ? `${item.stat.inode} ` : '';
    const size = options.has('s') ? `${blocksOf(item.stat)} ` : '';
    return inode + size + printable(listing, item.name) + mark(options, item);
  });
  if (listing.columns > 0 && !options.has('1')) yield* print(process, inColumns(names, listing.columns));
  else yield* print(process, names.map((name) => `${name}\n`).join(''));
}

/** Control characters in names do not reach a terminal. */
function printable(listing: Listing, name: string): string {
  return listing.columns > 0 ? name.replace(/[\x00-\x1f\x7f-\x9f]/g, '?') : name;
}

function inColumns(names: readonly string[], columns: number): string {
  if (names.length === 0) return '';
  const widest = Math.max(...names.map(textWidth)) + 2;
  const perRow = Math.max(1, Math.floor(columns / widest));
  const rows = Math.ceil(names.length / perRow);
  let text = '';
  for (let row = 0; row < rows; row++) {
    for (let at = row; at < names.length; at += rows) {
      const last = at + rows >= names.length;
      text += last ? names[at]! : names[at]! + ' '.repeat(widest - textWidth(names[at]!));
    }
    text += '\n';
  }
  return text;
}

function* printLong(listing: Listing, items: readonly Item[]): Task<void> {
  const { options, accounts, process } = listing;
  const numeric = options.has('n');
  const rows = items.map((item) => {
    const { stat } = item;
    const size =
      stat.deviceNumber === undefined
        ? sizeText(options, stat.size)
        : `${stat.deviceNumber[0]}, ${String(stat.deviceNumber[1]).padStart(3)}`;
    return {
      item,
      links: String(stat.links),
      user: numeric ? String(stat.uid) : accounts.userName(stat.uid),
      group: numeric ? String(stat.gid) : accounts.groupName(stat.gid),
      size,
    };
  });
  const width = (pick: (row: (typeof rows)[number]) => string, least: number) =>
    Math.max(least, ...rows.map((row) => pick(row).length));
  const gnu = listing.flavour === 'gnu';
  const links = width((row) => row.links, gnu ? 1 : 4);
  const users = width((row) => row.user, gnu ? 1 : 8);
  const groups = width((row) => row.group, gnu ? 1 : 8);
  const sizes = width((row) => row.size, gnu ? 1 : 9);
  let text = '';
  for (const { item, ...row } of rows) {
    const { stat } = item;
    const inode = options.has('i') ? `${String(stat.inode).padStart(7)} ` : '';
    const owner = `${options.has('g') ? '' : `${row.user.padEnd(users)} `}${options.has('o') ? '' : `${row.group.padEnd(groups)} `}`;
    const target = stat.type === 'symlink' ? ` -> ${linkTarget(process, item.path)}` : '';
    text += `${inode}${modeText(stat.type, stat.mode)} ${row.links.padStart(links)} ${owner}${row.size.padStart(sizes)} ${dateText(stat.modifiedMs, process.now())} ${printable(listing, item.name)}${mark(options, item)}${target}\n`;
  }
  yield* print(process, text);
}

function linkTarget(process: Process, path: string): string {
  try {
    return process.readlink(path);
  } catch (error) {
    errnoOf(error);
    return '?';
  }
}

function sizeText(options: Options, size: number): string {
  return options.has('h') ? humanSize(size) : String(size);
}

/** `1.5K`, as `-h` shows sizes. */
export function humanSize(size: number): string {
  if (size < 1024) return String(size);
  let value = size;
  let unit = -1;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${'KMGTP'[unit]}`;
}

const HALF_YEAR_MS = 182 * 86_400_000;

function dateText(timeMs: number, nowMs: number): string {
  const recent = timeMs > nowMs - HALF_YEAR_MS && timeMs <= nowMs + 86_400_000;
  return formatDate(recent ? '%b %e %H:%M' : '%b %e  %Y', timeMs);
}
