import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';

/** Keys that a phone's keyboard lacks, and what they send. */
const KEYS: readonly (readonly [label: string, text: string, name?: string])[] = [
  ['Tab', '\t'],
  ['Esc', '\u001b'],
  ['↑', '\u001b[A', 'Arrow up'],
  ['↓', '\u001b[B', 'Arrow down'],
  ['|', '|', 'Pipe'],
  ['/', '/', 'Slash'],
  ['-', '-', 'Dash'],
];

/** The row of keys under a terminal on a phone. */
export class KeyBar {
  readonly element: HTMLElement;
  readonly #control = h(
    'button',
    { type: 'button', 'aria-pressed': 'false', onclick: () => this.#hold(!this.#held) },
    words.terminal.ctrl,
  );
  #held = false;

  constructor(type: (text: string) => void) {
    const keys = KEYS.map(([label, text, name]) =>
      h('button', { type: 'button', 'aria-label': name, onclick: () => type(text) }, label),
    );
    keys.splice(1, 0, this.#control);
    this.element = h('div', { class: 'key-bar', role: 'group', 'aria-label': words.terminal.keys }, ...keys);
    // Pressing a key here must not close the phone's keyboard.
    this.element.addEventListener('pointerdown', (event) => event.preventDefault());
  }

  /** What a typed text means while Ctrl is held here: the next letter is a control character. */
  apply(text: string): string {
    if (!this.#held) return text;
    this.#hold(false);
    const code = text.toUpperCase().charCodeAt(0);
    return code >= 0x40 && code < 0x60 ? String.fromCharCode(code - 0x40) + text.slice(1) : text;
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#control.setAttribute('aria-pressed', String(held));
  }
}
