import { h, setText } from '../../elements/dom.ts';
import type { BenchCard } from '../bench-card.ts';
import { localPage } from '../client/addresses.ts';
import { type WorkshopApi, WorkshopError } from '../client/api.ts';
import { readEvents } from '../client/event-reader.ts';
import { type Heard, NEWS_MS } from '../client/heard.ts';
import { oneByOne } from '../client/one-by-one.ts';
import { words } from '../page-words.ts';
import type { Settings } from '../records.ts';
import { timeLeft } from '../time-left.ts';
import { NewsList } from './news-list.ts';

export interface Me {
  readonly name: string;
  readonly title: string;
  /** The server's clock. */
  readonly now: number;
  readonly settings: Omit<Settings, 'benches'> & { readonly benches: readonly string[] };
}

/** Behind the door: what there is to do, as it is released, and what the instructor says meanwhile. */
export class Lobby {
  readonly #api: WorkshopApi;
  readonly #cards: readonly BenchCard[];
  readonly #news = new NewsList();
  readonly #time = h('p', { class: 'timer' });
  readonly #lost = h('p', { class: 'problem', role: 'status', hidden: true }, words.refusals['unreachable']);
  readonly #lists = h('div', { class: 'lobby' });
  readonly #refused: (error: WorkshopError) => void;
  #me: Me;
  #skewMs = 0;

  /** @param refused is called where this link is good no more */
  constructor(api: WorkshopApi, me: Me, cards: readonly BenchCard[], refused: (error: WorkshopError) => void) {
    this.#api = api;
    this.#me = me;
    this.#cards = cards;
    this.#refused = refused;
    this.#show();
  }

  /** From the top: what is said, then what there is to do. */
  get parts(): readonly HTMLElement[] {
    return [this.#lost, this.#time, this.#news.element, this.#lists];
  }

  /** For as long as the page lives. */
  async listen(): Promise<void> {
    setInterval(() => this.#showTime(), 1000);
    await readEvents(
      this.#api,
      '/messages',
      ({ event, data }) => {
        if (event === 'message') void this.#hear(data as Heard);
      },
      (connected) => {
        this.#lost.hidden = connected;
        // Whether they were taken out, or only the network is away.
        if (!connected) void this.#refresh();
      },
    );
  }

  async #hear({ ageMs, body }: Heard): Promise<void> {
    if (body.kind === 'settings') await this.#refresh();
    if (ageMs > NEWS_MS) return;
    if (body.kind === 'announce') this.#news.tell(body.text);
    if (body.kind === 'point') await this.#news.pointElsewhere(body.benchId);
  }

  /** A page that is opened hears of every change there was. */
  readonly #refresh = oneByOne(() => this.#read());

  async #read(): Promise<void> {
    try {
      this.#me = await this.#api.call<Me>('GET', '');
      this.#show();
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      if (error.status === 401) this.#refused(error);
    }
  }

  #show(): void {
    this.#skewMs = this.#me.now - Date.now();
    this.#showTime();
    const { benches } = this.#me.settings;
    const mine = this.#cards.filter(({ id }) => benches.includes(id));
    const focused = document.activeElement?.getAttribute('href');
    this.#lists.replaceChildren(
      ...this.#list(
        words.join.lessons,
        mine.filter(({ exercise }) => exercise === undefined),
      ),
      ...this.#list(
        words.join.exercises,
        mine.filter(({ exercise }) => exercise !== undefined),
      ),
    );
    if (focused) this.#lists.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  #showTime(): void {
    setText(this.#time, timeLeft(words, this.#me.settings, Date.now() + this.#skewMs));
  }

  #list(title: string, cards: readonly BenchCard[]): readonly HTMLElement[] {
    if (cards.length === 0) return [];
    const line = ({ id, title: name, path }: BenchCard) =>
      this.#me.settings.locked.includes(id)
        ? h('li', { class: 'quiet' }, `${name} (${words.join.locked})`)
        : h('li', {}, h('a', { href: localPage(path) }, name));
    return [h('h2', {}, title), h('ol', {}, ...cards.map(line))];
  }
}
