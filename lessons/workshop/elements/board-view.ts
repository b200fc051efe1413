import { h, setText } from '../../elements/dom.ts';
import type { BenchCard } from '../bench-card.ts';
import type { Board, BoardRow } from '../board.ts';
import { apiBase, pageAt } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readEvents } from '../client/event-reader.ts';
import { instructorKey, takeFragment } from '../client/session.ts';
import { words } from '../page-words.ts';
import { spanText } from '../span-text.ts';
import { BoardTools } from './board-tools.ts';

type Filter = 'all' | 'stuck' | 'hands' | 'away';

const STUCK_MS = 5 * 60 * 1000;
const AWAY_MS = 2 * 60 * 1000;
const REDRAW_MS = 5000;

/** `<dd-board>`: everybody in the room, a line each. */
export class BoardView extends HTMLElement {
  readonly #rows = new Map<string, BoardRow>();
  readonly #body = h('tbody', {});
  readonly #count = h('p', { role: 'status' });
  readonly #lost = h('p', { class: 'problem', role: 'alert', hidden: true }, words.board.lost);
  readonly #heat = h('div', { class: 'heat' });
  #api!: WorkshopApi;
  #key = '';
  #board!: Board;
  #filter: Filter = 'all';
  #skewMs = 0;

  async connectedCallback(): Promise<void> {
    this.#key = instructorKey(takeFragment()) ?? '';
    this.#api = new WorkshopApi(apiBase('board'), this.#key);
    try {
      this.#board = await this.#api.call<Board>('GET', '');
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.replaceChildren(h('p', { role: 'alert' }, error.status === 401 ? words.board.noKey : error.message));
      return;
    }
    this.#skewMs = this.#board.now - Date.now();
    for (const row of this.#board.rows) this.#rows.set(row.id, row);
    this.#layOut();
    this.#draw();
    setInterval(() => this.#draw(), REDRAW_MS);
    void readEvents(
      this.#api,
      '/events',
      ({ event, data }) => this.#hear(event, data),
      (connected) => {
        this.#lost.hidden = connected;
      },
    );
  }

  #hear(event: string, data: unknown): void {
    if (event === 'rows') for (const row of data as readonly BoardRow[]) this.#rows.set(row.id, row);
    if (event === 'rows') this.#draw();
  }

  #layOut(): void {
    const { board } = words;
    const { title, code } = this.#board;
    const options: readonly (readonly [Filter, string])[] = [
      ['all', board.all],
      ['stuck', board.stuck],
      ['hands', board.handsUp],
      ['away', board.away],
    ];
    const filter = h(
      'select',
      { onchange: () => this.#choose(filter.value as Filter) },
      ...options.map(([value, label]) => h('option', { value }, label)),
    );
    const projector = h('input', { type: 'checkbox', onchange: () => this.#project(projector.checked) });
    const head = [board.name, board.progress, board.working, board.since, board.seen].map((text) =>
      h('th', { scope: 'col' }, text),
    );
    this.replaceChildren(
      h('h1', {}, title),
      h(
        'p',
        { class: 'door' },
        `${board.join} `,
        h('strong', {}, `${location.host}${pageAt('workshop/')}`),
        ` ${board.code} `,
        h('strong', { class: 'code' }, code),
      ),
      this.#lost,
      h(
        'p',
        { class: 'board-bar' },
        h('label', {}, `${board.filter} `, filter),
        h('label', {}, projector, ` ${board.projector}`),
      ),
      this.#count,
      h(
        'div',
        { class: 'board-scroll' },
        h('table', {}, h('thead', {}, h('tr', {}, ...head, h('td', {}))), this.#body),
      ),
      h('h2', {}, board.heat),
      this.#heat,
      new BoardTools(this.#api, this.#board).element,
    );
  }

  #choose(filter: Filter): void {
    this.#filter = filter;
    this.#draw();
  }

  #project(on: boolean): void {
    this.toggleAttribute('projector', on);
    this.#draw();
  }

  get #now(): number {
    return Date.now() + this.#skewMs;
  }

  #shown({ working, handAt, seenAt }: BoardRow): boolean {
    if (this.#filter === 'stuck') return working !== undefined && this.#now - working.since > STUCK_MS;
    if (this.#filter === 'hands') return handAt !== undefined;
    return this.#filter === 'all' || this.#now - seenAt > AWAY_MS;
  }

  #draw(): void {
    const { board } = words;
    const rows = [...this.#rows.values()].sort((a, b) => a.joinedAt - b.joinedAt);
    const hands = rows.filter(({ handAt }) => handAt !== undefined).length;
    setText(this.#count, [board.people(rows.length), ...(hands > 0 ? [board.hands(hands)] : [])].join(' · '));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
    this.#body.replaceChildren(
      ...(rows.length === 0 ? [h('tr', {}, h('td', { colspan: 6 }, `${board.empty} ${this.#board.code}`))] : []),
      ...rows.flatMap((row, index) => (this.#shown(row) ? [this.#line(row, index)] : [])),
    );
    if (focused !== undefined) this.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    this.#drawHeat(rows);
  }

  #line(row: BoardRow, index: number): HTMLElement {
    const { board } = words;
    const { id, name, handAt, seenAt, working, at } = row;
    const projected = this.hasAttribute('projector');
    const since = working === undefined ? undefined : this.#now - working.since;
    const path = this.#card(at)?.path;
    const look =
      path === undefined || projected
        ? undefined
        : h(
            'a',
            {
              href: `${pageAt(path)}#${new URLSearchParams({ mirror: id, key: this.#key })}`,
              target: '_blank',
              'data-key': `look ${id}`,
            },
            board.look,
          );
    const lower =
      handAt === undefined || projected
        ? undefined
        : h(
            'button',
            {
              type: 'button',
              class: 'quiet-button',
              'data-key': `hand ${id}`,
              onclick: () => void this.#api.call('PUT', `/people/${encodeURIComponent(id)}/hand`),
            },
            board.lowerHand,
          );
    return h(
      'tr',
      {
        class: handAt === undefined ? '' : 'hand-up',
        ...(since !== undefined && since > STUCK_MS ? { 'data-stuck': true } : {}),
      },
      h(
        'th',
        { scope: 'row' },
        handAt === undefined ? undefined : h('span', { class: 'hand' }, '✋ '),
        projected ? board.learner(index + 1) : name,
      ),
      h('td', {}, ...this.#progress(row)),
      h('td', {}, working === undefined ? (this.#card(at)?.title ?? '') : this.#workingText(working)),
      h('td', {}, since === undefined ? '' : spanText(words, since)),
      h('td', {}, spanText(words, this.#now - seenAt)),
      h('td', {}, look, lower),
    );
  }

  #workingText({ benchId, checkId }: NonNullable<BoardRow['working']>): string {
    const card = this.#card(benchId);
    return `${card?.title ?? benchId}: ${card?.checks.find(({ id }) => id === checkId)?.title ?? checkId}`;
  }

  /** A run of dots a bench; said as words to those who do not see them. */
  #progress({ benches }: BoardRow): HTMLElement[] {
    return benches.flatMap(({ benchId, met }) => {
      const card = this.#card(benchId);
      if (card === undefined || card.checks.length === 0) return [];
      const dots = card.checks.map(({ id }) => (met.includes(id) ? '●' : '○')).join('');
      const said = `${card.title}: ${met.length}/${card.checks.length}`;
      return [h('span', { class: 'dots', role: 'img', 'aria-label': said, title: said }, dots)];
    });
  }

  #drawHeat(rows: readonly BoardRow[]): void {
    const begun = this.#board.benches.filter(
      ({ id, checks }) =>
        checks.length > 0 && rows.some(({ benches }) => benches.some(({ benchId }) => benchId === id)),
    );
    this.#heat.replaceChildren(
      ...begun.map((card) => {
        const on = rows.flatMap(({ benches }) => benches.filter(({ benchId }) => benchId === card.id));
        const cells = card.checks.map(({ id, title }) => {
          const met = on.filter((each) => each.met.includes(id)).length;
          return h(
            'li',
            {},
            h('meter', { min: 0, max: on.length, value: met, 'aria-label': title }),
            ` ${met}/${on.length} ${title}`,
          );
        });
        return h('section', {}, h('h3', {}, card.title), h('ul', { role: 'list' }, ...cells));
      }),
    );
  }

  #card(benchId: string | undefined): BenchCard | undefined {
    return this.#board.benches.find(({ id }) => id === benchId);
  }
}
