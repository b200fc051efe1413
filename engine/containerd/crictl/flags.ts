import { parseGoDuration } from '../../linux/programs/go/duration.ts';
import { CallError } from './cri-client.ts';

// Flags as crictl takes them, by github.com/urfave/cli: all before the first argument, with one dash or two.

export interface CliFlag {
  readonly name: string;
  readonly alias: string | undefined;
  /** What it takes; undefined for one that is only set. */
  readonly takes: 'string' | 'int' | 'duration' | 'list' | undefined;
  readonly usage: string;
}

/** A command line that has been read: flags by their long names, and what stands after them. */
export interface Line {
  readonly flags: ReadonlyMap<string, string>;
  readonly args: readonly string[];
}

/** A wrong command line: the help of the command is shown with it. */
export class UsageError extends CallError {}

/** @param text a flag a line: `last|n=int Show last n containers` */
export function cliFlags(text: string): readonly CliFlag[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', alias, takes, usage = ''] = /^\s*([\w-]+)(?:\|([\w-]+))?(?:=(\w+))? (.*)$/.exec(line) ?? [];
      return { name, alias, takes: takes as CliFlag['takes'], usage };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What every command has. */
export const HELP_FLAG: CliFlag = { name: 'help', alias: 'h', takes: undefined, usage: 'show help' };

/** @throws UsageError */
export function readLine(words: readonly string[], known: readonly CliFlag[]): Line {
  const flags = new Map<string, string>();
  const find = (name: string) => [...known, HELP_FLAG].find((flag) => flag.name === name || flag.alias === name);
  const rest = [...words];
  while (rest.length > 0) {
    rest.unshift(...apart(rest.shift()!, find));
    const [word = ''] = rest;
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(word);
    if (match === null) break;
    rest.shift();
    const [, name = '', attached] = match;
    const flag = find(name);
    if (flag === undefined) throw new UsageError(`flag provided but not defined: -${name}`);
    const value = attached ?? (flag.takes === undefined ? 'true' : rest.shift());
    if (value === undefined) throw new UsageError(`flag needs an argument: -${name}`);
    checkValue(flag, name, value);
    const before = flag.takes === 'list' ? flags.get(flag.name) : undefined;
    flags.set(flag.name, before === undefined ? value : `${before},${value}`);
  }
  if (rest[0] === '--') rest.shift();
  for (const [name, value] of flags)
    if (/^(false|0)$/.test(value) && find(name)!.takes === undefined) flags.delete(name);
  return { flags, args: rest };
}

/** Short flags in one word: `-aq` is `-a -q`. */
function apart(word: string, find: (name: string) => CliFlag | undefined): readonly string[] {
  if (!/^-[A-Za-z]{2,}$/.test(word) || find(word.slice(1)) !== undefined) return [word];
  const letters = [...word.slice(1)];
  return letters.every((letter) => find(letter) !== undefined) ? letters.map((letter) => `-${letter}`) : [word];
}

/** @throws UsageError */
function checkValue({ takes }: CliFlag, name: string, value: string): void {
  const isRight =
    takes === 'int'
      ? /^[-+]?\d+$/.test(value)
      : takes === 'duration'
        ? parseGoDuration(value) !== undefined
        : takes !== undefined || /^(true|false|1|0)$/.test(value);
  if (isRight) return;
  const what = takes === undefined ? 'boolean value' : 'value';
  throw new UsageError(`invalid ${what} ${JSON.stringify(value)} for flag -${name}: parse error`);
}
