import { h, setText } from '../../elements/dom.ts';
import { saveAs } from '../../elements/save-file.ts';
import { words } from '../page-words.ts';
import type { MovedGrade } from '../server/counted-grades.ts';
import type { Deeds } from './deeds.ts';

interface Progress {
  readonly asked: number;
  readonly done: number;
}

/** Grading, whose grade moves by grading again, and the files that are taken home. */
export class BoardGrades {
  readonly element: HTMLElement;
  readonly #deeds: Deeds;
  readonly #progress = h('progress', { max: 1, value: 0, hidden: true, 'aria-label': words.board.grades });
  readonly #state = h('span', { role: 'status' });
  readonly #moved = h('div', { class: 'moved' });
  /** When grading again was asked for, while its outcome is not shown. */
  #again: number | undefined;

  constructor(deeds: Deeds) {
    this.#deeds = deeds;
    const { board } = words;
    const files: readonly (readonly [label: string, path: string, name: string])[] = [
      [`${board.grades} (CSV)`, '/grades/csv', 'grades.csv'],
      [`${board.grades} (JSON)`, '/grades/json', 'grades.json'],
      [`${board.grades} (JUnit)`, '/grades/xml', 'grades.xml'],
      [board.exportAll, '/export', 'workshop.jsonl'],
    ];
    this.element = h(
      'section',
      {},
      h('h2', { id: 'grades', tabindex: -1 }, board.grades),
      h(
        'p',
        { class: 'board-bar' },
        deeds.button(board.grade, () => this.#grade(false), false),
        deeds.button(board.gradeAgain, () => this.#grade(true)),
        this.#progress,
        this.#state,
      ),
      this.#moved,
      h(
        'p',
        { class: 'board-bar' },
        ...files.map(([label, path, name]) => deeds.button(label, () => this.#save(path, name))),
      ),
    );
  }

  /** How far grading has come. */
  hear({ asked, done }: Progress): void {
    this.#progress.max = Math.max(1, asked);
    this.#progress.value = done;
    this.#progress.hidden = done >= asked;
    setText(this.#state, asked === 0 ? '' : words.board.graded(done, asked));
    if (done >= asked && this.#again !== undefined) void this.#deeds.try(() => this.#showMoved());
  }

  async #grade(again: boolean): Promise<void> {
    this.#moved.replaceChildren();
    const request = {
      method: 'POST',
      body: JSON.stringify({ again }),
      headers: { 'content-type': 'application/json' },
    };
    const answer = await this.#deeds.api.fetch('/grade', request);
    const { grading, at } = (await answer.json()) as { grading: number; at: number };
    this.#again = again ? at : undefined;
    this.#deeds.say(words.board.grading(grading));
    if (again && grading === 0) await this.#showMoved();
  }

  async #showMoved(): Promise<void> {
    const since = this.#again;
    this.#again = undefined;
    const { board } = words;
    const moved = await this.#deeds.api.call<readonly (MovedGrade & { name: string })[]>(
      'GET',
      `/moves?since=${since}`,
    );
    const lines = moved.map(({ name, exerciseId, before, after, points, checks, problem }) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, name),
        h('td', {}, exerciseId),
        h('td', {}, `${before} → ${after} / ${points}`),
        h('td', {}, problem ?? checks.map((check) => movedCheck(check)).join('; ')),
      ),
    );
    const head = [board.name, board.exercise, board.movedGrade, board.movedBy].map((text) =>
      h('th', { scope: 'col' }, text),
    );
    this.#moved.replaceChildren(
      h('p', { role: 'status' }, board.moved(moved.length)),
      ...(moved.length === 0
        ? []
        : [
            h(
              'div',
              { class: 'board-scroll', tabindex: 0, role: 'region', 'aria-label': board.movedGrade },
              h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...lines)),
            ),
          ]),
    );
  }

  /** A link could not carry the key. */
  async #save(path: string, name: string): Promise<void> {
    saveAs(name, await (await this.#deeds.api.fetch(path)).blob());
  }
}

function movedCheck({ title, before, after }: MovedGrade['checks'][number]): string {
  return `${title}: ${before ?? '–'} → ${after ?? '–'}`;
}
