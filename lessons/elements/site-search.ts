import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { excerpt } from './excerpt.ts';

interface Entry {
  readonly url: string;
  readonly title: string;
  readonly text: string;
  readonly language?: string;
}

const MOST = 12;

/** `<dd-search index="…">`: looks through the course's own words; what it looks through is fetched when it is first opened. */
export class SiteSearch extends HTMLElement {
  readonly #field = h('input', {
    type: 'search',
    'aria-label': words.search.label,
    placeholder: words.search.label,
    autocomplete: 'off',
  });
  readonly #found = h('ul', { class: 'found', role: 'list' });
  readonly #note = h('p', { class: 'quiet', role: 'status' });
  #entries: readonly Entry[] | undefined;

  connectedCallback(): void {
    const dialog = h(
      'dialog',
      { class: 'search', 'aria-label': words.search.open },
      h('form', { method: 'dialog' }, this.#field, h('button', { type: 'submit' }, words.search.close)),
      this.#note,
      this.#found,
    );
    this.append(dialog);
    this.hidden = false;
    const open = async () => {
      dialog.showModal();
      this.#field.focus();
      this.#field.select();
      await this.#load();
      this.#look();
    };
    this.querySelector('button')?.addEventListener('click', () => void open());
    this.#field.addEventListener('input', () => this.#look());
    this.#field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.#found.querySelector('a')?.click();
    });
    document.addEventListener('keydown', (event) => {
      const typing =
        event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
      event.preventDefault();
      void open();
    });
  }

  async #load(): Promise<void> {
    if (this.#entries !== undefined) return;
    try {
      this.#entries = (await (await fetch(this.getAttribute('index') ?? '')).json()) as Entry[];
    } catch {
      setText(this.#note, words.search.failed);
    }
  }

  #look(): void {
    const entries = this.#entries;
    const terms = this.#field.value
      .toLowerCase()
      .split(/\s+/)
      .filter((term) => term !== '');
    if (entries === undefined) return;
    const found = terms.length === 0 ? [] : best(entries, terms);
    this.#found.replaceChildren(
      ...found.map(({ url, title, text, language }) =>
        h(
          'li',
          {},
          h('a', { href: url }, title),
          h('p', { class: 'quiet', lang: language }, ...marked(excerpt(text, terms[0] ?? ''), terms)),
        ),
      ),
    );
    setText(this.#note, terms.length === 0 ? '' : words.search.found(found.length));
  }
}

/** Entries that hold every term, those that have them in the title first. */
function best(entries: readonly Entry[], terms: readonly string[]): readonly Entry[] {
  const scored = entries.map((entry) => {
    const [title, text] = [entry.title.toLowerCase(), entry.text.toLowerCase()];
    const hits = terms.map((term) => (title.includes(term) ? 20 : 0) + Math.min(9, text.split(term).length - 1));
    return { entry, score: hits.includes(0) ? 0 : hits.reduce((sum, hit) => sum + hit, 0) };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

function marked(text: string, terms: readonly string[]): (string | HTMLElement)[] {
  const any = new RegExp(`(${terms.map((term) => term.replace(/[^\p{L}\p{N}]/gu, '\\$&')).join('|')})`, 'giu');
  return text.split(any).map((part, index) => (index % 2 === 1 ? h('mark', {}, part) : part));
}
