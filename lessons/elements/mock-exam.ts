import {
  drawExam,
  EXAM_TASKS,
  type Exam,
  type ExamTask,
  keepExam,
  keptExam,
  leftMs,
  scoreByRow,
} from '../bench/exam.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';

const TICK_MS = 1000;

/** `<dd-exam tasks="[…]" base="/exercises/">`: a timed exam drawn from the exercises, and its score by topic. */
export class MockExam extends HTMLElement {
  readonly #clock = h('p', { class: 'exam-clock', role: 'timer' });
  #shown = '';

  connectedCallback(): void {
    setInterval(() => this.#draw(), TICK_MS);
    // Another tab hands a task in.
    addEventListener('storage', () => this.#draw());
    this.#draw();
  }

  #draw(): void {
    const exam = keptExam();
    const now = Date.now();
    if (exam !== undefined) setText(this.#clock, words.exam.left(clockText(leftMs(exam, now))));
    const running = exam !== undefined && leftMs(exam, now) > 0;
    const shown = JSON.stringify([exam, running]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (exam === undefined) this.replaceChildren(...this.#offer());
    else if (running) this.replaceChildren(this.#clock, this.#tasks(exam), this.#finish(exam));
    else this.replaceChildren(...this.#result(exam), ...this.#offer());
  }

  #offer(): HTMLElement[] {
    const all = JSON.parse(this.getAttribute('tasks') ?? '[]') as ExamTask[];
    const note = h('p', { role: 'status' });
    const begin = () => {
      const exam = drawExam(all, Math.random().toString(36).slice(2, 10), Date.now());
      if (!keepExam(exam)) setText(note, words.exam.notKept);
      this.#draw();
    };
    const count = Math.min(EXAM_TASKS, all.length);
    return [
      h('p', {}, words.exam.rules(count)),
      h('p', {}, h('button', { type: 'button', class: 'strong', onclick: begin }, words.exam.begin)),
      note,
    ];
  }

  #tasks({ id, tasks, earned }: Exam): HTMLElement {
    const lines = tasks.map(({ path, title, points }) =>
      h(
        'li',
        {},
        h('a', { href: `${this.getAttribute('base')}${path}/?exam=${id}` }, title),
        h('span', { class: 'quiet' }, ` ${words.home.points(points)}${path in earned ? `, ${words.exam.in}` : ''}`),
      ),
    );
    return h('ol', { class: 'exam-tasks' }, ...lines);
  }

  #finish(exam: Exam): HTMLElement {
    const end = () => {
      keepExam({ ...exam, endedMs: Date.now() });
      this.#draw();
    };
    return h('p', {}, h('button', { type: 'button', onclick: end }, words.exam.finish));
  }

  #result(exam: Exam): HTMLElement[] {
    const rows = scoreByRow(exam);
    // Where the lessons about a topic are.
    const map = this.getAttribute('map') ?? '';
    const earned = rows.reduce((sum, row) => sum + row.earned, 0);
    const points = rows.reduce((sum, row) => sum + row.points, 0);
    const head = h('tr', {}, h('th', { scope: 'col' }, words.exam.topic), h('th', { scope: 'col' }, words.exam.score));
    const lines = rows.map((row) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, h('a', { href: `${map}#row-${row.row}` }, words.syllabus[row.row] ?? '')),
        h('td', {}, words.exercise.score(row.earned, row.points)),
      ),
    );
    return [
      h('h2', {}, words.exam.result),
      h(
        'p',
        { class: 'score' },
        h('strong', {}, words.exercise.score(earned, points)),
        ` (${Math.round((100 * earned) / Math.max(1, points))} %)`,
      ),
      h('table', { class: 'exam-result' }, h('thead', {}, head), h('tbody', {}, ...lines)),
      h('h2', {}, words.exam.again),
    ];
  }
}

/** `<dd-exam-bar href="…">`: on the page of a task, while its exam is under way: the time left and the way back. */
export class ExamBar extends HTMLElement {
  connectedCallback(): void {
    const id = new URLSearchParams(location.search).get('exam');
    const exam = keptExam();
    if (id === null || exam?.id !== id) return;
    const clock = h('span', { role: 'timer' });
    const tick = () => setText(clock, words.exam.left(clockText(leftMs(exam, Date.now()))));
    setInterval(tick, TICK_MS);
    tick();
    this.append(
      h('p', { class: 'notice exam-bar' }, clock, h('a', { href: this.getAttribute('href') ?? '' }, words.exam.back)),
    );
  }
}

function clockText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1000);
  return `${minutes}:${String(seconds).padStart(2, '0')}`;
}
