import type { Task } from '../../sim/index.ts';
import { Pattern } from '../shell/expand/pattern.ts';
import { fail, print, printError, programName } from '../stdio.ts';
import type { Process, Stat } from '../syscalls.ts';
import { modeText } from './file-mode.ts';
import { findInPath } from './identity.ts';
import { baseOf } from './paths.ts';
import { errnoOf, program } from './program.ts';

interface Candidate {
  readonly path: string;
  readonly stat: Stat;
  readonly depth: number;
}

type Test = (candidate: Candidate, state: FindState) => Task<boolean>;

interface FindState {
  readonly process: Process;
  pruned: boolean;
  exitCode: number;
  readonly collected: Map<readonly string[], string[]>;
}

class FindError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export const find = program(function* (process, args) {
  const split = args.findIndex((argument) => /^[-(!]/.test(argument));
  const expression = split < 0 ? [] : args.slice(split);
  const paths = split < 0 ? args : args.slice(0, split);
  const state: FindState = { process, pruned: false, exitCode: 0, collected: new Map() };
  try {
    const parser = new FindParser(expression, process);
    const test = parser.whole();
    for (const path of paths.length === 0 ? ['.'] : paths) yield* visit(state, path, 0, parser, test);
    for (const [command, found] of state.collected)
      yield* run(
        state,
        command.flatMap((word) => (word === '{}' ? found : [word])),
      );
  } catch (error) {
    if (error instanceof FindError) return yield* fail(process, error.message);
    throw error;
  }
  return state.exitCode;
});

const HARD_DEPTH = 100;

function* visit(state: FindState, path: string, depth: number, limits: FindParser, test: Test): Task<void> {
  const { process } = state;
  yield* process.compute(0.1);
  let stat: Stat;
  try {
    stat = process.lstat(path);
  } catch (error) {
    yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
    state.exitCode = 1;
    return;
  }
  state.pruned = false;
  if (depth >= limits.minDepth && !limits.depthFirst) yield* test({ path, stat, depth }, state);
  if (stat.type === 'directory' && !state.pruned && depth < Math.min(limits.maxDepth, HARD_DEPTH)) {
    try {
      for (const entry of process.readdir(path))
        yield* visit(state, path.endsWith('/') ? path + entry.name : `${path}/${entry.name}`, depth + 1, limits, test);
    } catch (error) {
      yield* printError(process, `${programName(process)}: ${path}: ${errnoOf(error).message}\n`);
      state.exitCode = 1;
    }
  }
  if (depth >= limits.minDepth && limits.depthFirst) yield* test({ path, stat, depth }, state);
}

function* run(state: FindState, argv: readonly string[]): Task<number> {
  const { process } = state;
  const path = findInPath(process, argv[0]!, process.env['PATH']);
  if (path === undefined) {
    yield* printError(process, `find: ${argv[0]}: No such file or directory\n`);
    state.exitCode = 1;
    return 127;
  }
  const pid = process.spawn({ path, argv });
  const ended = yield* process.waitpid(pid);
  return ended?.status.kind === 'exited' ? ended.status.code : 1;
}

class FindParser {
  readonly #words: readonly string[];
  readonly #process: Process;
  #at = 0;
  #acts = false;
  maxDepth = Number.POSITIVE_INFINITY;
  minDepth = 0;
  depthFirst = false;

  constructor(words: readonly string[], process: Process) {
    this.#words = words;
    this.#process = process;
  }

  whole(): Test {
    const test = this.#words.length === 0 ? ALWAYS : this.#or();
    if (this.#at < this.#words.length) throw new FindError(`bad expression: '${this.#words[this.#at]}'`);
    if (this.#acts) return test;
    return function* (candidate, state) {
      if (yield* test(candidate, state)) yield* print(state.process, `${candidate.path}\n`);
      return true;
    };
  }

  #or(): Test {
    let left = this.#and();
    while (this.#words[this.#at] === '-o' || this.#words[this.#at] === '-or') {
      this.#at += 1;
      const [a, b] = [left, this.#and()];
      left = function* (candidate, state) {
        return (yield* a(candidate, state)) || (yield* b(candidate, state));
      };
    }
    return left;
  }

  #and(): Test {
    let left = this.#primary();
    for (
      let next = this.#words[this.#at];
      next !== undefined && next !== ')' && next !== '-o' && next !== '-or';
      next = this.#words[this.#at]
    ) {
      if (next === '-a' || next === '-and') this.#at += 1;
      const [a, b] = [left, this.#primary()];
      left = function* (candidate, state) {
        return (yield* a(candidate, state)) && (yield* b(candidate, state));
      };
    }
    return left;
  }

  #value(): string {
    const value = this.#words[this.#at++];
    if (value === undefined) throw new FindError(`'${this.#words[this.#at - 2]}' requires an argument`);
    return value;
  }

  #primary(): Test {
    const word = this.#words[this.#at++];
    if (word === '!' || word === '-not') {
      const inner = this.#primary();
      return function* (candidate, state) {
        return !(yield* inner(candidate, state));
      };
    }
    if (word === '(') {
      const inner = this.#or();
      if (this.#words[this.#at++] !== ')') throw new FindError("unmatched '('");
      return inner;
    }
    if (word === undefined) throw new FindError('missing expression');
    return this.#action(word) ?? this.#simple(word);
  }

  #simple(word: string): Test {
    const limit = this.#limit(word);
    if (limit !== undefined) return limit;
    const test = this.#statTest(word);
    if (test === undefined) throw new FindError(`unrecognized: ${word}`);
    return function* (candidate) {
      return test(candidate);
    };
  }

  /** Words that hold for the whole search. */
  #limit(word: string): Test | undefined {
    if (word === '-maxdepth') this.maxDepth = Number(this.#value());
    else if (word === '-mindepth') this.minDepth = Number(this.#value());
    else if (word === '-depth') this.depthFirst = true;
    else if (!['-xdev', '-mount', '-follow', '-true'].includes(word)) return undefined;
    return ALWAYS;
  }

  #statTest(word: string): ((candidate: Candidate) => boolean) | undefined {
    const process = this.#process;
    switch (word) {
      case '-name':
      case '-iname':
      case '-path':
      case '-wholename':
        return nameTest(this.#value(), word);
      case '-type': {
        const letters = this.#value().split(',');
        return ({ stat }) => letters.includes(modeText(stat.type, 0)[0]!.replace('-', 'f'));
      }
      case '-size':
        return sizeTest(this.#value());
      case '-empty':
        return ({ path, stat }) =>
          stat.type === 'directory' ? process.readdir(path).length === 0 : stat.type === 'file' && stat.size === 0;
      case '-mtime':
      case '-mmin': {
        const value = this.#value();
        const unit = word === '-mtime' ? 86_400_000 : 60_000;
        return ({ stat }) => compare(value, Math.floor((process.now() - stat.modifiedMs) / unit));
      }
      case '-newer': {
        const { modifiedMs } = process.stat(this.#value());
        return ({ stat }) => stat.modifiedMs > modifiedMs;
      }
      case '-perm':
        return permissionTest(this.#value());
      default:
        return undefined;
    }
  }

  #action(word: string): Test | undefined {
    if (word === '-print' || word === '-print0') {
      this.#acts = true;
      const end = word === '-print' ? '\n' : '\0';
      return function* (candidate, state) {
        yield* print(state.process, candidate.path + end);
        return true;
      };
    }
    if (word === '-prune') {
      return function* (_candidate, state) {
        state.pruned = true;
        return true;
      };
    }
    if (word === '-delete') {
      this.#acts = true;
      this.depthFirst = true;
      return function* (candidate, state) {
        try {
          if (candidate.stat.type === 'directory') state.process.rmdir(candidate.path);
          else state.process.unlink(candidate.path);
          return true;
        } catch (error) {
          yield* printError(state.process, `find: can't delete ${candidate.path}: ${errnoOf(error).message}\n`);
          state.exitCode = 1;
          return false;
        }
      };
    }
    if (word === '-exec' || word === '-ok') return this.#exec();
    return undefined;
  }

  #exec(): Test {
    this.#acts = true;
    const end = this.#words.findIndex(
      (word, at) => at >= this.#at && (word === ';' || (word === '+' && this.#words[at - 1] === '{}')),
    );
    if (end < 0) throw new FindError('-exec requires an argument');
    const command = this.#words.slice(this.#at, end);
    const many = this.#words[end] === '+';
    this.#at = end + 1;
    return function* (candidate, state) {
      if (many) {
        const found = state.collected.get(command);
        if (found === undefined) state.collected.set(command, [candidate.path]);
        else found.push(candidate.path);
        return true;
      }
      return (
        (yield* run(
          state,
          command.map((word) => word.replaceAll('{}', candidate.path)),
        )) === 0
      );
    };
  }
}

const ALWAYS: Test = function* () {
  return true;
};

function nameTest(text: string, word: string): (candidate: Candidate) => boolean {
  const fold = word === '-iname';
  const pattern = new Pattern(fold ? text.toLowerCase() : text);
  return ({ path }) => {
    const subject = word === '-path' || word === '-wholename' ? path : baseOf(path);
    return pattern.matches(fold ? subject.toLowerCase() : subject);
  };
}

function permissionTest(value: string): (candidate: Candidate) => boolean {
  const bits = Number.parseInt(value.replace(/^[-/]/, ''), 8);
  if (value.startsWith('-')) return ({ stat }) => (stat.mode & bits) === bits;
  if (value.startsWith('/')) return ({ stat }) => (stat.mode & bits) !== 0;
  return ({ stat }) => stat.mode === bits;
}

function compare(value: string, actual: number): boolean {
  const wanted = Number(value.replace(/^[-+]/, ''));
  return value.startsWith('+') ? actual > wanted : value.startsWith('-') ? actual < wanted : actual === wanted;
}

function sizeTest(value: string): (candidate: Candidate) => boolean {
  const unit = { c: 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[value.at(-1)!] ?? 512;
  const number = value.replace(/[cbkMG]$/, '');
  return ({ stat }) => compare(number, Math.ceil(stat.size / unit));
}
