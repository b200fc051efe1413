import { readGoDuration } from '../linux/programs/go/duration.ts';
import { FALSE_WORDS, type FlagSpec, Flags, TRUE_WORDS } from './flag.ts';

/** A command line that does not fit the flag table; the message is pflag's. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export interface ParsedLine {
  readonly flags: Flags;
  readonly args: readonly string[];
  /** How many arguments came before `--`; -1 without one. */
  readonly argsBeforeDash: number;
}

/**
 * Parses words by a flag table, with flags and arguments in any order, as github.com/spf13/pflag does: `--name value`,
 * `--name=value`, `-n value`, `-nvalue`, `-n=value`, `-it`, and `--` before what is not to be parsed.
 *
 * @throws FlagError
 */
export function parseFlags(words: readonly string[], specs: readonly FlagSpec[]): ParsedLine {
  const parser = new Parser(words, specs);
  parser.run();
  return parser;
}

class Parser implements ParsedLine {
  readonly flags: Flags;
  readonly args: string[] = [];
  argsBeforeDash = -1;
  readonly #words: readonly string[];
  readonly #byName: ReadonlyMap<string, FlagSpec>;
  readonly #byShort: ReadonlyMap<string, FlagSpec>;
  #next = 0;

  constructor(words: readonly string[], specs: readonly FlagSpec[]) {
    this.#words = words;
    this.flags = new Flags(specs);
    this.#byName = new Map(specs.map((spec) => [spec.name, spec]));
    this.#byShort = new Map(specs.flatMap((spec) => (spec.short === undefined ? [] : [[spec.short, spec] as const])));
  }

  run(): void {
    while (this.#next < this.#words.length) {
      const word = this.#words[this.#next++]!;
      if (word === '--') {
        this.argsBeforeDash = this.args.length;
        this.args.push(...this.#words.slice(this.#next));
        return;
      }
      if (word.startsWith('--')) this.#long(word);
      else if (word.startsWith('-') && word.length > 1) this.#short(word);
      else this.args.push(word);
    }
  }

  #long(word: string): void {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${word}`);
    const spec = this.#byName.get(name);
    if (spec === undefined) throw new FlagError(`unknown flag: --${name}`);
    const value = equals < 0 ? this.#valueOf(spec, `--${name}`) : word.slice(equals + 1);
    this.#set(spec, value);
  }

  #short(word: string): void {
    for (let letters = word.slice(1); letters !== ''; ) {
      const letter = letters[0]!;
      const rest = letters.slice(1);
      const spec = this.#byShort.get(letter);
      if (spec === undefined) throw new FlagError(`unknown shorthand flag: '${letter}' in -${letters}`);
      if (rest.startsWith('=')) {
        this.#set(spec, rest.slice(1));
        return;
      }
      if (spec.type !== 'bool' && spec.bare === undefined && rest !== '') {
        this.#set(spec, rest);
        return;
      }
      this.#set(spec, this.#valueOf(spec, `'${letter}' in -${letters}`));
      letters = rest;
    }
  }

  #valueOf(spec: FlagSpec, shown: string): string {
    if (spec.bare !== undefined) return spec.bare;
    if (spec.type === 'bool') return 'true';
    const value = this.#words[this.#next];
    if (value === undefined) throw new FlagError(`flag needs an argument: ${shown}`);
    this.#next += 1;
    return value;
  }

  #set(spec: FlagSpec, value: string): void {
    const problem = problemWith(spec, value);
    if (problem !== undefined) {
      const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      throw new FlagError(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${problem}`);
    }
    this.flags.add(spec.name, value);
  }
}

function problemWith(spec: FlagSpec, value: string): string | undefined {
  const quoted = JSON.stringify(value);
  switch (spec.type) {
    case 'bool':
      return TRUE_WORDS.has(value) || FALSE_WORDS.has(value)
        ? undefined
        : `strconv.ParseBool: parsing ${quoted}: invalid syntax`;
    case 'int':
      if (!/^[-+]?\d+$/.test(value)) return `strconv.ParseInt: parsing ${quoted}: invalid syntax`;
      return Math.abs(Number(value)) <= 2 ** 31 - 1
        ? undefined
        : `strconv.ParseInt: parsing ${quoted}: value out of range`;
    case 'duration': {
      const ms = readGoDuration(value);
      return typeof ms === 'string' ? ms : undefined;
    }
    default:
      return undefined;
  }
}
