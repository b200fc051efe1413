import type { Task } from '../../../sim/index.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { errnoOf, program } from '../program.ts';
import { evaluate, rootScope } from './evaluate.ts';
import { JqSyntaxError, parseJq } from './parser.ts';
import { UndefinedFunction } from './scope.ts';
import type { Filter } from './tree.ts';
import { isTrue, JqError, type Json } from './value.ts';

interface JqOptions {
  readonly flags: ReadonlySet<string>;
  readonly filter: string | undefined;
  readonly files: readonly string[];
  readonly variables: ReadonlyMap<string, Json>;
  /** What `--args` and `--jsonargs` leave: `$ARGS.positional`. */
  readonly positional: readonly Json[];
  readonly indent: number;
}

const LONG: Readonly<Record<string, string>> = {
  'raw-output': 'r',
  'compact-output': 'c',
  'null-input': 'n',
  slurp: 's',
  'sort-keys': 'S',
  'raw-input': 'R',
  'join-output': 'j',
  'exit-status': 'e',
  'ascii-output': 'a',
  'color-output': 'C',
  'monochrome-output': 'M',
  tab: 't',
  version: 'V',
};

/** As Debian 13 has it. */
const VERSION = '1.7.1';

/** What a filter may compute before it counts as endless. */
const MAX_STEPS = 5_000_000;

class JqUsage {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

function readOptions(process: Process, args: readonly string[]): JqOptions {
  const flags = new Set<string>();
  const operands: string[] = [];
  const variables = new Map<string, Json>();
  const positional: Json[] = [];
  let filter: string | undefined;
  let rest: 'files' | 'args' | 'jsonargs' = 'files';
  let indent = 2;
  const operand = (text: string): void => {
    if (filter === undefined) filter = text;
    else if (rest === 'files') operands.push(text);
    else positional.push(rest === 'args' ? text : jsonOf(text, '--jsonargs'));
  };
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    const value = () => args[++at] ?? '';
    if (argument === '--arg') variables.set(value(), value());
    else if (argument === '--argjson') {
      const name = value();
      variables.set(name, jsonOf(value(), '--argjson'));
    } else if (argument === '--args' || argument === '--jsonargs') rest = argument.slice(2) as typeof rest;
    else if (argument === '--indent') indent = Math.min(7, Number(value()) || 0);
    else if (argument === '-f' || argument === '--from-file') filter = decode(process.readFile(value()));
    else if (argument.startsWith('--')) {
      const flag = LONG[argument.slice(2)];
      if (flag === undefined) throw new JqUsage(`Unknown arguments`);
      flags.add(flag);
    } else if (argument.startsWith('-') && argument.length > 1) {
      for (const letter of argument.slice(1)) {
        if (!Object.values(LONG).includes(letter)) throw new JqUsage('Unknown arguments');
        flags.add(letter);
      }
    } else operand(argument);
  }
  return { flags, filter, files: operands, variables, positional, indent };
}

function jsonOf(text: string, flag: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new JqUsage(`Invalid JSON text passed to ${flag}`);
  }
}

/** jq 1.7: everything but modules, streaming, dates beyond a few and SQL-style operators. */
export const jq = program(function* (process, args) {
  let options: JqOptions;
  let filter: Filter;
  try {
    options = readOptions(process, args);
    if (options.flags.has('V')) {
      yield* print(process, `jq-${VERSION}\n`);
      return 0;
    }
    if (options.filter === undefined) throw new JqUsage('a filter is needed');
    filter = parseJq(options.filter);
  } catch (error) {
    if (error instanceof JqUsage) {
      yield* printError(
        process,
        `jq: error: ${error.message}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n`,
      );
      return 2;
    }
    if (!(error instanceof JqSyntaxError)) throw error;
    yield* printError(
      process,
      `jq: error: syntax error, unexpected ${error.near} at <top-level>\njq: 1 compile error\n`,
    );
    return 3;
  }
  const isAlone = options.flags.has('n') && !asksForInput(filter);
  const { text, missing } = isAlone ? NOTHING : yield* inputText(process, options.files);
  const all = inputs(text, options);
  const run = { process, options, filter, inputs: all, last: undefined as Json | undefined, exitCode: missing ? 2 : 0 };
  try {
    for (const input of options.flags.has('n') ? [null] : { [Symbol.iterator]: () => ({ next: () => all.next() }) }) {
      const failed = yield* apply(run, input, text);
      if (failed !== undefined) return failed;
    }
  } catch (error) {
    if (!(error instanceof JqUsage)) throw error;
    yield* printError(process, `jq: parse error: ${error.message} at line ${lineCount(text)}, column 0\n`);
    return 2;
  }
  if (options.flags.has('e') && run.exitCode === 0) return run.last === undefined ? 4 : isTrue(run.last) ? 0 : 1;
  return run.exitCode;
});

const NOTHING = { text: '', missing: false };

/** Whether somewhere in the filter there is `input` or `inputs`. */
function asksForInput(filter: Filter): boolean {
  return JSON.stringify(filter).includes('"kind":"call","name":"input');
}

function* inputText(process: Process, files: readonly string[]): Task<{ text: string; missing: boolean }> {
  if (files.length === 0) return { text: decode(yield* readAll(process, 0)), missing: false };
  let text = '';
  let missing = false;
  for (const path of files) {
    try {
      const fd = process.open(path, { read: true });
      text += `${decode(yield* readAll(process, fd))}\n`;
      process.close(fd);
    } catch (error) {
      missing = true;
      yield* printError(process, `jq: error: Could not open ${path}: ${errnoOf(error).message}\n`);
    }
  }
  return { text, missing };
}

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}

/** Throws JqUsage for what is no JSON. */
function* inputs(text: string, { flags }: JqOptions): Generator<Json, undefined> {
  if (flags.has('R')) {
    if (flags.has('s')) yield text;
    else yield* text.replace(/\n$/, '').split('\n');
    return undefined;
  }
  const values: Json[] = [];
  for (const piece of documents(text)) {
    let value: Json;
    try {
      value = JSON.parse(piece) as Json;
    } catch {
      throw new JqUsage(`Invalid literal or unfinished JSON term`);
    }
    if (flags.has('s')) values.push(value);
    else yield value;
  }
  if (flags.has('s')) yield values;
  return undefined;
}

/** The JSON texts that stand one behind the other. */
function* documents(text: string): Generator<string> {
  let start = -1;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') {
      if (start < 0) start = at;
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at += 1;
      if (depth > 0) continue;
      yield text.slice(start, at + 1);
      start = -1;
    } else if (character === '{' || character === '[') {
      if (depth === 0 && start >= 0) yield text.slice(start, at);
      if (depth === 0) start = at;
      depth += 1;
    } else if ((character === '}' || character === ']') && depth > 0) {
      depth -= 1;
      if (depth > 0) continue;
      yield text.slice(start, at + 1);
      start = -1;
    } else if (/\s/.test(character)) {
      if (depth > 0 || start < 0) continue;
      yield text.slice(start, at);
      start = -1;
    } else if (start < 0) start = at;
  }
  if (start >= 0 && text.slice(start).trim() !== '') yield text.slice(start);
}

interface Run {
  readonly process: Process;
  readonly options: JqOptions;
  readonly filter: Filter;
  readonly inputs: Iterator<Json>;
  last: Json | undefined;
  exitCode: number;
}

/** One input; a result ends the program. */
function* apply(run: Run, input: Json, text: string): Task<number | undefined> {
  const { process, options, filter } = run;
  const variables = new Map<string, Json>([
    ['ENV', { ...process.env }],
    ['__now__', process.now() / 1000],
    ['ARGS', { positional: [...options.positional], named: Object.fromEntries(options.variables) }],
    ...options.variables,
  ]);
  const scope = rootScope(variables, run.inputs, MAX_STEPS);
  try {
    for (const result of evaluate(filter, input, scope)) {
      run.last = result;
      yield* print(process, shown(result, options));
      yield* process.compute(0.5);
    }
  } catch (error) {
    if (error instanceof UndefinedFunction) {
      yield* printError(
        process,
        `jq: error: ${error.name} is not defined at <top-level>, line 1:\n${options.filter}\njq: 1 compile error\n`,
      );
      return 3;
    }
    if (!(error instanceof JqError || error instanceof RangeError)) throw error;
    const message = error instanceof JqError ? error.message : 'the filter nests too deep';
    yield* printError(
      process,
      `jq: error (at <stdin>:${options.flags.has('n') ? 'unknown' : lineCount(text)}): ${message}\n`,
    );
    run.exitCode = 5;
  }
  return undefined;
}

function shown(value: Json, { flags, indent }: JqOptions): string {
  const end = flags.has('j') ? '' : '\n';
  if ((flags.has('r') || flags.has('j')) && typeof value === 'string') return value + end;
  const ordered = flags.has('S') ? sorted(value) : value;
  const space = flags.has('t') ? '\t' : flags.has('c') ? undefined : indent;
  const text = JSON.stringify(ordered, undefined, space);
  return (
    (flags.has('a')
      ? text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text) + end
  );
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner as Json)]),
  );
}
