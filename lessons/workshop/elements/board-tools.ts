import { h, setText } from '../../elements/dom.ts';
import { saveAs } from '../../elements/save-file.ts';
import type { Board } from '../board.ts';
import { type WorkshopApi, WorkshopError } from '../client/api.ts';
import { words } from '../page-words.ts';
import type { Settings } from '../records.ts';

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
  readonly #api: WorkshopApi;
  readonly #board: Board;
  readonly #outcome = h('p', { role: 'status' });
  #settings: Settings;

  constructor(api: WorkshopApi, board: Board) {
    this.#api = api;
    this.#board = board;
    this.#settings = board.settings;
    this.element = h(
      'section',
      { class: 'board-tools' },
      h('h2', {}, words.board.tools),
      this.#outcome,
      this.#say(),
      this.#point(),
      this.#fault(),
      this.#time(),
      this.#locks(),
      this.#grades(),
    );
  }

  #say(): HTMLElement {
    const { board } = words;
    const text = h('input', { required: true, maxlength: 1000 });
    return this.#form([h('label', {}, board.say, text)], board.send, async () => {
      await this.#post({ kind: 'announce', text: text.value });
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
    return this.#form([h('label', {}, board.point, choice)], board.pointDo, () =>
      this.#post({ kind: 'point', ...JSON.parse(choice.value) }),
    );
  }

  #fault(): HTMLElement {
    const { board } = words;
    const choice = h(
      'select',
      {},
      ...Object.entries(board.faults).map(([value, label]) => h('option', { value }, label)),
    );
    return this.#form([h('label', {}, board.fault, choice)], board.faultDo, async () => {
      if (!confirm(board.faultAsk)) return;
      await this.#post({ kind: 'fault', fault: FAULTS[choice.value], text: board.faults[choice.value] });
    });
  }

  #time(): HTMLElement {
    const { board } = words;
    const pause = h(
      'button',
      { type: 'button', onclick: () => void this.#pause(pause) },
      this.#settings.paused ? board.resume : board.pause,
    );
    const minutes = h('input', { type: 'number', min: 1, max: 600, value: 10, required: true });
    const until = h('input', { type: 'datetime-local', required: true });
    const stop = h(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => void this.#change({ timerUntil: null }) },
      board.timerStop,
    );
    return h(
      'div',
      {},
      h('p', {}, pause),
      this.#form(
        [h('label', {}, board.timer, minutes)],
        board.timerDo,
        () => this.#change({ timerUntil: Date.now() + Number(minutes.value) * 60_000 }),
        stop,
      ),
      this.#form([h('label', {}, board.until, until)], board.untilDo, () =>
        this.#change({ closesAt: new Date(until.value).getTime() }),
      ),
    );
  }

  async #pause(button: HTMLElement): Promise<void> {
    const paused = !this.#settings.paused;
    await this.#change({ paused });
    setText(button, paused ? words.board.resume : words.board.pause);
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
    const box = h('input', {
      type: 'checkbox',
      checked: this.#settings[setting].includes(id),
      onchange: () => {
        const others = this.#settings[setting].filter((each) => each !== id);
        void this.#change({ [setting]: box.checked ? [...others, id] : others });
      },
    });
    return h('label', {}, box, ` ${label}`);
  }

  #grades(): HTMLElement {
    const { board } = words;
    const grade = async (): Promise<void> => {
      const { grading } = await this.#api.fetch('/grade', { method: 'POST' }).then((response) => response.json());
      setText(this.#outcome, board.grading(grading));
    };
    const files: readonly (readonly [label: string, path: string, name: string])[] = [
      [`${board.grades} (CSV)`, '/grades/csv', 'grades.csv'],
      [`${board.grades} (JSON)`, '/grades/json', 'grades.json'],
      [`${board.grades} (JUnit)`, '/grades/xml', 'grades.xml'],
      [board.exportAll, '/export', 'workshop.jsonl'],
    ];
    return h(
      'p',
      { class: 'board-bar' },
      h('button', { type: 'button', onclick: () => void this.#try(grade) }, board.grade),
      ...files.map(([label, path, name]) =>
        h(
          'button',
          { type: 'button', class: 'quiet-button', onclick: () => void this.#try(() => this.#save(path, name)) },
          label,
        ),
      ),
    );
  }

  /** A link could not carry the key. */
  async #save(path: string, name: string): Promise<void> {
    saveAs(name, await (await this.#api.fetch(path)).text());
  }

  #form(
    fields: readonly HTMLElement[],
    label: string,
    send: () => Promise<void>,
    ...more: readonly HTMLElement[]
  ): HTMLElement {
    const submit = (event: Event): void => {
      event.preventDefault();
      void this.#try(send);
    };
    return h(
      'form',
      { class: 'board-bar', onsubmit: submit },
      ...fields,
      h('button', { type: 'submit' }, label),
      ...more,
    );
  }

  async #try(action: () => Promise<void>): Promise<void> {
    try {
      setText(this.#outcome, '');
      await action();
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      setText(this.#outcome, error.message);
    }
  }

  async #post(body: object): Promise<void> {
    await this.#api.call('POST', '/messages', { body });
    setText(this.#outcome, words.board.sent);
  }

  async #change(change: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#try(async () => {
      await this.#api.call('PATCH', '/settings', change);
      this.#settings = { ...this.#settings, ...change } as Settings;
    });
  }
}
