import { h, setText } from '../../elements/dom.ts';
import { type WorkshopApi, WorkshopError } from '../client/api.ts';
import { refusalText } from '../client/refusal-text.ts';
import { words } from '../page-words.ts';
import type { Settings } from '../records.ts';

/** What the instructor does on the board, and the word on how it went. */
export class Deeds {
  readonly outcome = h('p', { role: 'status', class: 'outcome' });
  readonly api: WorkshopApi;
  readonly #listeners: ((settings: Settings) => void)[] = [];
  readonly #skewMs: number;
  #settings: Settings;
  /** One at a time: each goes by what the one before it made of the settings. */
  #changed: Promise<void> = Promise.resolve();

  /** @param skewMs by how much the server's clock is ahead of this one */
  constructor(api: WorkshopApi, settings: Settings, skewMs: number) {
    this.api = api;
    this.#skewMs = skewMs;
    this.#settings = settings;
  }

  /** By the server's clock. */
  get now(): number {
    return Date.now() + this.#skewMs;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Another board may have changed them. */
  set settings(settings: Settings) {
    this.#settings = settings;
    for (const listener of this.#listeners) listener(settings);
  }

  /** Calls back now and whenever the settings change. */
  onSettings(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener);
    listener(this.#settings);
  }

  say(text: string): void {
    setText(this.outcome, text);
  }

  async try(action: () => Promise<void>): Promise<void> {
    try {
      this.say('');
      await action();
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.say(refusalText(error));
    }
  }

  async post(body: object): Promise<void> {
    await this.api.call('POST', '/messages', { body });
    this.say(words.board.sent);
  }

  /** @param changeOf what is changed, from how things are when its turn has come; `null` takes a setting away */
  change(changeOf: (settings: Settings) => Readonly<Record<string, unknown>>): Promise<void> {
    this.#changed = this.#changed.then(() => this.#change(changeOf));
    return this.#changed;
  }

  async #change(changeOf: (settings: Settings) => Readonly<Record<string, unknown>>): Promise<void> {
    await this.try(async () => {
      const change = changeOf(this.#settings);
      await this.api.call('PATCH', '/settings', change);
      const merged = Object.entries({ ...this.#settings, ...change }).filter(([, value]) => value !== null);
      this.settings = Object.fromEntries(merged) as unknown as Settings;
      this.say(words.board.changed);
    });
  }

  button(label: string, action: () => Promise<void>, quiet = true): HTMLButtonElement {
    return h(
      'button',
      { type: 'button', class: quiet ? 'quiet-button' : '', onclick: () => void this.try(action) },
      label,
    );
  }

  form(
    fields: readonly HTMLElement[],
    label: string,
    send: () => Promise<void>,
    ...more: readonly HTMLElement[]
  ): HTMLElement {
    const submit = (event: Event): void => {
      event.preventDefault();
      void this.try(send);
    };
    return h(
      'form',
      { class: 'board-bar', onsubmit: submit },
      ...fields,
      h('button', { type: 'submit' }, label),
      ...more,
    );
  }
}
