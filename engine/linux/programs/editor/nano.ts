import type { Task } from '../../../sim/index.ts';
import type { Key } from '../../shell/line-editor/keys.ts';
import { fail } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { program } from '../program.ts';
import { Canvas } from './canvas.ts';
import { Document } from './document.ts';

/** A small editor for everybody: the keys are on the screen. */
export const nano = program(function* (process, args) {
  const path = args.find((argument) => !argument.startsWith('-') && !argument.startsWith('+'));
  if (!process.isTerminal(0) || !process.isTerminal(1)) return yield* fail(process, 'Standard input is not a terminal');
  const editor = new Nano(process);
  return yield* editor.run(path);
});

class Nano {
  readonly #process: Process;
  readonly #canvas: Canvas;
  readonly #document = new Document();
  #message = '';
  #cut: string[] = [];
  #cutting = false;
  #search = '';

  constructor(process: Process) {
    this.#process = process;
    this.#canvas = new Canvas(process);
  }

  *run(path: string | undefined): Task<number> {
    if (path !== undefined) {
      const problem = this.#document.load(this.#process, path);
      if (problem !== undefined) return yield* fail(this.#process, `${path}: ${problem}`);
      const count = this.#document.lines.length;
      this.#message = this.#document.isNew ? 'New File' : `Read ${count} line${count === 1 ? '' : 's'}`;
    }
    yield* this.#canvas.open();
    try {
      for (;;) {
        yield* this.#draw();
        const key = yield* this.#canvas.keys.next();
        this.#message = '';
        if (yield* this.#handle(key)) break;
      }
      yield* this.#canvas.close();
      return 0;
    } finally {
      this.#canvas.restoreMode();
    }
  }

  *#draw(help: readonly string[] = HELP, prompt?: string): Task<void> {
    const { columns } = this.#canvas;
    const name = this.#document.path ?? 'New Buffer';
    const title = ' Drydock nano';
    const state = this.#document.modified ? 'Modified ' : '';
    const gap = Math.max(1, Math.floor((columns - name.length) / 2) - title.length);
    const bar =
      `${title}${' '.repeat(gap)}${name}`.slice(0, columns - state.length - 1).padEnd(columns - state.length) + state;
    const status = prompt ?? (this.#message === '' ? '' : `[ ${this.#message} ]`);
    const centre = prompt === undefined ? ' '.repeat(Math.max(0, Math.floor((columns - status.length) / 2))) : '';
    const line = status === '' ? '' : `${centre}\x1b[7m${status.slice(0, columns - 1)}\x1b[0m`;
    yield* this.#canvas.draw(
      this.#document,
      [`\x1b[7m${bar}\x1b[0m`],
      [line, ...help.map((text) => text.slice(0, columns - 1))],
      '',
    );
  }

  /** Returns whether the editor is to be left. */
  *#handle(key: Key): Task<boolean> {
    const document = this.#document;
    const cutting = key.kind === 'key' && key.name === 'ctrl-k';
    if (key.kind === 'end') return true;
    if (key.kind === 'text' || key.kind === 'paste') {
      document.mark();
      document.insert(key.text.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ''));
      if (key.kind === 'paste' && key.dropped > 0) this.#message = 'Pasted text too long: only the beginning was kept';
    } else if (key.name === 'ctrl-x') return yield* this.#leave();
    else if (key.name === 'ctrl-o' || key.name === 'ctrl-s') yield* this.#write(key.name === 'ctrl-s');
    else if (key.name === 'ctrl-w') yield* this.#find();
    else if (cutting) this.#cutLine();
    else this.#edit(key.name);
    this.#cutting = cutting;
    return false;
  }

  #edit(name: string): void {
    const document = this.#document;
    const { row, column } = document.cursor;
    switch (name) {
      case 'enter':
        document.mark();
        document.insert('\n');
        break;
      case 'tab':
        document.mark();
        document.insert('\t');
        break;
      case 'backspace':
        document.mark();
        document.step(-1, true);
        document.removeTo(row, column);
        break;
      case 'delete':
      case 'ctrl-d': {
        document.mark();
        document.step(1, true);
        document.removeTo(row, column);
        break;
      }
      case 'ctrl-u':
        if (this.#cut.length === 0) break;
        document.mark();
        document.moveTo(row, 0);
        document.insert(`${this.#cut.join('\n')}\n`);
        break;
      case 'alt-u':
        this.#message = document.undo() ? 'Undid edit' : 'Nothing to undo';
        break;
      case 'ctrl-c':
        this.#message = `line ${row + 1}/${document.lines.length}, col ${column + 1}/${document.line.length + 1}`;
        break;
      default:
        move(document, name, this.#canvas.rows - 5);
    }
  }

  #cutLine(): void {
    this.#document.mark();
    const cut = this.#document.removeLines(this.#document.cursor.row, 1);
    this.#cut = this.#cutting ? [...this.#cut, ...cut] : cut;
  }

  *#find(): Task<void> {
    const text = yield* this.#ask(`Search${this.#search === '' ? '' : ` [${this.#search}]`}: `, '');
    if (text === undefined) return;
    if (text !== '') this.#search = text;
    const found = this.#search === '' ? undefined : this.#document.find(this.#search);
    if (found === undefined) this.#message = `"${this.#search}" not found`;
    else this.#document.moveTo(found.row, found.column);
  }

  *#write(atOnce: boolean): Task<boolean> {
    const known = this.#document.path ?? '';
    const path = atOnce && known !== '' ? known : yield* this.#ask('File Name to Write: ', known);
    if (path === undefined || path === '') {
      this.#message = 'Cancelled';
      return false;
    }
    const problem = this.#document.save(this.#process, path);
    const count = this.#document.text === '' ? 0 : this.#document.lines.length;
    this.#message =
      problem === undefined ? `Wrote ${count} line${count === 1 ? '' : 's'}` : `Error writing ${path}: ${problem}`;
    return problem === undefined;
  }

  *#leave(): Task<boolean> {
    if (!this.#document.modified) return true;
    for (;;) {
      yield* this.#draw([' Y Yes', ' N No           ^C Cancel'], 'Save modified buffer? ');
      const key = yield* this.#canvas.keys.next();
      if (key.kind === 'end') return true;
      if (key.kind === 'text' && /^n/i.test(key.text)) return true;
      if (key.kind === 'text' && /^y/i.test(key.text)) return yield* this.#write(false);
      if (key.kind === 'key' && (key.name === 'ctrl-c' || key.name === 'escape')) {
        this.#message = 'Cancelled';
        return false;
      }
    }
  }

  /** A line of input at the bottom; undefined when it is called off. */
  *#ask(question: string, initial: string): Task<string | undefined> {
    let text = initial;
    for (;;) {
      yield* this.#draw(['^C Cancel', ''], question + text);
      const key = yield* this.#canvas.keys.next();
      if (key.kind === 'text' || key.kind === 'paste') text += key.text.replace(/[\x00-\x1f]/g, '').slice(0, 1000);
      else if (key.kind === 'end' || key.name === 'ctrl-c' || key.name === 'escape') return undefined;
      else if (key.name === 'enter') return text;
      else if (key.name === 'backspace') text = text.slice(0, -1);
      else if (key.name === 'ctrl-u') text = '';
    }
  }
}

const HELP = [
  '^O Write Out   ^W Where Is   ^K Cut     ^C Location   M-U Undo',
  '^X Exit        ^S Save       ^U Paste   ^V Page Down  ^Y Page Up',
];

/** Keys that move the cursor, in both editors. */
export function move(document: Document, name: string, page: number): boolean {
  const { row, column } = document.cursor;
  switch (name) {
    case 'left':
    case 'ctrl-b':
      document.step(-1, true);
      return true;
    case 'right':
    case 'ctrl-f':
      document.step(1, true);
      return true;
    case 'up':
    case 'ctrl-p':
      document.moveTo(row - 1, column);
      return true;
    case 'down':
    case 'ctrl-n':
      document.moveTo(row + 1, column);
      return true;
    case 'home':
    case 'ctrl-a':
      document.moveTo(row, 0);
      return true;
    case 'end':
    case 'ctrl-e':
      document.moveTo(row, document.line.length);
      return true;
    case 'page-down':
    case 'ctrl-v':
      document.moveTo(row + page, column);
      return true;
    case 'page-up':
    case 'ctrl-y':
      document.moveTo(row - page, column);
      return true;
    default:
      return false;
  }
}
