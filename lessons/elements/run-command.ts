import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';
import { theBench } from './the-bench.ts';

/** `<dd-run command="…" terminal="1">`: a command in the text with a mark that types it into the terminal. */
export class RunCommand extends HTMLElement {
  connectedCallback(): void {
    const command = this.getAttribute('command') ?? '';
    const terminal = this.getAttribute('terminal') ?? '1';
    if (this.querySelector('button') !== null) return;
    const press = async () => {
      const door = await theBench;
      if (await door.runCommand(command, terminal)) this.toggleAttribute('data-ran', true);
    };
    const button = h(
      'button',
      { type: 'button', 'aria-label': words.run.runThis(command), onclick: () => void press() },
      words.run.run,
    );
    this.prepend(button);
  }
}

/** `<dd-open file="…">`: a button that opens a file of the workstation in the editor. */
export class OpenFile extends HTMLElement {
  connectedCallback(): void {
    if (this.querySelector('button') !== null) return;
    const open = async () => (await theBench).openFile(this.getAttribute('file') ?? '');
    this.append(h('button', { type: 'button', class: 'quiet-button', onclick: () => void open() }, words.run.open));
  }
}

/** `<dd-add file="…" lines="…">`: a button that adds lines at the end of a file, once, and shows them there. */
export class AddLines extends HTMLElement {
  connectedCallback(): void {
    if (this.querySelector('button') !== null) return;
    const add = async () =>
      (await theBench).addLines(this.getAttribute('file') ?? '', this.getAttribute('lines') ?? '');
    this.append(h('button', { type: 'button', class: 'quiet-button', onclick: () => void add() }, words.run.addLines));
  }
}

/**
 * `<dd-lit of="pod hello">`: words that light the thing they speak of while they are pointed at or have the focus, and
 * open it when they are pressed.
 */
export class LitWords extends HTMLElement {
  connectedCallback(): void {
    if (this.hasAttribute('tabindex')) return;
    this.tabIndex = 0;
    this.setAttribute('role', 'button');
    const say = (type: string, what: string) => document.dispatchEvent(new CustomEvent(type, { detail: what }));
    const what = this.getAttribute('of') ?? '';
    for (const name of ['pointerenter', 'focus']) this.addEventListener(name, () => say('dd-light', what));
    for (const name of ['pointerleave', 'blur']) this.addEventListener(name, () => say('dd-light', ''));
    this.addEventListener('click', () => say('dd-open', what));
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      say('dd-open', what);
    });
  }
}
