import { h } from '../../elements/dom.ts';
import { type BenchCard, cardIdOf } from '../bench-card.ts';
import { localPage } from '../client/addresses.ts';
import { readCards } from '../client/bench-cards.ts';
import { words } from '../page-words.ts';

/** What an instructor has said, the newest first, each until it is closed. */
export class NewsList {
  readonly element = h('div', { class: 'news', 'aria-live': 'polite', tabindex: -1 });

  tell(text: string, ...more: readonly HTMLElement[]): HTMLElement {
    const note = h(
      'div',
      { class: 'news' },
      h('p', {}, text),
      ...more,
      h('button', { type: 'button', class: 'quiet-button', onclick: () => this.close(note) }, words.bar.dismiss),
    );
    this.element.prepend(note);
    return note;
  }

  /** Takes one away; who was in it by the keyboard goes on with the one that is then the newest. */
  close(note: HTMLElement): void {
    const hadFocus = note.contains(document.activeElement);
    note.remove();
    if (hadFocus) (this.element.querySelector('button') ?? this.element).focus();
  }

  /** The way to another page, by its name where that can be had. */
  async pointElsewhere(benchId: string): Promise<void> {
    const cards: readonly BenchCard[] = await readCards().catch(() => []);
    const card = cards.find(({ id }) => id === cardIdOf(benchId));
    const path = card?.path ?? `${benchId.replace(/^(lesson|exercise)\//, '$1s/')}/`;
    this.tell(words.bar.pointElsewhere, h('a', { href: localPage(path) }, card?.title ?? words.bar.open));
  }
}
