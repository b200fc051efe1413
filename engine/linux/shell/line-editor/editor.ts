import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Completion, commonPrefix } from './completion.ts';
import { type Key, KeyReader } from './keys.ts';
import { LineBuffer } from './line-buffer.ts';
import { Screen } from './screen.ts';

export interface LineEditorOptions {
  readonly process: Process;
  /** The terminal. */
  readonly fd: number;
  /** Earlier lines, the last one last. */
  readonly history: readonly string[];
  /** What may stand at the cursor. */
  readonly complete: (before: string) => Completion;
  /** Called when caught signals interrupt the reading; returns whether the line is given up. */
  readonly onSignals: () => boolean;
}

export type EditedLine =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' };

/** Asks before it lists more candidates than this. */
const MANY_CANDIDATES = 100;

/** Reads a line with editing, history and completion. The terminal is in raw mode meanwhile, and cooked again after. */
export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #keys: KeyReader;
  readonly #screen = new Screen();
  #buffer = new LineBuffer();
  #prompt = '';
  #historyAt = 0;
  #draft = '';
  #lastWasTab = false;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    this.#keys = new KeyReader(options.process, options.fd);
  }

  *read(prompt: string): Task<EditedLine> {
    const { process, fd, history } = this.#options;
    const breakAt = prompt.lastIndexOf('\n');
    this.#prompt = prompt.slice(breakAt + 1);
    this.#buffer = new LineBuffer();
    this.#historyAt = history.length;
    this.#draft = '';
    this.#screen.columns = process.windowSize(fd).columns || 80;
    process.setTerminalMode(fd, 'raw');
    try {
      yield* this.#write(
        `\x1b[?2004h${prompt.slice(0, breakAt + 1).replaceAll('\n', '\r\n')}${this.#prompt.replace(/[\x01\x02]/g, '')}`,
      );
      this.#screen.begin(this.#prompt);
      const line = yield* this.#edit();
      yield* this.#write('\x1b[?2004l\r\n');
      return line;
    } finally {
      process.setTerminalMode(fd, 'cooked');
    }
  }

  *#edit(): Task<EditedLine> {
    for (;;) {
      const key = yield* this.#nextKey();
      if (key === undefined) return { kind: 'interrupt' };
      const tab = key.kind === 'key' && key.name === 'tab';
      const done = yield* this.#handle(key);
      this.#lastWasTab = tab;
      if (done !== undefined) return done;
    }
  }

  /** Undefined when a signal ends the line. */
  *#nextKey(): Task<Key | undefined> {
    for (;;) {
      try {
        return yield* this.#keys.next();
      } catch (error) {
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
        if (this.#options.onSignals()) return undefined;
        // Perhaps the window has a new size.
        this.#screen.columns = this.#options.process.windowSize(this.#options.fd).columns || 80;
      }
    }
  }

  *#handle(key: Key): Task<EditedLine | undefined> {
    if (key.kind === 'end') return { kind: 'end' };
    if (key.kind === 'text') yield* this.#type(key.text);
    else if (key.kind === 'paste') yield* this.#paste(key.text, key.dropped);
    else return yield* this.#press(key.name);
    return undefined;
  }

  *#type(text: string): Task<void> {
    const atEnd = this.#buffer.after === '';
    const fits = this.#buffer.insert(text);
    const output = atEnd && fits ? this.#screen.append(text) : undefined;
    if (output !== undefined) yield* this.#write(output);
    else yield* this.#redraw();
    if (!fits) yield* this.#write('\x07');
  }

  *#paste(text: string, dropped: number): Task<void> {
    const fits = this.#buffer.insert(text.replace(/\n+$/, ''));
    if (dropped > 0 || !fits) {
      yield* this.#write(`\r\n\x1b[Jpasted text too long: only the beginning was kept\r\n`);
      this.#screen.begin('');
    }
    yield* this.#redraw();
  }

  *#press(name: string): Task<EditedLine | undefined> {
    const buffer = this.#buffer;
    switch (name) {
      case 'enter':
        if (buffer.after !== '') {
          buffer.end();
          yield* this.#redraw();
        }
        return { kind: 'line', text: buffer.text };
      case 'ctrl-c':
        buffer.end();
        yield* this.#write('^C');
        return { kind: 'interrupt' };
      case 'ctrl-d':
        if (buffer.text === '') return { kind: 'end' };
        buffer.delete();
        break;
      case 'ctrl-l':
        yield* this.#write('\x1b[H\x1b[2J');
        this.#screen.begin('');
        break;
      case 'up':
      case 'ctrl-p':
        this.#recall(this.#historyAt - 1);
        break;
      case 'down':
      case 'ctrl-n':
        this.#recall(this.#historyAt + 1);
        break;
      case 'tab':
        yield* this.#complete();
        return undefined;
      case 'ctrl-r':
        return yield* this.#search();
      default:
        if (!edit(buffer, name)) return undefined;
    }
    yield* this.#redraw();
    return undefined;
  }

  #recall(at: number): void {
    const { history } = this.#options;
    if (at < 0 || at > history.length) return;
    if (this.#historyAt === history.length) this.#draft = this.#buffer.text;
    this.#historyAt = at;
    this.#buffer.text = at === history.length ? this.#draft : history[at]!;
  }

  *#complete(): Task<void> {
    const { candidates, prefix, suffix } = this.#options.complete(this.#buffer.before);
    if (candidates.length === 0) return yield* this.#write('\x07');
    const common = commonPrefix(candidates);
    const addition = common.slice(prefix.length) + (candidates.length === 1 ? suffix(common) : '');
    if (addition !== '') return yield* this.#type(addition);
    if (!this.#lastWasTab) return yield* this.#write('\x07');
    yield* this.#list(candidates);
  }

  *#list(candidates: readonly string[]): Task<void> {
    const { columns } = this.#screen;
    const shown = candidates
      .slice(0, MANY_CANDIDATES)
      .map((candidate) => candidate.replace(/\/$/, '').split('/').at(-1)! + (candidate.endsWith('/') ? '/' : ''));
    const width = Math.max(...shown.map((candidate) => candidate.length)) + 2;
    const perRow = Math.max(1, Math.floor(columns / width));
    let text = '\r\n';
    for (const [at, candidate] of shown.entries())
      text += (at + 1) % perRow === 0 || at === shown.length - 1 ? `${candidate}\r\n` : candidate.padEnd(width);
    if (candidates.length > shown.length) text += `… and ${candidates.length - shown.length} more\r\n`;
    yield* this.#write(text);
    this.#screen.begin('');
    yield* this.#redraw();
  }

  /** Ctrl-R: finds the latest line with the text typed; Enter runs it, other keys go on editing it. */
  *#search(): Task<EditedLine | undefined> {
    const { history } = this.#options;
    const { text } = this.#buffer;
    let pattern = '';
    let from = history.length - 1;
    for (;;) {
      const at = pattern === '' ? -1 : history.slice(0, from + 1).findLastIndex((line) => line.includes(pattern));
      const found = at >= 0 ? history[at]! : '';
      const failed = pattern !== '' && at < 0 ? 'failed ' : '';
      yield* this.#write(this.#screen.redraw(`(${failed}reverse-i-search)\`${pattern}': `, found, ''));
      const key = yield* this.#nextKey();
      if (key === undefined || key.kind === 'end') return { kind: 'interrupt' };
      if (key.kind === 'text') pattern += key.text;
      else if (key.kind === 'key' && key.name === 'backspace') pattern = pattern.slice(0, -1);
      else if (key.kind === 'key' && key.name === 'ctrl-r') {
        if (at > 0) from = at - 1;
        continue;
      } else {
        const cancelled = key.kind === 'key' && (key.name === 'ctrl-g' || key.name === 'ctrl-c');
        this.#buffer.text = cancelled || found === '' ? text : found;
        yield* this.#redraw();
        if (cancelled || (key.kind === 'key' && key.name === 'escape')) return undefined;
        return yield* this.#handle(key);
      }
      from = history.length - 1;
    }
  }

  *#redraw(): Task<void> {
    yield* this.#write(this.#screen.redraw(this.#prompt, this.#buffer.before, this.#buffer.after));
  }

  *#write(text: string): Task<void> {
    yield* this.#options.process.write(this.#options.fd === 0 ? 2 : this.#options.fd, encode(text));
  }
}

/** Keys that only change the buffer. Returns whether the key is one of them. */
function edit(buffer: LineBuffer, name: string): boolean {
  switch (name) {
    case 'left':
    case 'ctrl-b':
      buffer.left();
      return true;
    case 'right':
    case 'ctrl-f':
      buffer.right();
      return true;
    case 'home':
    case 'ctrl-a':
      buffer.home();
      return true;
    case 'end':
    case 'ctrl-e':
      buffer.end();
      return true;
    case 'alt-b':
      buffer.wordLeft();
      return true;
    case 'alt-f':
      buffer.wordRight();
      return true;
    case 'backspace':
      buffer.backspace();
      return true;
    case 'delete':
      buffer.delete();
      return true;
    case 'ctrl-k':
      buffer.killToEnd();
      return true;
    case 'ctrl-u':
      buffer.killToStart();
      return true;
    case 'ctrl-w':
    case 'alt-backspace':
      buffer.killWord();
      return true;
    case 'alt-d':
      buffer.killWordRight();
      return true;
    case 'ctrl-y':
      buffer.yank();
      return true;
    case 'ctrl-t':
      buffer.transpose();
      return true;
    default:
      return false;
  }
}
