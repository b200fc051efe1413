import { h, setText } from '../../elements/dom.ts';
import type { Board } from '../board.ts';
import { words } from '../page-words.ts';
import { BoardGrades } from './board-grades.ts';
import { boardRules } from './board-rules.ts';
import type { Deeds } from './deeds.ts';

/** What the class-wide faults are, by the words' keys. */
const FAULTS: Readonly<Record<string, object>> = {
  'node-1': { type: 'power-off', host: 'node-1' },
  'node-2': { type: 'power-off', host: 'node-2' },
  scheduler: {
    type: 'kill-container',
    namespace: 'kube-system',
    pod: 'kube-scheduler-control-plane',
    container: 'kube-scheduler',
  },
};

/** What the instructor leads with: words, pointing, faults, time, locks, grades. */
export class BoardTools {
  readonly element: HTMLElement;
  readonly grades: BoardGrades;
  readonly #deeds: Deeds;
  readonly #board: Board;

  constructor(deeds: Deeds, board: Board) {
    this.#deeds = deeds;
    this.#board = board;
    this.grades = new BoardGrades(deeds);
    const { tools, rules } = words.board;
    this.element = h(
      'section',
      { class: 'board-tools' },
      h('h2', { id: 'lead', tabindex: -1 }, tools),
      deeds.outcome,
      this.#say(),
      this.#point(),
      this.#fault(),
      this.#time(),
      this.#locks(),
      h('h2', {}, rules),
      boardRules(deeds),
      this.grades.element,
    );
  }

  #say(): HTMLElement {
    const { board } = words;
    const text = h('input', { required: true, maxlength: 1000 });
    return this.#deeds.form([h('label', {}, board.say, text)], board.send, async () => {
      await this.#deeds.post({ kind: 'announce', text: text.value });
      text.value = '';
    });
  }

  #point(): HTMLElement {
    const { board } = words;
    const choices = this.#board.benches.flatMap(({ id, title, checks }) => [
      h('option', { value: JSON.stringify({ benchId: id }) }, title),
      ...checks.map((check) =>
        h('option', { value: JSON.stringify({ benchId: id, checkId: check.id }) }, `${title}: ${check.title}`),
      ),
    ]);
    const choice = h('select', {}, ...choices);
    return this.#deeds.form([h('label', {}, board.point, choice)], board.pointDo, () =>
      this.#deeds.post({ kind: 'point', ...JSON.parse(choice.value) }),
    );
  }

  #fault(): HTMLElement {
    const { board } = words;
    const choice = h(
      'select',
      {},
      ...Object.entries(board.faults).map(([value, label]) => h('option', { value }, label)),
    );
    return this.#deeds.form([h('label', {}, board.fault, choice)], board.faultDo, async () => {
      if (!confirm(board.faultAsk)) return;
      await this.#deeds.post({ kind: 'fault', fault: FAULTS[choice.value], text: board.faults[choice.value] });
    });
  }

  #time(): HTMLElement {
    const { board } = words;
    const deeds = this.#deeds;
    const pause = deeds.button('', () => deeds.change(({ paused }) => ({ paused: !paused })), false);
    deeds.onSettings(({ paused }) => setText(pause, paused ? board.resume : board.pause));
    const stop = deeds.button(board.timerStop, () => deeds.change(() => ({ timerUntil: null })));
    deeds.onSettings(({ timerUntil }) => {
      stop.hidden = timerUntil === undefined;
    });
    const minutes = h('input', { type: 'number', min: 1, max: 600, value: 10, required: true });
    return h(
      'div',
      {},
      h('p', {}, pause),
      deeds.form(
        [h('label', {}, board.timer, minutes)],
        board.timerDo,
        () => deeds.change(() => ({ timerUntil: deeds.now + Number(minutes.value) * 60_000 })),
        stop,
      ),
    );
  }

  #locks(): HTMLElement {
    const { board } = words;
    const line = ({ id, title, exercise }: Board['benches'][number]): HTMLElement => {
      const lock = this.#toggle(board.lock, 'locked', id);
      const reveal = exercise === undefined ? undefined : this.#toggle(board.reveal, 'revealed', id);
      return h('tr', {}, h('th', { scope: 'row' }, title), h('td', {}, lock), h('td', {}, reveal));
    };
    const table = h('table', {}, h('tbody', {}, ...this.#board.benches.map(line)));
    return h('details', {}, h('summary', {}, board.settings), table);
  }

  #toggle(label: string, setting: 'locked' | 'revealed', id: string): HTMLElement {
    const deeds = this.#deeds;
    const toggle = (): void => {
      const { checked } = box;
      void deeds.change((settings) => {
        const others = settings[setting].filter((each) => each !== id);
        return { [setting]: checked ? [...others, id] : others };
      });
    };
    const box = h('input', { type: 'checkbox', onchange: toggle });
    deeds.onSettings((settings) => {
      box.checked = settings[setting].includes(id);
    });
    return h('label', {}, box, ` ${label}`);
  }
}
