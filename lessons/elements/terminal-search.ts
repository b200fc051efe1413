import type { SearchAddon } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';

/** Looks for words in what a terminal has shown: Enter goes up to the one before, Shift Enter down again. */
export class TerminalSearch {
  readonly element: HTMLFormElement;
  readonly #field = h('input', { type: 'search', spellcheck: 'false', autocapitalize: 'off', enterkeyhint: 'search' });
  readonly #note = h('span', { class: 'quiet', role: 'status' });
  readonly #terminal: Terminal;
  /** Fetched when somebody looks for something. */
  #addon: SearchAddon | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    const close = h(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => this.close() },
      words.terminal.findEnd,
    );
    const label = h('label', {}, h('span', {}, words.terminal.find), this.#field);
    this.element = h('form', { class: 'terminal-search', role: 'search', hidden: true }, label, this.#note, close);
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.#field.addEventListener('keydown', (event) => this.#key(event));
    this.#field.addEventListener('input', () => this.#look('before', true));
  }

  open(): void {
    void this.#fetch();
    this.element.hidden = false;
    this.#field.select();
    this.#field.focus();
  }

  close(): void {
    this.element.hidden = true;
    setText(this.#note, '');
    this.#terminal.focus();
  }

  async #fetch(): Promise<void> {
    if (this.#addon !== undefined) return;
    const { SearchAddon } = await import('@xterm/addon-search');
    this.#addon = new SearchAddon();
    this.#terminal.loadAddon(this.#addon);
    this.#look('before', true);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter') this.#look(event.shiftKey ? 'after' : 'before', false);
    else return;
    event.preventDefault();
    // The bench has its own idea of Escape.
    event.stopPropagation();
  }

  /** @param incremental begins where the selection is, so that a growing word stays on its match */
  #look(where: 'before' | 'after', incremental: boolean): void {
    const [addon, { value }] = [this.#addon, this.#field];
    if (addon === undefined) return;
    const found =
      where === 'before' ? addon.findPrevious(value, { incremental }) : addon.findNext(value, { incremental });
    setText(this.#note, found || value === '' ? '' : words.terminal.findNothing);
  }
}
