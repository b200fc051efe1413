import { h, setText } from '../../elements/dom.ts';
import { type BenchDoor, theBench } from '../../elements/the-bench.ts';
import type { BoardRow } from '../board.ts';
import { apiBase } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readEvents } from '../client/event-reader.ts';
import type { MirrorKeeping } from '../client/mirror-keeping.ts';
import { refusalText } from '../client/refusal-text.ts';
import { words } from '../page-words.ts';
import { tellBarHeight } from './bar-height.ts';

/** `<dd-mirror-bar>`: on the instructor's copy of a learner's bench. */
export class MirrorBar extends HTMLElement {
  readonly #title = h('strong', {});
  readonly #state = h('span', { role: 'status' });
  readonly #refresh = h(
    'button',
    { type: 'button', class: 'quiet-button', hidden: true, onclick: () => void this.#reload() },
    words.mirror.refresh,
  );
  readonly #note = h('input', {
    'aria-label': words.mirror.note,
    placeholder: words.mirror.note,
    maxlength: 1000,
  });
  #keeping: MirrorKeeping | undefined;
  #door: BenchDoor | undefined;

  /** Shows the bench of this person, with the board's key. */
  async show(keeping: MirrorKeeping, personId: string, key: string): Promise<void> {
    const api = new WorkshopApi(apiBase('board'), key);
    this.#keeping = keeping;
    this.setAttribute('role', 'region');
    tellBarHeight(this);
    const hand = h('button', { type: 'button', onclick: () => void this.#handOver(api, personId) }, words.mirror.hand);
    setText(this.#state, words.mirror.live);
    this.replaceChildren(h('p', {}, this.#title, this.#state, this.#refresh), h('p', {}, this.#note, hand));
    this.#door = await theBench;
    const { benchId } = keeping;
    void readEvents(
      api,
      '/events',
      ({ event, data }) => {
        if (event !== 'rows') return;
        const row = (data as readonly BoardRow[]).find(({ id }) => id === personId);
        if (row !== undefined) void this.#moved(row, benchId);
      },
      () => {},
    );
  }

  /** While nothing was done here the picture follows; after that it waits to be asked. */
  async #moved({ name, benches }: BoardRow, benchId: string): Promise<void> {
    setText(this.#title, words.mirror.label(name));
    this.setAttribute('aria-label', words.mirror.label(name));
    const keeping = this.#keeping!;
    const ahead = (benches.find((each) => each.benchId === benchId)?.inputs ?? 0) - keeping.count;
    const running = this.#door?.bench.phase.value.kind === 'running';
    this.#refresh.hidden = ahead === 0;
    if (ahead === 0) return;
    if (running && keeping.added.length === 0) await this.#reload();
    else setText(this.#state, words.mirror.behind(ahead));
  }

  async #reload(): Promise<void> {
    this.#refresh.hidden = true;
    setText(this.#state, words.mirror.live);
    this.#keeping?.follow();
    await this.#door?.bench.reload();
  }

  async #handOver(api: WorkshopApi, to: string): Promise<void> {
    const inputs = this.#keeping?.added ?? [];
    if (inputs.length === 0) {
      setText(this.#state, words.mirror.nothing);
      return;
    }
    const { benchId } = this.#keeping!;
    try {
      await api.call('POST', '/messages', { to, body: { kind: 'offer', benchId, inputs, text: this.#note.value } });
      setText(this.#state, words.mirror.handed);
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      setText(this.#state, refusalText(error));
    }
  }
}
