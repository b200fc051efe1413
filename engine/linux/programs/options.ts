import { Usage } from './program.ts';

export interface Options {
  has(letter: string): boolean;
  /** The value given last. */
  value(letter: string): string | undefined;
  /** All values given, in order. */
  values(letter: string): readonly string[];
  readonly operands: readonly string[];
}

export interface OptionRules {
  /** As getopt(3): `n:` takes a value. */
  readonly letters: string;
  /** Long options by the letter they stand for. Those that stand for none have a name instead: `cacert:` takes a value, `json` none. */
  readonly long?: Readonly<Record<string, string>>;
  /** Stops at the first operand: for programs whose operands are a command. */
  readonly inOrder?: boolean;
  /** What a number as an option stands for: `head -5` is `head -n 5`. */
  readonly number?: string;
}

/** getopt_long(3). Options may come after operands, unless `inOrder`. Throws Usage. */
export function getOptions(args: readonly string[], rules: OptionRules): Options {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  const note = (letter: string, value = '') => {
    const values = given.get(letter);
    if (values === undefined) given.set(letter, [value]);
    else values.push(value);
  };
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (argument.startsWith('--')) {
      const equals = argument.indexOf('=');
      const name = argument.slice(2, equals < 0 ? undefined : equals);
      const letter = rules.long?.[name];
      if (letter === undefined) throw new Usage(`unrecognized option '--${name}'`);
      const named = letter.replace(/(?<=.):$/, '');
      if (!takesValue(rules, letter)) note(named);
      else {
        const value = equals < 0 ? args[++at] : argument.slice(equals + 1);
        if (value === undefined) throw new Usage(`option '--${name}' requires an argument`);
        note(named, value);
      }
      continue;
    }
    if (!argument.startsWith('-') || argument === '-') {
      if (rules.inOrder) {
        operands.push(...args.slice(at));
        break;
      }
      operands.push(argument);
      continue;
    }
    if (rules.number !== undefined && /^-\d+$/.test(argument)) {
      note(rules.number, argument.slice(1));
      continue;
    }
    at = shortOptions(args, at, rules, note);
  }
  return {
    has: (letter) => given.has(letter),
    value: (letter) => given.get(letter)?.at(-1),
    values: (letter) => given.get(letter) ?? [],
    operands,
  };
}

function takesValue(rules: OptionRules, letter: string): boolean {
  if (letter.length > 1) return letter.endsWith(':');
  return rules.letters[rules.letters.indexOf(letter) + 1] === ':';
}

function shortOptions(
  args: readonly string[],
  at: number,
  rules: OptionRules,
  note: (letter: string, value?: string) => void,
): number {
  const argument = args[at]!;
  for (let i = 1; i < argument.length; i++) {
    const letter = argument[i]!;
    if (letter === ':' || !rules.letters.includes(letter)) throw new Usage(`invalid option -- '${letter}'`);
    if (!takesValue(rules, letter)) {
      note(letter);
      continue;
    }
    const attached = argument.slice(i + 1);
    const value = attached === '' ? args[at + 1] : attached;
    if (value === undefined) throw new Usage(`option requires an argument -- '${letter}'`);
    note(letter, value);
    return attached === '' ? at + 1 : at;
  }
  return at;
}

/** A count as `head -n` takes it; throws Usage. */
export function countOf(text: string): number {
  const match = /^(\d{1,15})([bkKmMG]?)$/.exec(text);
  if (match === null) throw new Usage(`invalid number '${text}'`);
  return Number(match[1]) * ({ b: 512, k: 1024, K: 1024, m: 1024 ** 2, M: 1024 ** 2, G: 1024 ** 3 }[match[2]!] ?? 1);
}
