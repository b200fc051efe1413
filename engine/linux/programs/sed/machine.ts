import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Regex, RegexMatch } from '../../regex.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Address, type Command, SedError, type Substitution } from './script.ts';

/** Branches without reading a line end a script that would never end. */
const MAX_STEPS = 100_000;

/** Runs a sed script over lines: pattern space, hold space, line number. */
export class SedMachine {
  readonly #commands: readonly Command[];
  readonly #quiet: boolean;
  readonly #inRange = new Map<Command, number>();
  #lines: readonly string[] = [];
  #ended = true;
  #at = 0;
  #pattern = '';
  #hold = '';
  #substituted = false;
  #lastRegex: Regex | undefined;
  #appended: string[] = [];
  #output = '';
  exitCode = 0;

  constructor(commands: readonly Command[], quiet: boolean) {
    this.#commands = commands;
    this.#quiet = quiet;
  }

  /** @param ended whether the last line has its newline */
  *run(process: Process, lines: readonly string[], ended: boolean, write: (text: string) => Task<void>): Task<void> {
    this.#lines = lines;
    this.#ended = ended;
    let quit = false;
    while (this.#at < lines.length && !quit) {
      yield* process.compute(0.05);
      this.#pattern = lines[this.#at++]!;
      this.#substituted = false;
      const outcome = this.#cycle(process);
      quit = outcome === 'quit' || outcome === 'quit-silent';
      if (!this.#quiet && outcome !== 'deleted' && outcome !== 'quit-silent') this.#emit(this.#pattern);
      for (const text of this.#appended.splice(0)) this.#output += text;
      yield* write(this.#output);
      this.#output = '';
    }
  }

  #emit(text: string): void {
    const last = this.#at >= this.#lines.length && !this.#ended;
    this.#output += last ? text : `${text}\n`;
  }

  #cycle(process: Process): 'done' | 'deleted' | 'quit' | 'quit-silent' {
    let steps = 0;
    for (let at = 0; at < this.#commands.length; at++) {
      if (++steps > MAX_STEPS) throw new SedError('endless loop');
      const command = this.#commands[at]!;
      if (this.#selects(command) === command.negated) {
        if (command.name === '{') at = command.end;
        continue;
      }
      const { name, text } = command;
      if (name === 'b' || (name === 't' && this.#substituted) || (name === 'T' && !this.#substituted)) {
        this.#substituted = false;
        if (text === '') return 'done';
        at = this.#commands.findIndex((other) => other.name === ':' && other.text === text);
        if (at < 0) throw new SedError(`can't find label for jump to '${text}'`);
        continue;
      }
      const outcome = this.#perform(process, command);
      if (outcome === 'restart') at = -1;
      else if (outcome !== undefined) return outcome;
    }
    return 'done';
  }

  #perform(
    process: Process,
    { name, text, substitution, to }: Command,
  ): 'deleted' | 'quit' | 'quit-silent' | 'done' | 'restart' | undefined {
    switch (name) {
      case 's':
        this.#substitute(substitution!);
        return undefined;
      case 'd':
        return 'deleted';
      case 'D': {
        const newline = this.#pattern.indexOf('\n');
        if (newline < 0) return 'deleted';
        this.#pattern = this.#pattern.slice(newline + 1);
        return 'restart';
      }
      case 'p':
        this.#emit(this.#pattern);
        return undefined;
      case 'P':
        this.#emit(this.#pattern.split('\n')[0]!);
        return undefined;
      case 'n':
        if (this.#at >= this.#lines.length) return 'quit';
        if (!this.#quiet) this.#emit(this.#pattern);
        this.#pattern = this.#lines[this.#at++]!;
        return undefined;
      case 'N':
        if (this.#at >= this.#lines.length) return 'quit';
        this.#pattern += `\n${this.#lines[this.#at++]!}`;
        return undefined;
      case 'q':
      case 'Q':
        this.exitCode = Number(text || 0);
        return name === 'q' ? 'quit' : 'quit-silent';
      case 'a':
        this.#appended.push(`${text}\n`);
        return undefined;
      case 'i':
        this.#output += `${text}\n`;
        return undefined;
      case 'c':
        if (to === undefined || !this.#inRangeStill()) this.#output += `${text}\n`;
        return 'deleted';
      case 'r':
        this.#appended.push(readText(process, text));
        return undefined;
      default:
        this.#exchange(process, name, text);
        return undefined;
    }
  }

  #exchange(process: Process, name: string, text: string): void {
    if (name === 'g') this.#pattern = this.#hold;
    else if (name === 'G') this.#pattern += `\n${this.#hold}`;
    else if (name === 'h') this.#hold = this.#pattern;
    else if (name === 'H') this.#hold += `\n${this.#pattern}`;
    else if (name === 'x') [this.#pattern, this.#hold] = [this.#hold, this.#pattern];
    else if (name === '=') this.#output += `${this.#at}\n`;
    else if (name === 'z') this.#pattern = '';
    else if (name === 'w') process.writeFile(text, `${this.#pattern}\n`, { append: true });
    else if (name === 'y') {
      const [from, to] = JSON.parse(text) as [string, string];
      this.#pattern = [...this.#pattern]
        .map((character) => [...to][[...from].indexOf(character)] ?? character)
        .join('');
    }
  }

  #inRangeStill(): boolean {
    return this.#inRange.size > 0;
  }

  #selects(command: Command): boolean {
    const { from, to } = command;
    if (from === undefined) return true;
    if (to === undefined) return this.#matches(from);
    const end = this.#inRange.get(command);
    if (end === undefined) {
      if (!this.#matches(from)) return false;
      if (to.kind === 'count') {
        if (to.count > 0) this.#inRange.set(command, this.#at + to.count);
      } else if (to.kind !== 'line' || to.line > this.#at)
        this.#inRange.set(command, to.kind === 'line' ? to.line : Number.POSITIVE_INFINITY);
      return true;
    }
    if (this.#at >= end || (to.kind !== 'count' && to.kind !== 'line' && this.#matches(to)))
      this.#inRange.delete(command);
    return true;
  }

  #matches(address: Address): boolean {
    if (address.kind === 'line') return this.#at === address.line;
    if (address.kind === 'last') return this.#at >= this.#lines.length;
    if (address.kind === 'step')
      return address.step === 0
        ? this.#at === address.first
        : this.#at >= address.first && (this.#at - address.first) % address.step === 0;
    return this.#regex(address.regex).test(this.#pattern);
  }

  #regex(regex: Regex | undefined): Regex {
    const used = regex ?? this.#lastRegex;
    if (used === undefined) throw new SedError('no previous regular expression');
    this.#lastRegex = used;
    return used;
  }

  #substitute(substitution: Substitution): void {
    const regex = this.#regex(substitution.regex);
    const text = this.#pattern;
    let result = '';
    let from = 0;
    let count = 0;
    let emptyAllowedAt = -1;
    for (let at = 0; at <= text.length; ) {
      const match = regex.search(text, at);
      if (match === undefined) break;
      if (match.end === match.start && match.start === emptyAllowedAt) {
        at = match.start + 1;
        continue;
      }
      count += 1;
      if (count >= substitution.occurrence) {
        result += text.slice(from, match.start) + replacementText(substitution.replacement, match);
        from = match.end;
        if (!substitution.global) break;
      }
      emptyAllowedAt = match.end;
      at = match.end > match.start ? match.end : match.end + (match.end < text.length ? 0 : 1);
      if (match.end === match.start) at = match.end + 1;
    }
    if (from === 0 && result === '' && count < substitution.occurrence) return;
    this.#pattern = result + text.slice(from);
    this.#substituted = true;
    if (substitution.print) this.#emit(this.#pattern);
  }
}

function readText(process: Process, path: string): string {
  try {
    return decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return '';
    throw error;
  }
}

/** `&`, `\1`, `\n` and GNU's case changes `\U \L \u \l \E`. */
function replacementText(template: string, match: RegexMatch): string {
  let result = '';
  let mode = '';
  let once = '';
  const add = (text: string) => {
    let piece = mode === 'U' ? text.toUpperCase() : mode === 'L' ? text.toLowerCase() : text;
    if (once !== '' && piece !== '') {
      piece = (once === 'u' ? piece[0]!.toUpperCase() : piece[0]!.toLowerCase()) + piece.slice(1);
      once = '';
    }
    result += piece;
  };
  for (let at = 0; at < template.length; at++) {
    const character = template[at]!;
    if (character === '&') add(match.groups[0] ?? '');
    else if (character !== '\\') add(character);
    else {
      const next = template[++at] ?? '\\';
      if (/\d/.test(next)) add(match.groups[Number(next)] ?? '');
      else if (next === 'n') add('\n');
      else if (next === 't') add('\t');
      else if (next === 'U' || next === 'L') mode = next;
      else if (next === 'E') mode = '';
      else if (next === 'u' || next === 'l') once = next;
      else add(next);
    }
  }
  return result;
}
