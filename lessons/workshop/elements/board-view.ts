import { h, setText } from '../../elements/dom.ts';
import { type BenchCard, cardIdOf, cardIn } from '../bench-card.ts';
import type { Board, BoardRow } from '../board.ts';
import { type BoardFilter, filtered, isStuck } from '../board-filter.ts';
import { apiBase, pageAt } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readEvents } from '../client/event-reader.ts';
import { refusalText } from '../client/refusal-text.ts';
import { instructorKey, takeFragment } from '../client/session.ts';
import { words } from '../page-words.ts';
import { timeLeft } from '../time-left.ts';
import { boardLine, type LineSetting } from './board-line.ts';
import { BoardTools } from './board-tools.ts';
import { Deeds } from './deeds.ts';
import { joinCode } from './join-code.ts';
import { openPerson } from './person-dialog.ts';

/** The times on the lines are brought up to date this often. */
const REDRAW_MS = 5000;
/** What a large class does is drawn in one go for each of these. */
const GATHER_MS = 250;

/** `<dd-board>`: everybody in the room, a line each. */
export class BoardView extends HTMLElement {
  readonly #rows = new Map<string, BoardRow>();
  readonly #lines = new Map<string, HTMLElement>();
  readonly #body = h('tbody', { role: 'rowgroup' });
  readonly #count = h('p', { role: 'status' });
  readonly #time = h('p', { class: 'timer' });
  readonly #lost = h('p', { class: 'problem', role: 'alert', hidden: true }, words.board.lost);
  readonly #heat = h('div', { class: 'heat' });
  #api!: WorkshopApi;
  #key = '';
  #board!: Board;
  #cards: ReadonlyMap<string, BenchCard> = new Map();
  #deeds!: Deeds;
  #tools!: BoardTools;
  #filter: BoardFilter = 'all';
  #skewMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async connectedCallback(): Promise<void> {
    this.#key = instructorKey(takeFragment()) ?? '';
    this.#api = new WorkshopApi(apiBase('board'), this.#key);
    try {
      const board = await this.#api.call<Board>('GET', '');
      const { lang } = document.documentElement;
      this.#board = { ...board, benches: board.benches.map((card) => cardIn(card, lang)) };
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      const text = error.status === 401 ? words.board.noKey : refusalText(error);
      this.replaceChildren(h('h1', {}, words.pages.board), h('p', { role: 'alert' }, text));
      return;
    }
    this.#cards = new Map(this.#board.benches.map((card) => [card.id, card]));
    this.#skewMs = this.#board.now - Date.now();
    for (const row of this.#board.rows) this.#rows.set(row.id, row);
    this.#deeds = new Deeds(this.#api, this.#board.settings, this.#skewMs);
    this.#tools = new BoardTools(this.#deeds, this.#board);
    this.#layOut();
    this.#redraw();
    this.#deeds.onSettings(() => this.#showTime());
    setInterval(() => this.#redraw(), REDRAW_MS);
    setInterval(() => this.#showTime(), 1000);
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
    if (event === 'settings' && data !== null) this.#deeds.settings = data as Board['settings'];
    if (event === 'grading') this.#tools.grades.hear(data as { asked: number; done: number });
    if (event === 'rows') {
      for (const row of data as readonly BoardRow[]) {
        this.#rows.set(row.id, row);
        this.#lines.delete(row.id);
      }
    } else if (event === 'gone') for (const id of data as readonly string[]) this.#rows.delete(id);
    else return;
    this.#timer ??= setTimeout(() => this.#draw(), GATHER_MS);
  }

  #layOut(): void {
    const { board } = words;
    const options: readonly (readonly [BoardFilter, string])[] = [
      ['all', board.all],
      ['stuck', board.stuck],
      ['hands', board.handsUp],
      ['away', board.away],
    ];
    const filter = h(
      'select',
      { onchange: () => this.#choose(filter.value as BoardFilter) },
      ...options.map(([value, label]) => h('option', { value }, label)),
    );
    const projector = h('input', { type: 'checkbox', onchange: () => this.#project(projector.checked) });
    const head = [board.name, board.progress, board.working, board.since, board.seen].map((text) =>
      h('th', { role: 'columnheader', scope: 'col' }, text),
    );
    this.replaceChildren(
      h('h1', {}, this.#board.title),
      this.#door(),
      this.#time,
      this.#lost,
      h(
        'p',
        { class: 'board-bar' },
        h('label', {}, `${board.filter} `, filter),
        h('label', {}, projector, ` ${board.projector}`),
        // Under forty lines nobody finds them.
        h('a', { href: '#heat' }, board.heat),
        h('a', { href: '#lead', class: 'off-wall' }, board.tools),
        h('a', { href: '#grades', class: 'off-wall' }, board.grades),
      ),
      this.#count,
      h(
        'div',
        { class: 'board-scroll', tabindex: 0, role: 'region', 'aria-label': board.everybody },
        h(
          'table',
          { role: 'table' },
          h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head, h('td', { role: 'cell' }))),
          this.#body,
        ),
      ),
      h('h2', { id: 'heat', tabindex: -1 }, board.heat),
      this.#heat,
      this.#tools.element,
    );
  }

  /** What a room needs to come in; from its back rows a camera reads a code where nobody reads an address. */
  #door(): HTMLElement {
    const { board } = words;
    const { code } = this.#board;
    const path = pageAt('workshop/');
    const address = h('strong', {}, `${location.host}${path}`);
    return h(
      'div',
      { class: 'door' },
      joinCode(`${location.origin}${path}#code=${code}`, board.qr(`${location.host}${path}`)),
      h('p', {}, `${board.join} `, address, ` ${board.code} `, h('strong', { class: 'code' }, code)),
    );
  }

  #choose(filter: BoardFilter): void {
    this.#filter = filter;
    this.#redraw();
  }

  #project(on: boolean): void {
    this.toggleAttribute('projector', on);
    this.#redraw();
  }

  get #now(): number {
    return Date.now() + this.#skewMs;
  }

  /** The same for the room as for its wall. */
  #showTime(): void {
    setText(this.#time, timeLeft(words, this.#deeds.settings, this.#now));
  }

  /** Every line anew. */
  #redraw(): void {
    this.#lines.clear();
    this.#draw();
  }

  /** The lines of those who have done something, the others as they are. */
  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { board } = words;
    const now = this.#now;
    const rows = filtered([...this.#rows.values()], 'all', now);
    const numbers = new Map(rows.map(({ id }, index) => [id, index + 1]));
    const hands = filtered(rows, 'hands', now).length;
    const stuck = rows.filter((row) => isStuck(row, now)).length;
    const counts = [hands > 0 ? board.hands(hands) : '', stuck > 0 ? board.stuckNow(stuck) : ''];
    setText(this.#count, [board.people(rows.length), ...counts.filter((text) => text !== '')].join(' · '));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
    const setting = this.#setting();
    const lines = filtered(rows, this.#filter, now).map((row) => this.#line(row, numbers.get(row.id)!, setting));
    const nobody = rows.length === 0 ? `${board.empty} ${this.#board.code}` : board.nobodyShown;
    this.#body.replaceChildren(
      ...(lines.length === 0 ? [h('tr', { role: 'row' }, h('td', { role: 'cell', colspan: 6 }, nobody))] : lines),
    );
    if (focused !== undefined) this.#keepFocus(focused);
    this.#drawHeat(rows);
  }

  /** Lines that were drawn anew are other elements; of somebody who has gone there is none. */
  #keepFocus(key: string): void {
    const again = this.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    (again ?? this.querySelector<HTMLElement>('.board-scroll'))?.focus();
  }

  #line(row: BoardRow, number: number, setting: LineSetting): HTMLElement {
    let line = this.#lines.get(row.id);
    if (line === undefined) {
      line = boardLine(row, number, setting);
      this.#lines.set(row.id, line);
    }
    return line;
  }

  #setting(): LineSetting {
    return {
      cards: this.#cards,
      now: this.#now,
      projected: this.hasAttribute('projector'),
      key: this.#key,
      nameOf: (id) => this.#rows.get(id)?.name,
      lowerHand: (id) => void this.#deeds.try(() => this.#api.call('PUT', `/people/${encodeURIComponent(id)}/hand`)),
      open: (row) => {
        const dialog = openPerson(this.#deeds, this.#key, row, [...this.#rows.values()]);
        // The button that opened it may have been drawn anew meanwhile.
        dialog.addEventListener('close', () => this.#keepFocus(`more ${row.id}`));
        this.append(dialog);
        dialog.showModal();
      },
    };
  }

  #drawHeat(rows: readonly BoardRow[]): void {
    const standings = Map.groupBy(
      rows.flatMap(({ benches }) => benches),
      ({ benchId }) => cardIdOf(benchId),
    );
    const begun = this.#board.benches.filter(({ id, checks }) => checks.length > 0 && standings.has(id));
    this.#heat.replaceChildren(
      ...begun.map((card) => {
        const on = standings.get(card.id)!;
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
}
