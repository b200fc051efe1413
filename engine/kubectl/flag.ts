import { parseGoDuration } from '../linux/programs/go/duration.ts';

/** What kind of value a flag takes, in the words of pflag. */
type FlagType = 'bool' | 'string' | 'int' | 'duration' | 'stringArray' | 'stringSlice';

/** One row of a command's flag table. */
export interface FlagSpec {
  readonly name: string;
  /** The one-letter form, without the dash. */
  readonly short?: string;
  readonly type: FlagType;
  /** The value when the flag is not given, as it would be typed. */
  readonly default?: string;
  /** The value of the bare flag: `--dry-run` means `--dry-run=unchanged`. */
  readonly bare?: string;
  readonly help: string;
  /** Values that completion offers. */
  readonly values?: readonly string[];
  readonly hidden?: boolean;
  /** What is said to whoever still uses it. */
  readonly deprecated?: string;
}

/** The flags of one invocation. Reading a flag that is not in the command's table is a programming error. */
export class Flags {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #values = new Map<string, string[]>();

  constructor(specs: readonly FlagSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
  }

  /** Records a value that was given; text is valid for the flag's type. */
  add(name: string, value: string): void {
    const spec = this.#spec(name);
    const many = spec.type === 'stringArray' || spec.type === 'stringSlice';
    const added = spec.type === 'stringSlice' ? value.split(',') : [value];
    this.#values.set(name, many ? [...(this.#values.get(name) ?? []), ...added] : added);
  }

  /** What was given, in the order of the names' first mention. */
  given(): readonly (readonly [name: string, value: string])[] {
    return [...this.#values].flatMap(([name, values]) => values.map((value) => [name, value] as const));
  }

  has(name: string): boolean {
    return this.#specs.has(name);
  }

  /** Whether the flag was given at all. */
  changed(name: string): boolean {
    return this.#values.has(name);
  }

  string(name: string): string {
    return this.#values.get(name)?.[0] ?? this.#spec(name).default ?? '';
  }

  /** Whether it may be given several times. */
  isList(name: string): boolean {
    const { type } = this.#spec(name);
    return type === 'stringArray' || type === 'stringSlice';
  }

  bool(name: string): boolean {
    return TRUE_WORDS.has(this.string(name));
  }

  int(name: string): number {
    return Number(this.string(name) || '0');
  }

  /** Milliseconds; 0 when not given. */
  duration(name: string): number {
    return parseGoDuration(this.string(name)) ?? 0;
  }

  list(name: string): readonly string[] {
    const given = this.#values.get(name);
    if (given !== undefined) return given;
    const byDefault = this.#spec(name).default;
    return byDefault === undefined || byDefault === '' ? [] : byDefault.split(',');
  }

  #spec(name: string): FlagSpec {
    const spec = this.#specs.get(name);
    if (spec === undefined) throw new Error(`no flag --${name} in this command's table`);
    return spec;
  }
}

/** The words strconv.ParseBool takes for true; the rest of its vocabulary is in FALSE_WORDS. */
export const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
export const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);
