import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { Regex } from '../../regex.ts';
import type { Process } from '../../syscalls.ts';
import type { Flavour } from '../program.ts';
import { AwkRecord, MAX_FIELDS, splitFields } from './record.ts';
import { RecordReader, type RecordSeparator, Streams } from './streams.ts';
import { type AwkArray, fromInput, toNumber, toText, type Value } from './value.ts';

/** Ends the program with a message, whatever it was doing. */
export class AwkError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Names in scope: those of a function call, else the global ones. */
export type Scope = Map<string, Value | AwkArray>;

const DEFAULTS: Readonly<Record<string, Value>> = {
  FS: ' ',
  OFS: ' ',
  ORS: '\n',
  RS: '\n',
  NR: 0,
  FNR: 0,
  FILENAME: '',
  SUBSEP: '\x1c',
  RSTART: 0,
  RLENGTH: -1,
  CONVFMT: '%.6g',
  OFMT: '%.6g',
};

/** Regular expressions that are kept compiled. */
const MAX_EXPRESSIONS = 500;

/** What a running program has: variables, the record, the input and its open streams. */
export class AwkMachine {
  readonly process: Process;
  readonly streams: Streams;
  readonly globals: Scope;
  seed = 0;
  previousSeed = 0;
  #random: (() => number) | undefined;
  readonly #record = new AwkRecord();
  readonly #expressions = new Map<string, Regex>();
  readonly #split = (text: string): string[] =>
    splitFields(text, this.text('FS'), (source) => this.regex(source), this.text('RS') === '');
  #input: RecordReader | undefined;
  #argument = 1;
  #usedFile = false;
  /** A file that could not be opened: it is complained of and passed over. */
  readonly complain: (message: string) => Task<void>;
  failed = false;

  readonly flavour: Flavour;

  constructor(process: Process, args: readonly string[], flavour: Flavour, complain: (message: string) => Task<void>) {
    this.process = process;
    this.flavour = flavour;
    this.complain = complain;
    this.streams = new Streams(process);
    this.globals = new Map<string, Value | AwkArray>(Object.entries(DEFAULTS));
    this.globals.set('ENVIRON', new Map(Object.entries(process.env).map(([name, value]) => [name, fromInput(value)])));
    this.globals.set('ARGV', new Map(['awk', ...args].map((value, index) => [String(index), fromInput(value)])));
    this.globals.set('ARGC', args.length + 1);
  }

  /** A global variable as text. */
  text(name: string): string {
    return toText(this.value(name), '%.6g');
  }

  value(name: string): Value {
    if (name === 'NF') return this.fieldCount;
    const value = this.globals.get(name);
    if (value instanceof Map) throw new AwkError(`attempt to use array \`${name}' in a scalar context`);
    return value;
  }

  set(name: string, value: Value): void {
    if (name === 'NF') {
      this.#record.resize(checkedCount(toNumber(value)), this.#split);
      return;
    }
    if (this.globals.get(name) instanceof Map)
      throw new AwkError(`attempt to use array \`${name}' in a scalar context`);
    this.globals.set(name, value);
  }

  get convfmt(): string {
    return this.text('CONVFMT');
  }

  regex(source: string): Regex {
    let regex = this.#expressions.get(source);
    if (regex === undefined) {
      if (this.#expressions.size >= MAX_EXPRESSIONS) this.#expressions.clear();
      regex = new Regex(source, { extended: true });
      this.#expressions.set(source, regex);
    }
    return regex;
  }

  /** From 0 up to, but not including, 1. Without srand() every run gives the same numbers. */
  random(): number {
    this.#random ??= generator(this.seed);
    return this.#random();
  }

  reseed(seed: number): number {
    this.previousSeed = this.seed;
    this.seed = seed;
    this.#random = undefined;
    return this.previousSeed;
  }

  // The record

  get recordText(): string {
    return this.#record.text(
      () => this.text('OFS'),
      () => this.convfmt,
    );
  }

  setRecord(text: string): void {
    this.#record.set(text);
  }

  get fieldCount(): number {
    return this.#record.fields(this.#split).length;
  }

  field(index: number): Value {
    if (index < 0) throw new AwkError(`attempt to access field ${index}`);
    return index === 0 ? fromInput(this.recordText) : this.#record.fields(this.#split)[index - 1];
  }

  setField(index: number, value: Value): void {
    if (index < 0) throw new AwkError(`attempt to access field ${index}`);
    if (index === 0) this.#record.set(toText(value, this.convfmt));
    else this.#record.assign(checkedCount(index), value, this.#split);
  }

  // The input

  separator(): RecordSeparator {
    const separator = this.text('RS');
    if (separator === '') return 'paragraph';
    return separator.length === 1 ? separator : this.regex(separator);
  }

  /** The next record of the main input; undefined after the last file. */
  *nextRecord(): Task<string | undefined> {
    for (;;) {
      this.#input ??= yield* this.#openNext();
      if (this.#input === undefined) return undefined;
      const record = yield* this.#input.next(this.separator());
      if (record !== undefined) {
        this.set('NR', toNumber(this.value('NR')) + 1);
        this.set('FNR', toNumber(this.value('FNR')) + 1);
        return record;
      }
      this.skipFile();
    }
  }

  /** Goes on with the next file. */
  skipFile(): void {
    if (this.#input !== undefined && this.#input.fd !== 0) this.process.close(this.#input.fd);
    this.#input = undefined;
  }

  *#openNext(): Task<RecordReader | undefined> {
    const argv = this.globals.get('ARGV') as AwkArray;
    while (this.#argument < toNumber(this.value('ARGC'))) {
      const argument = toText(argv.get(String(this.#argument++)), this.convfmt);
      if (argument === '') continue;
      const assignment = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(argument);
      if (assignment !== null) {
        this.set(assignment[1]!, fromInput(assignment[2]!));
        continue;
      }
      this.#usedFile = true;
      this.set('FILENAME', argument);
      this.set('FNR', 0);
      if (argument === '-') return new RecordReader(this.process, 0);
      try {
        return new RecordReader(this.process, this.process.open(argument, { read: true }));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        this.failed = true;
        yield* this.complain(argument);
      }
    }
    if (this.#usedFile) return undefined;
    this.#usedFile = true;
    return new RecordReader(this.process, 0);
  }
}

function checkedCount(count: number): number {
  if (count > MAX_FIELDS) throw new AwkError(`too many fields (${count})`);
  return Math.max(0, Math.trunc(count));
}

/** A small generator of our own: what awk's rand() gives is the same in every run unless it is seeded. */
function generator(seed: number): () => number {
  let state = (Math.trunc(seed) ^ 0x9e37_79b9) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
