import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { print } from '../stdio.ts';
import type { DirectoryEntry, Process } from '../syscalls.ts';
import { countOf, getOptions, type Options } from './options.ts';
import { program } from './program.ts';

interface Count {
  directories: number;
  files: number;
}

/** tree(1): folders as a drawing. https://linux.die.net/man/1/tree */
export const tree = program(function* (process, args) {
  const options = getOptions(args, { letters: 'adfL:Fn', long: { noreport: 'r' } });
  const count: Count = { directories: 0, files: 0 };
  let status = 0;
  for (const path of options.operands.length === 0 ? ['.'] : options.operands) {
    let entries: readonly DirectoryEntry[];
    try {
      entries = process.readdir(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* print(process, `${path}  [error opening dir]\n`);
      status = 2;
      continue;
    }
    count.directories += 1;
    yield* print(process, `${path}\n`);
    yield* draw(process, options, path, entries, '', 1, count);
  }
  const plural = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
  const files = options.has('d') ? '' : `, ${plural(count.files, 'file', 'files')}`;
  if (!options.has('r')) yield* print(process, `\n${plural(count.directories, 'directory', 'directories')}${files}\n`);
  return status;
});

function* draw(
  process: Process,
  options: Options,
  path: string,
  entries: readonly DirectoryEntry[],
  indent: string,
  depth: number,
  count: Count,
): Task<void> {
  const deepest = options.has('L') ? countOf(options.value('L')!) : Number.POSITIVE_INFINITY;
  const shown = entries.filter(
    ({ name, type }) => (options.has('a') || !name.startsWith('.')) && (!options.has('d') || type === 'directory'),
  );
  for (const [index, { name, type }] of shown.entries()) {
    yield* process.compute(0.1);
    const last = index === shown.length - 1;
    const below = `${path === '/' ? '' : path}/${name}`;
    const link = type === 'symlink' ? ` -> ${process.readlink(below)}` : '';
    const mark = options.has('F') && type === 'directory' ? '/' : '';
    yield* print(process, `${indent}${last ? '└── ' : '├── '}${options.has('f') ? below : name}${mark}${link}\n`);
    if (type !== 'directory') {
      count.files += 1;
      continue;
    }
    count.directories += 1;
    if (depth >= deepest) continue;
    let inner: readonly DirectoryEntry[] = [];
    try {
      inner = process.readdir(below);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
    yield* draw(process, options, below, inner, `${indent}${last ? '    ' : '│   '}`, depth + 1, count);
  }
}
