import type { ClusterInput } from '@drydock/engine';
import type { Terminal } from '@xterm/xterm';
import type { Bench } from '../bench/bench.ts';
import { Signal } from '../bench/signal.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import type { TerminalWord } from './exercise-words.ts';
import { KeyBar } from './key-bar.ts';
import { TerminalSearch } from './terminal-search.ts';
import { theBench } from './the-bench.ts';
import { TypedAhead } from './typed-ahead.ts';

/** A paste beyond this is refused: a shell's line is no place for it, and the journal keeps every key. */
const MAX_PASTE = 64 * 1024;

const PROMPT_WITHIN_MS = 3000;

/** What is here sooner is not worth a word. */
const PATIENCE_MS = 400;

/** `<dd-terminal name="1">`: a shell on the workstation. */
export class ShellTerminal extends HTMLElement {
  #bench: Bench | undefined;
  #terminal: Terminal | undefined;
  #search: TerminalSearch | undefined;
  #ready: Promise<void> | undefined;
  #detach: (() => void) | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** Whether the shell has shown something, which is when it takes a line. */
  readonly #prompted = new Signal(false);
  /** What is being waited for. Lies over the screen: a line that came and went would resize the shell. */
  readonly #wait = h('p', { class: 'terminal-wait', role: 'status' });
  readonly #note = h('p', { class: 'terminal-note', role: 'status' });
  readonly #screen = h('div', { class: 'screen' }, this.#wait);
  readonly #ahead = new TypedAhead((text) => this.#submit({ kind: 'terminal.input', terminal: this.name, text }));
  readonly #keys = new KeyBar((text) => this.type(text));

  get name(): string {
    return this.getAttribute('name') ?? '1';
  }

  /** Where in the text the focus was, if it came from there: the button of a command, as a rule. */
  #cameFrom: HTMLElement | undefined;

  readonly #leave = h(
    'button',
    { type: 'button', class: 'quiet-button', onclick: () => this.#leave.focus() },
    words.terminal.leave,
  );

  async connectedCallback(): Promise<void> {
    const { bench } = await theBench;
    if (!this.isConnected || this.#bench !== undefined) return;
    this.#bench = bench;
    const clean = h(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => this.#clean() },
      words.terminal.resetScreen,
    );
    const find = h(
      'button',
      { type: 'button', class: 'quiet-button', title: 'Ctrl Shift F', onclick: () => void this.#find() },
      words.terminal.find,
    );
    const hint = h('span', { class: 'terminal-hint' }, words.terminal.leaveHint);
    this.append(
      this.#screen,
      this.#note,
      this.#keys.element,
      h('div', { class: 'terminal-foot' }, hint, find, clean, this.#leave),
    );
    // Loaded when it first comes into sight: a reader on a phone may never open it.
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void this.ready();
    });
    seen.observe(this);
    bench.phase.on(({ kind }) => {
      if (kind === 'running') this.#connect();
      else this.#disconnect(kind === 'starting');
    });
    setTimeout(() => {
      for (const signal of [bench.phase, bench.waiting, this.#prompted]) signal.on(() => this.#tellWait());
    }, PATIENCE_MS);
  }

  /** Loads the terminal, if that has not been done; resolves when its shell can be typed to. */
  async ready(): Promise<void> {
    this.#ready ??= this.#load();
    await this.#ready;
    await this.#prompted.until((prompted) => prompted);
  }

  /**
   * Types text, as if by hand: who has gone up to read is brought back to where it appears. Between two runs it waits for
   * the next one's shell.
   */
  type(text: string): void {
    this.#terminal?.scrollToBottom();
    this.#ahead.type(text);
  }

  #tellWait(): void {
    const { phase, waiting } = this.#bench!;
    const started = phase.value.kind === 'running' && this.#prompted.value;
    const ahead = started ? waiting.value : ['starting', 'running'].includes(phase.value.kind);
    const text = started ? words.terminal.toolsComing : words.terminal.loading;
    // Keys do nothing here then, and on a phone the notice is in another tab.
    if (phase.value.kind === 'elsewhere') setText(this.#wait, words.bench.elsewhere);
    else setText(this.#wait, ahead ? text : '');
  }

  #submit(input: ClusterInput): void {
    this.#bench?.submit(input).catch((error: Error) => setText(this.#note, error.message));
  }

  override focus(): void {
    void this.ready().then(() => this.#terminal?.focus());
  }

  async #load(): Promise<void> {
    const { openXterm } = await import('./xterm-screen.ts');
    const terminal = openXterm(this.#screen, this.getAttribute('label') ?? '');
    this.#terminal = terminal;
    this.#search = new TerminalSearch(terminal);
    this.#screen.before(this.#search.element);
    terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    terminal.parser.registerOscHandler(777, (data) => this.#hear(data));
    terminal.onData((text) => this.type(this.#keys.apply(text)));
    terminal.onResize(() => this.#tellSize());
    this.addEventListener('focusin', ({ relatedTarget }) => this.#entered(relatedTarget));
    this.#screen.addEventListener('paste', (event) => this.#paste(event), { capture: true });
    this.#connect();
  }

  /** A word of the course, which a function of the shell has said; see `course.ts`. */
  #hear(data: string): boolean {
    const [, word] = /^drydock;(\w+)$/.exec(data) ?? [];
    if (word !== undefined) {
      const detail: TerminalWord = { word, print: (lines) => this.#print(lines) };
      document.dispatchEvent(new CustomEvent('dd-word', { detail }));
    }
    return true;
  }

  /** Writes lines above the prompt, from the page and not from the cluster. */
  #print(lines: readonly string[]): void {
    const terminal = this.#terminal;
    if (terminal === undefined || lines.length === 0) return;
    const { active } = terminal.buffer;
    const prompt = active.getLine(active.baseY + active.cursorY)?.translateToString(false, 0, active.cursorX) ?? '';
    const text = lines.map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' '));
    terminal.write(`\r\u001b[2K${text.join('\r\n')}\r\n${prompt}`);
  }

  /** Opens the shell, or takes up one that a kept run brought back. */
  #connect(): void {
    const [bench, terminal] = [this.#bench, this.#terminal];
    if (bench === undefined || terminal === undefined || bench.phase.value.kind !== 'running') return;
    this.#detach?.();
    terminal.reset();
    // A shell that says nothing takes a line all the same.
    this.#silence = setTimeout(() => this.#takesLines(), PROMPT_WITHIN_MS);
    this.#detach = bench.screens.attach(this.name, (data, done) => {
      terminal.write(data, done);
      this.#takesLines();
    });
    this.#tellSize();
  }

  #takesLines(): void {
    if (this.#prompted.value) return;
    this.#prompted.value = true;
    this.#ahead.arrived();
  }

  /** The shell has gone; what is typed from now on is the next one's, if one is on its way. */
  #disconnect(anotherComes: boolean): void {
    clearTimeout(this.#silence);
    this.#detach?.();
    this.#prompted.value = false;
    if (anotherComes) this.#ahead.wait();
    else this.#ahead.forget();
  }

  #tellSize(): void {
    const [bench, terminal] = [this.#bench, this.#terminal];
    if (bench?.remote === undefined || terminal === undefined) return;
    const { cols: columns, rows } = terminal;
    const known = bench.screens.open.get(this.name);
    if (known?.columns === columns && known.rows === rows) return;
    bench.screens.open.set(this.name, { columns, rows });
    const kind = known === undefined ? 'terminal.open' : 'terminal.resize';
    this.#submit({ kind, terminal: this.name, columns, rows });
  }

  /** Keys that are the platform's and the page's, not the shell's. Returns whether the terminal may have the key. */
  #key(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return true;
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    if (control && (event.key === ']' || event.code === 'BracketRight')) {
      event.preventDefault();
      (this.#cameFrom?.isConnected ? this.#cameFrom : this.#leave).focus();
      return false;
    }
    // The browser moves the focus.
    if (event.key === 'Tab' && event.shiftKey) return false;
    const key = event.key.toLowerCase();
    if (control && event.shiftKey && key === 'f') {
      event.preventDefault();
      this.#search?.open();
      return false;
    }
    if (control && key === 'v') return false;
    if (control && key === 'c' && (event.shiftKey || this.#terminal?.hasSelection() === true)) {
      event.preventDefault();
      void navigator.clipboard?.writeText(this.#terminal?.getSelection() ?? '').catch(() => {});
      this.#terminal?.clearSelection();
      return false;
    }
    return true;
  }

  #entered(from: EventTarget | null): void {
    if (!(from instanceof HTMLElement) || this.contains(from)) return;
    this.#cameFrom = from.closest('main') === null ? undefined : from;
  }

  #paste(event: ClipboardEvent): void {
    const length = event.clipboardData?.getData('text/plain').length ?? 0;
    if (length <= MAX_PASTE) {
      setText(this.#note, '');
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    setText(this.#note, words.terminal.tooLong(`${(length / 1e6).toFixed(1)} MB`));
  }

  async #find(): Promise<void> {
    await this.ready();
    this.#search?.open();
  }

  /** The way back from whatever a program has done to the screen. */
  #clean(): void {
    this.#terminal?.reset();
    setText(this.#note, '');
    this.type('\f');
    this.focus();
  }

  disconnectedCallback(): void {
    this.#detach?.();
    this.#terminal?.dispose();
  }
}
