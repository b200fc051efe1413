import { stringify } from 'yaml';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { CallError, callCri } from './cri-client.ts';
import type { CliFlag, Line } from './flags.ts';
import { shortId } from './table.ts';

/** One of crictl's commands. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  /** What stands after its flags. */
  readonly operands?: string;
  readonly flags?: readonly CliFlag[];
  /** What it prints, or its exit code; its help, where it was told too little. @throws CallError */
  readonly run: (process: Process, line: Line) => Task<string | number | typeof HELP>;
}

/** Instead of doing anything: the command's help. */
export const HELP: unique symbol = Symbol('help');

export interface Identified {
  readonly id: string;
  readonly repoTags?: readonly string[];
}

/** What begins with this id (or, of an image, has this name). @throws CallError when nothing does, or more than one. */
export function* find<T extends Identified>(process: Process, list: string, id: string, noun: string): Task<T> {
  const all = yield* callCri<T[]>(process, list);
  const found = all.filter(
    (each) => each.id.startsWith(id) || shortId(each.id).startsWith(id) || hasName(each.repoTags ?? [], id),
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw new CallError(`${id} is ambiguous: it is the beginning of more than one ${noun} id`);
  throw new CallError(
    `rpc error: code = NotFound desc = an error occurred when try to find ${noun} "${id}": not found`,
  );
}

function hasName(tags: readonly string[], name: string): boolean {
  return tags.some((tag) => tag === name || tag === `docker.io/library/${name}` || tag.endsWith(`/${name}:latest`));
}

export function requireArgument({ args }: Line): string {
  if (args.length > 0) return args[0]!;
  throw new CallError('ID cannot be empty');
}

/** Whether something has the labels of `--label key=value`. @throws CallError */
export function hasLabels({ flags }: Line, labels: Readonly<Record<string, string>>): boolean {
  const wanted = flags.get('label')?.split(',') ?? [];
  return wanted.every((pair) => {
    const [key = '', value, ...more] = pair.split('=');
    if (value === undefined || more.length > 0) throw new CallError(`incorrectly specified label: ${pair}`);
    return labels[key] === value;
  });
}

/** The newest ones, as `--latest` and `--last` ask for them. */
export function newest<T extends { readonly createdAtMs: number }>({ flags }: Line, found: readonly T[]): readonly T[] {
  const sorted = found.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  if (flags.has('latest')) return sorted.slice(0, 1);
  const last = Number(flags.get('last') ?? 0);
  return last > 0 ? sorted.slice(0, last) : sorted;
}

/** What `--output` makes of something; undefined for a table. @throws CallError */
export function shown(value: unknown, output: string): string | undefined {
  if (output === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  if (output === 'yaml') return stringify(value, { indentSeq: false, lineWidth: 0 });
  if (output === 'go-template') throw new CallError('-o go-template is not supported by this simulation');
  return undefined;
}

/** What is shown of a list instead of a table, if something else was asked for: IDs or a document. @throws CallError */
export function shownList({ flags }: Line, found: readonly Identified[], document: object): string | undefined {
  if (flags.has('quiet')) return found.map(({ id }) => `${id}\n`).join('');
  return shown(document, flags.get('output') ?? 'table');
}

/** What `--output` makes of something that has no table here: JSON unless told. @throws CallError */
export function requireShown(value: unknown, output = 'json'): string {
  const text = shown(value, output);
  if (text === undefined) throw new CallError(`-o ${output} is not supported by this simulation`);
  return text;
}
