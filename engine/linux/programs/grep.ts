import type { Task } from '../../sim/index.ts';
import { Regex, RegexError } from '../regex.ts';
import { decode, fail, lineReader, print, printError, programName } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { getOptions, type Options } from './options.ts';
import { errnoOf, type Flavour, program, Usage } from './program.ts';

interface Search {
  readonly process: Process;
  readonly options: Options;
  readonly flavour: Flavour;
  readonly regexes: readonly Regex[];
  readonly named: boolean;
  /** Whether a match with its context has been shown already. */
  shown: boolean;
  found: boolean;
  failed: boolean;
}

export const grep = program(function* (process, args, flavour) {
  const options = getOptions(args, {
    letters: 'EFGPivncqrRolLhHwxse:f:m:A:B:C:a',
    long: {
      'extended-regexp': 'E',
      'fixed-strings': 'F',
      'ignore-case': 'i',
      'invert-match': 'v',
      'line-number': 'n',
      count: 'c',
      quiet: 'q',
      silent: 'q',
      recursive: 'r',
      'only-matching': 'o',
      'files-with-matches': 'l',
      'no-filename': 'h',
      'word-regexp': 'w',
      'line-regexp': 'x',
      'no-messages': 's',
      regexp: 'e',
      'max-count': 'm',
      'after-context': 'A',
      'before-context': 'B',
      context: 'C',
      color: 'a',
      colour: 'a',
    },
  });
  const name = programName(process);
  const implied = name === 'egrep' ? 'E' : name === 'fgrep' ? 'F' : undefined;
  if (implied !== undefined && flavour === 'gnu') {
    yield* printError(process, `${name}: warning: ${name} is obsolescent; using grep -${implied}\n`);
  }
  const operands = [...options.operands];
  const patterns = options.values('e').flatMap((text) => text.split('\n'));
  const file = options.value('f');
  if (file !== undefined) patterns.push(...decode(process.readFile(file)).replace(/\n$/, '').split('\n'));
  if (patterns.length === 0) {
    const operand = operands.shift();
    if (operand === undefined) throw new Usage(undefined, 2);
    patterns.push(...operand.split('\n'));
  }
  const recursive = options.has('r') || options.has('R');
  const search: Search = {
    process,
    options,
    flavour,
    regexes: [],
    named: (operands.length > 1 || recursive || options.has('H')) && !options.has('h'),
    shown: false,
    found: false,
    failed: false,
  };
  try {
    (search.regexes as Regex[]).push(...patterns.map((pattern) => compile(pattern, options, implied)));
    for (const path of operands.length === 0 ? [recursive ? '.' : '-'] : operands)
      yield* searchPath(search, path, recursive, 0);
  } catch (error) {
    if (error instanceof RegexError) return yield* fail(process, error.message, 2);
    throw error;
  }
  if (search.failed && !(search.found && options.has('q'))) return 2;
  return search.found ? 0 : 1;
});

/** @param implied `egrep` means -E, `fgrep` -F */
function compile(pattern: string, given: Options, implied: string | undefined): Regex {
  const options = { has: (letter: string) => letter === implied || given.has(letter) };
  let source = pattern;
  const extended = ['E', 'P', 'F', 'w', 'x'].some((letter) => options.has(letter));
  if (options.has('F')) source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  else if (options.has('P')) source = pattern.replace(/\\d/g, '[0-9]').replace(/\(\?:/g, '(');
  else if (!options.has('E') && extended) source = basicToExtended(pattern);
  if (options.has('w')) source = `(^|\\W)(${source})(\\W|$)`;
  if (options.has('x')) source = `^(${source})$`;
  return new Regex(source, { extended, ignoreCase: options.has('i') });
}

/** A basic expression in extended syntax: what is an operator with a backslash there is one without here. */
function basicToExtended(pattern: string): string {
  return pattern.replace(
    /\\([(){}|+?])|([(){}|+?])/g,
    (_, escaped: string | undefined, plain: string | undefined) => escaped ?? `\\${plain}`,
  );
}

function* searchPath(search: Search, path: string, recursive: boolean, depth: number): Task<void> {
  const { process, options } = search;
  let fd = 0;
  try {
    if (path !== '-') {
      if (process.stat(path).type === 'directory') {
        if (!recursive) yield* directoryNotice(search, path);
        else if (depth < 100)
          for (const entry of process.readdir(path))
            yield* searchPath(search, `${path.replace(/\/$/, '')}/${entry.name}`, true, depth + 1);
        return;
      }
      fd = process.open(path, { read: true });
    }
    yield* searchFile(search, fd, path === '-' ? '(standard input)' : path);
  } catch (error) {
    if (error instanceof RegexError) throw error;
    search.failed = true;
    if (!options.has('s')) yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
  } finally {
    if (fd !== 0) process.close(fd);
  }
}

function* directoryNotice(search: Search, path: string): Task<void> {
  if (!search.options.has('s')) yield* printError(search.process, `grep: ${path}: Is a directory\n`);
  if (search.flavour === 'busybox') search.failed = true;
}

function* searchFile(search: Search, fd: number, name: string): Task<void> {
  const { process, options, regexes } = search;
  const reader = lineReader(process, fd);
  const context = options.value('C');
  const after = Number(options.value('A') ?? context ?? 0);
  const before = Number(options.value('B') ?? context ?? 0);
  const limit = Number(options.value('m') ?? Number.POSITIVE_INFINITY);
  const held: { line: string; number: number }[] = [];
  let count = 0;
  let trailing = 0;
  let number = 0;
  let shown = 0;
  const label = (at: number, mark: string) => `${search.named ? name + mark : ''}${options.has('n') ? at + mark : ''}`;
  for (;;) {
    const line = yield* reader.next();
    if (line === undefined || count >= limit) break;
    number += 1;
    yield* process.compute(0.02);
    const hit = regexes.some((regex) => regex.test(line)) !== options.has('v');
    if (!hit) {
      if (trailing > 0) {
        trailing -= 1;
        shown = number;
        yield* print(process, `${label(number, '-')}${line}\n`);
      } else if (before > 0) {
        held.push({ line, number });
        if (held.length > before) held.shift();
      }
      continue;
    }
    count += 1;
    search.found = true;
    if (options.has('q')) return;
    if (options.has('l') || options.has('L')) break;
    if (options.has('c')) continue;
    const first = held[0]?.number ?? number;
    if ((before > 0 || after > 0) && search.shown && (shown === 0 || first > shown + 1)) yield* print(process, '--\n');
    for (const earlier of held.splice(0)) yield* print(process, `${label(earlier.number, '-')}${earlier.line}\n`);
    if (options.has('o')) yield* printMatches(search, line, label(number, ':'));
    else yield* print(process, `${label(number, ':')}${line}\n`);
    shown = number;
    search.shown = true;
    trailing = after;
  }
  if (options.has('l') && count > 0) yield* print(process, `${name}\n`);
  else if (options.has('L') && count === 0) yield* print(process, `${name}\n`);
  else if (options.has('c')) yield* print(process, `${search.named ? `${name}:` : ''}${count}\n`);
}

function* printMatches(search: Search, line: string, label: string): Task<void> {
  let from = 0;
  while (from <= line.length) {
    let best: { start: number; end: number } | undefined;
    for (const regex of search.regexes) {
      const match = regex.search(line, from);
      if (
        match !== undefined &&
        (best === undefined || match.start < best.start || (match.start === best.start && match.end > best.end))
      )
        best = match;
    }
    if (best === undefined) return;
    if (best.end > best.start) yield* print(search.process, `${label}${line.slice(best.start, best.end)}\n`);
    from = Math.max(best.end, best.start + 1);
  }
}
