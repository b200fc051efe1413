import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { CallError, callCri } from './cri-client.ts';
import { shortId } from './table.ts';

/** The flags of a command line: `-a`, `--name x`, `--name=x`; all others are arguments. */
export interface Line {
  readonly flags: ReadonlyMap<string, string>;
  readonly args: readonly string[];
}

export type Command = (process: Process, line: Line) => Task<string | number>;

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

export function hasFlag({ flags }: Line, ...names: readonly string[]): boolean {
  return names.some((name) => flags.has(name));
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
