import { readGoDuration } from './duration.ts';

// Command-line flags as programs written in Go take them: with pflag (`--port=1`, `-t 1`) or its own package (`-port=1`).

/** What a flag takes: durations are in milliseconds. */
type FlagValue = string | number | boolean;

interface FlagSpec {
  readonly type: 'string' | 'int' | 'bool' | 'duration';
  readonly default: FlagValue;
  /** A single letter that stands for it. */
  readonly short?: string;
  readonly usage: string;
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

/** The command line is wrong; the message is the library's. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export interface Flags {
  string(name: string): string;
  /** Of `int` and `duration` flags. */
  number(name: string): number;
  bool(name: string): boolean;
  /** Whether it was given. */
  has(name: string): boolean;
  readonly args: readonly string[];
}

/** Flags may come after arguments; `--` ends them. Throws FlagError. */
export function parseFlags(argv: readonly string[], specs: FlagSpecs): Flags {
  const values = new Map<string, FlagValue>();
  const args: string[] = [];
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--') {
      args.push(...rest);
      break;
    }
    const match = /^--?([A-Za-z][^=]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null) {
      args.push(argument);
      continue;
    }
    const [, given = '', attached] = match;
    const name = Object.hasOwn(specs, given) ? given : byLetter(specs, given);
    if (name === undefined) {
      const short = !argument.startsWith('--');
      throw new FlagError(short ? `unknown shorthand flag: '${given[0]}' in ${argument}` : `unknown flag: --${given}`);
    }
    const spec = specs[name]!;
    const text = attached ?? (spec.type === 'bool' ? 'true' : rest.shift());
    if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    values.set(name, convert(name, spec, text));
  }
  const value = (name: string) => values.get(name) ?? specs[name]!.default;
  return {
    string: (name) => String(value(name)),
    number: (name) => Number(value(name)),
    bool: (name) => value(name) === true,
    has: (name) => values.has(name),
    args,
  };
}

function byLetter(specs: FlagSpecs, letter: string): string | undefined {
  return Object.keys(specs).find((name) => specs[name]!.short === letter);
}

function convert(name: string, spec: FlagSpec, text: string): FlagValue {
  const invalid = (why: string) => {
    const shown = spec.short === undefined ? `--${name}` : `-${spec.short}, --${name}`;
    return new FlagError(`invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${why}`);
  };
  switch (spec.type) {
    case 'string':
      return text;
    case 'int':
      if (!/^[-+]?\d{1,15}$/.test(text))
        throw invalid(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
      return Number(text);
    case 'bool':
      if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
      if (/^(0|f|F|false|FALSE|False)$/.test(text)) return false;
      throw invalid(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
    case 'duration': {
      const duration = readGoDuration(text);
      if (typeof duration === 'string') throw invalid(duration);
      return duration;
    }
  }
}
