import type { Task } from '../sim/index.ts';
import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';

/** What completion offers for a command's arguments. */
export type Operand =
  | 'resource'
  | 'resource-name'
  | 'pod'
  | 'node'
  | 'context'
  | 'resource-type'
  | 'rollout-target'
  | 'none';

/** One verb: its names, its flag table, and what it does. */
export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Words that are not like the name, and that it is suggested for. */
  readonly suggestedFor?: readonly string[];
  readonly summary: string;
  /** The line after "Usage:", without `kubectl`. */
  readonly usage?: string;
  readonly help?: string;
  readonly examples?: readonly string[];
  /** Under which heading `kubectl --help` lists it. */
  readonly section?: string;
  readonly flags?: readonly FlagSpec[];
  /** Flags that must be given, in the order in which they are missed. */
  readonly requiredFlags?: readonly string[];
  readonly subcommands?: readonly Command[];
  readonly operand?: Operand;
  /** Returns the exit code; expected failures are thrown. Absent for a command that only has subcommands. */
  readonly run?: (invocation: Invocation) => Task<number>;
}

/** What has to be known of a command to find it. */
interface Findable<C> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly C[];
}

export interface Found<C = Command> {
  readonly command: C;
  /** `kubectl rollout undo`. */
  readonly path: string;
  /** The words that are left: flags and arguments. */
  readonly rest: readonly string[];
}

/**
 * Finds the command that words ask for. Flags may stand before the verb, so those that take a value have to be known:
 * a spec table for the persistent ones does.
 */
export function findCommand<C extends Findable<C>>(
  root: C,
  words: readonly string[],
  globalFlags: readonly FlagSpec[],
): Found<C> {
  let command = root;
  let path = root.name;
  let rest = words;
  for (;;) {
    const index = firstArgument(rest, [...globalFlags, ...(command.flags ?? [])]);
    const word = index === undefined ? undefined : rest[index];
    const next = command.subcommands?.find((sub) => sub.name === word || sub.aliases?.includes(word!));
    if (next === undefined || index === undefined) return { command, path, rest };
    command = next;
    path += ` ${next.name}`;
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)];
  }
}

function firstArgument(words: readonly string[], specs: readonly FlagSpec[]): number | undefined {
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '--') return undefined;
    if (!word.startsWith('-') || word === '-') return index;
    const spec = word.startsWith('--')
      ? specs.find((flag) => `--${flag.name}` === word)
      : specs.find((flag) => flag.short !== undefined && `-${flag.short}` === word);
    if (spec !== undefined && spec.type !== 'bool' && spec.bare === undefined) index += 1;
  }
  return undefined;
}

interface Suggestible {
  readonly name: string;
  readonly suggestedFor?: readonly string[];
}

/** Commands like the one mistyped: within two edits, or with it as their beginning (as cobra's suggestions). */
export function suggestions(root: Findable<Suggestible>, typed: string): readonly string[] {
  return (root.subcommands ?? [])
    .filter(
      ({ name, suggestedFor = [] }) =>
        // It is cobra's own, and never suggested.
        name !== 'help' &&
        (editDistance(typed.toLowerCase(), name.toLowerCase()) <= 2 ||
          name.toLowerCase().startsWith(typed.toLowerCase()) ||
          suggestedFor.includes(typed.toLowerCase())),
    )
    .map(({ name }) => name);
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
