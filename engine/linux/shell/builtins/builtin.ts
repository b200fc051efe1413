import type { Task } from '../../../sim/index.ts';
import type { Shell } from '../shell.ts';
import type { Assignment } from '../syntax/tree.ts';

export type Argument = string | Assignment;

/** A command that the shell carries out itself. */
export interface Builtin {
  /** POSIX's special builtins: found before functions, and assignments before them last. */
  readonly special?: boolean;
  run(shell: Shell, args: readonly Argument[], name: string): number | Task<number>;
}

/** The arguments of a builtin that takes no assignments. */
export function textArguments(args: readonly Argument[]): readonly string[] {
  return args as readonly string[];
}

export interface ParsedOptions {
  readonly flags: ReadonlySet<string>;
  /** Values of the options that take one. */
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** The first unknown letter, or `x:` for one whose value is missing. */
  readonly bad: string | undefined;
}

/** getopt(3) for builtins and small programs: `letters` as there, `n:` takes a value. */
export function parseOptions(args: readonly string[], letters: string): ParsedOptions {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  let at = 0;
  for (; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') {
      at += 1;
      break;
    }
    if (!argument.startsWith('-') || argument === '-') break;
    for (let i = 1; i < argument.length; i++) {
      const letter = argument[i]!;
      const known = letter === ':' ? -1 : letters.indexOf(letter);
      if (known < 0) return { flags, values, operands: args.slice(at), bad: letter };
      flags.add(letter);
      if (letters[known + 1] !== ':') continue;
      const attached = argument.slice(i + 1);
      const value = attached === '' ? args[++at] : attached;
      if (value === undefined) return { flags, values, operands: [], bad: `${letter}:` };
      values.set(letter, value);
      break;
    }
  }
  return { flags, values, operands: args.slice(at), bad: undefined };
}
