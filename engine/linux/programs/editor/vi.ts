import type { Task } from '../../../sim/index.ts';
import type { Key } from '../../shell/line-editor/keys.ts';
import { fail } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { program } from '../program.ts';
import { Canvas } from './canvas.ts';
import { Document } from './document.ts';
import { move } from './nano.ts';
import { repeatInsert } from './vi-block.ts';
import { runExCommand } from './vi-command.ts';
import { indentOf } from './vi-lines.ts';
import { normalKey } from './vi-normal.ts';
import { DEFAULT_SETTINGS, readVimrc } from './vi-settings.ts';
import type { NormalState } from './vi-state.ts';

/** The part of vi that everybody knows. */
export const vi = program(function* (process, args) {
  const path = args.find((argument) => !argument.startsWith('-') && !argument.startsWith('+'));
  if (!process.isTerminal(0) || !process.isTerminal(1)) return yield* fail(process, 'standard input is not a terminal');
  return yield* new Vi(process).run(path);
});

class Vi {
  readonly #process: Process;
  readonly #canvas: Canvas;
  readonly #document = new Document();
  readonly #state: NormalState = {
    pending: '',
    clip: undefined,
    search: '',
    insert: false,
    visual: undefined,
    settings: { ...DEFAULT_SETTINGS },
    command: undefined,
  };
  /** The keys since a command began, and those of the last one that changed the text: `.` presses them again. */
  #keys: Key[] = [];
  #lastChange: readonly Key[] = [];
  #message = '';
  #changed = false;

  constructor(process: Process) {
    this.#process = process;
    this.#canvas = new Canvas(process);
  }

  *run(path: string | undefined): Task<number> {
    if (path !== undefined) {
      const problem = this.#document.load(this.#process, path);
      if (problem !== undefined) this.#message = `'${path}' ${problem}`;
      else this.#message = this.#document.isNew ? `- ${path} [New file]` : `- ${path} 1/${this.#document.lines.length}`;
    }
    readVimrc(this.#process, this.#state.settings);
    yield* this.#canvas.open();
    try {
      for (;;) {
        yield* this.#draw();
        const key = yield* this.#canvas.keys.next();
        if (key.kind === 'end') break;
        this.#message = '';
        if (this.#press(key)) break;
      }
      yield* this.#canvas.close();
      return 0;
    } finally {
      this.#canvas.restoreMode();
    }
  }

  *#draw(): Task<void> {
    const { insert, command, visual, settings } = this.#state;
    const { row } = this.#document.cursor;
    const position = `${row + 1}/${this.#document.lines.length}`;
    const name = `${this.#document.path ?? 'No file'}${this.#document.modified ? ' [Modified]' : ''}`;
    const status =
      command ??
      (this.#message !== ''
        ? this.#message
        : insert
          ? `I ${name} ${position}`
          : `${visual === undefined ? '-' : visual.kind === 'lines' ? 'V' : 'v'} ${name} ${position}`);
    yield* this.#canvas.draw(this.#document, [], [status.slice(0, this.#canvas.columns - 1)], '~', settings.numbers);
    if (command !== undefined) yield* this.#canvas.write(`\x1b[${this.#canvas.rows};${command.length + 1}H`);
  }

  /** A key as the user presses it. Returns whether the editor is to be left. */
  #press(key: Key): boolean {
    const idle = () =>
      !this.#state.insert &&
      [this.#state.command, this.#state.visual].every((each) => each === undefined) &&
      this.#state.pending === '';
    if (idle() && key.kind === 'text' && key.text === '.') {
      for (const each of this.#lastChange) if (this.#handle(each)) return true;
      return false;
    }
    if (idle()) this.#keys = [];
    this.#keys.push(key);
    const before = this.#document.changes;
    if (this.#handle(key)) return true;
    this.#changed ||= this.#document.changes !== before;
    if (!idle()) return false;
    const [first] = this.#keys;
    const command = first?.kind === 'text' && /^[:/?]/.test(first.text);
    if (this.#changed && !command) this.#lastChange = this.#keys;
    this.#changed = false;
    return false;
  }

  /** Returns whether the editor is to be left. */
  #handle(key: Key): boolean {
    if (this.#state.command !== undefined) return this.#commandKey(key);
    if (this.#state.insert) {
      this.#insertKey(key);
      return false;
    }
    const typed = key.kind === 'text' ? [...key.text] : key.kind === 'key' ? [key.name] : [];
    for (const one of typed) {
      if (this.#state.insert || this.#state.command !== undefined) {
        this.#handle({ kind: 'text', text: one });
        continue;
      }
      const result = normalKey(this.#document, this.#state, one, this.#canvas.rows - 2);
      if (result === 'quit') return this.#ex('wq');
      if (result !== undefined) this.#message = result;
    }
    return false;
  }

  #insertKey(key: Key): void {
    const document = this.#document;
    const { row, column } = document.cursor;
    if (key.kind === 'text' || key.kind === 'paste') document.insert(key.text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ''));
    else if (key.kind !== 'key') return;
    else if (key.name === 'escape' || key.name === 'ctrl-c') this.#endInsert();
    else if (key.name.startsWith('alt-')) {
      // Escape and the next key came together.
      this.#endInsert();
      this.#handle({ kind: 'text', text: key.name.slice(4) });
    } else if (key.name === 'enter') document.insert(`\n${this.#newIndent()}`);
    else if (key.name === 'tab') document.insert(this.#tab());
    else if (key.name === 'backspace') {
      document.step(-1, true);
      document.removeTo(row, column);
    } else if (key.name === 'delete') {
      document.step(1, true);
      document.removeTo(row, column);
    } else move(document, key.name, this.#canvas.rows - 2);
  }

  #endInsert(): void {
    this.#state.insert = false;
    const { block } = this.#state;
    if (block === undefined) this.#document.step(-1, false);
    else repeatInsert(this.#document, this.#state, block);
  }

  #newIndent(): string {
    const { line, cursor } = this.#document;
    return this.#state.settings.autoIndent ? line.slice(0, Math.min(indentOf(line), cursor.column)) : '';
  }

  #tab(): string {
    const { expandTab, tabStop } = this.#state.settings;
    return expandTab ? ' '.repeat(tabStop - (this.#document.cursor.column % tabStop)) : '\t';
  }

  #commandKey(key: Key): boolean {
    const command = this.#state.command!;
    if (key.kind === 'text' || key.kind === 'paste') {
      this.#state.command = (command + key.text.replace(/[\x00-\x1f]/g, '')).slice(0, 1000);
      return false;
    }
    if (key.kind !== 'key') return false;
    if (key.name === 'backspace') this.#state.command = command.length > 1 ? command.slice(0, -1) : undefined;
    else if (key.name === 'escape' || key.name === 'ctrl-c') this.#state.command = undefined;
    else if (key.name === 'enter') {
      this.#state.command = undefined;
      if (command.startsWith(':')) return this.#ex(command.slice(1));
      if (command.length > 1) this.#state.search = command.slice(1);
      const found = this.#document.find(this.#state.search, command.startsWith('?'));
      if (found === undefined) this.#message = 'Pattern not found';
      else this.#document.moveTo(found.row, found.column);
    }
    return false;
  }

  #ex(command: string): boolean {
    const { message, quit } = runExCommand(this.#process, this.#document, command.trim(), this.#state);
    this.#message = message;
    return quit;
  }
}
