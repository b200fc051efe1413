import { h } from './dom.ts';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly panel: HTMLElement;
  /** A tab only where the bench is a drawer; elsewhere its panel is always in sight. */
  readonly narrowOnly?: boolean;
  readonly shown?: () => void;
  /** The tab it comes before; the last one unless told. */
  readonly before?: string;
}

/** Tabs and their panels: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ */
export class BenchTabs {
  readonly panels = h('div', { class: 'bench-panels' });
  readonly #list = h('div', { class: 'tabs', role: 'tablist' });
  /** What may be done beside choosing a tab. */
  readonly actions = h('div', { class: 'bench-actions' });
  readonly bar = h('div', { class: 'bench-bar' }, this.#list, this.actions);
  readonly #tabs = new Map<string, { readonly tab: Tab; readonly button: HTMLButtonElement }>();

  constructor() {
    this.#list.addEventListener('keydown', (event) => this.#key(event));
  }

  has(id: string): boolean {
    return this.#tabs.has(id);
  }

  add(tab: Tab): void {
    const { id, label, panel, narrowOnly, before } = tab;
    const button = h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, onclick: () => this.choose(id) },
      label,
    );
    button.toggleAttribute('data-narrow', narrowOnly === true);
    panel.id = `panel-${id}`;
    if (narrowOnly !== true) {
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', button.id);
      panel.classList.add('panel');
      this.panels.append(panel);
    }
    this.#list.insertBefore(button, this.#tabs.get(before ?? '')?.button ?? null);
    this.#tabs.set(id, { tab, button });
    this.#mark(button, false);
    panel.toggleAttribute('data-shown', false);
  }

  choose(id: string): void {
    const chosen = this.#tabs.get(id);
    if (chosen === undefined) return;
    for (const { tab, button } of this.#tabs.values()) {
      this.#mark(button, tab.id === id);
      tab.panel.toggleAttribute('data-shown', tab.id === id);
    }
    // On narrow screens the tabs are a strip that is longer than the screen.
    const { offsetLeft, offsetWidth } = chosen.button;
    this.#list.scrollLeft = offsetLeft - (this.#list.clientWidth - offsetWidth) / 2;
    chosen.tab.shown?.();
  }

  #mark(button: HTMLButtonElement, chosen: boolean): void {
    button.setAttribute('aria-selected', String(chosen));
    button.tabIndex = chosen ? 0 : -1;
  }

  #key(event: KeyboardEvent): void {
    const buttons = [...this.#list.querySelectorAll<HTMLButtonElement>('[role=tab]')].filter((tab) =>
      tab.checkVisibility(),
    );
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = step === undefined ? { Home: 0, End: buttons.length - 1 }[event.key] : at + step;
    if (at < 0 || to === undefined) return;
    const button = buttons[(to + buttons.length) % buttons.length]!;
    button.click();
    button.focus();
    event.preventDefault();
  }
}
