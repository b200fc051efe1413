import { type Exam, examOfPage, keepExam, keptExam } from '../bench/exam.ts';
import type { CheckResult, GoalState, Report } from '../bench/grading.ts';
import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { reshape, shapeOf } from './container-state.ts';
import { h, setText } from './dom.ts';
import { inCode } from './exercise-hints.ts';
import { type BenchDoor, theBench } from './the-bench.ts';

const SOLVED = 'solved';

/** `<dd-goals>`: what an exercise asks for, lit while it is true, and the button that has it checked in full. */
export class ExerciseGoals extends HTMLElement {
  readonly #report = h('div', { class: 'report', role: 'status' });
  readonly #check = h(
    'button',
    { type: 'button', class: 'strong', onclick: () => void this.grade() },
    words.exercise.check,
  );
  readonly #solved = h('p', { class: 'solved', hidden: true }, shapeOf('good'), words.exercise.solvedNote);
  readonly #lines = new Map<string, { word: HTMLElement; shape: SVGElement; line: HTMLElement }>();
  readonly #exam: Exam | undefined = examOfPage(Date.now());
  #goals: readonly GoalState[] = [];
  #door: BenchDoor | undefined;

  /** In an exam there are no hints, and nothing is said of what is right. */
  get inExam(): boolean {
    return this.#exam !== undefined;
  }

  async connectedCallback(): Promise<void> {
    if (this.#lines.size > 0) return;
    if (this.inExam) {
      setText(this.#check, words.exam.handIn);
      for (const hints of document.querySelectorAll<HTMLElement>('.hints, .onward, .goal-note')) hints.hidden = true;
    }
    for (const line of this.querySelectorAll<HTMLElement>('[data-goal]')) this.#adopt(line);
    this.append(h('p', {}, this.#check), this.#report, this.#solved);
    this.#door = await theBench;
    const { bench } = this.#door;
    bench.goals.on((states) => this.#draw(states));
    bench.phase.on(({ kind }) => {
      // Where another tab has the cluster, a press asks for it.
      this.#check.disabled = kind !== 'running' && kind !== 'elsewhere';
    });
    const achieved = await (await openKeeping()).achieved();
    if (!this.inExam && achieved.includes(this.#solvedGoal)) this.#showSolved();
  }

  #adopt(line: HTMLElement): void {
    const shape = shapeOf('busy');
    const word = h('span', { class: 'word' }, words.exercise.unmet);
    if (this.inExam) line.prepend(h('span', { 'aria-hidden': 'true' }, '·'));
    else {
      line.prepend(shape);
      line.append(word);
    }
    this.#lines.set(line.dataset['goal'] ?? '', { line, shape, word });
  }

  /** Any variant that is solved solves the exercise. */
  get #solvedGoal(): string {
    return `exercise/${this.#door?.bench.setup.exercise?.id}/${SOLVED}`;
  }

  /** The goals and how they stand, for a terminal. */
  lines(): readonly string[] {
    return [...this.#lines].map(([id, { line, word }]) => {
      const met = !this.inExam && this.#goals.find((goal) => goal.id === id)?.met === true;
      const title = line.querySelector('.goal-title')?.textContent ?? '';
      return `${met ? '✓' : '·'} ${title}${this.inExam ? '' : `: ${word.textContent}`}`;
    });
  }

  /** Shows the reference solution if the exercise has been solved; returns whether it has. */
  showSolution(): boolean {
    const solution = document.querySelector<HTMLElement>('.solution');
    if (solution === null || solution.hidden) return false;
    solution.scrollIntoView();
    return true;
  }

  #draw(states: readonly GoalState[]): void {
    this.#goals = states;
    if (this.inExam) return;
    for (const { id, met } of states) {
      const line = this.#lines.get(id);
      if (line === undefined) continue;
      reshape(line.shape, met === true ? 'good' : 'busy');
      const { met: now, unmet, onCopy } = words.exercise;
      setText(line.word, met === undefined ? onCopy : met ? now : unmet);
      line.line.toggleAttribute('data-met', met === true);
    }
  }

  /** Grades on copies of the cluster and shows the report; in an exam it is handed in and not shown. */
  async grade(): Promise<Report | undefined> {
    const door = this.#door!;
    if (!(await door.runsHere())) return undefined;
    const { bench } = door;
    const pressed = document.activeElement === this.#check;
    this.#check.disabled = true;
    this.#report.replaceChildren(h('p', { class: 'quiet' }, words.exercise.checking));
    try {
      const report = await bench.remote?.grade();
      if (report !== undefined && this.#exam !== undefined) {
        this.#handIn(this.#exam, report);
        return undefined;
      }
      if (report !== undefined) await this.#show(report);
      return report;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#report.replaceChildren(h('p', {}, words.exercise.failed(message)));
      return undefined;
    } finally {
      this.#check.disabled = false;
      // A button that is disabled loses the focus, and who goes by the keyboard their place.
      if (pressed && document.activeElement === document.body) this.#check.focus();
    }
  }

  #handIn({ id }: Exam, report: Report): void {
    const exam = keptExam();
    const path = this.#door!.bench.setup.id.replace(/^exam\/[^/]*\//, '');
    const open = exam?.id === id && examOfPage(Date.now()) !== undefined;
    if (open) keepExam({ ...exam, earned: { ...exam.earned, [path]: report.earned } });
    const href = document.querySelector('dd-exam-bar')?.getAttribute('href') ?? '';
    this.#report.replaceChildren(
      h('p', {}, open ? words.exam.handedIn : words.exam.over),
      h('p', {}, h('a', { href }, words.exam.back)),
    );
  }

  async #show(report: Report): Promise<void> {
    document.dispatchEvent(new CustomEvent('dd-graded', { detail: report.checks }));
    const score = words.exercise.score(report.earned, report.points);
    const edited = report.passed ? undefined : this.#door?.bench.edited;
    this.#report.replaceChildren(
      h('p', { class: 'score' }, h('strong', {}, score), report.passed ? ` ${words.exercise.passed}` : undefined),
      edited?.endsWith('.yaml') ? h('p', {}, words.exercise.notApplied(edited)) : '',
      h('ul', { class: 'results', role: 'list' }, ...report.checks.map((check) => this.#result(check))),
    );
    if (!report.passed) return;
    await (await openKeeping()).achieve(this.#solvedGoal);
    this.#showSolved();
  }

  /** The reference solution is for after the exercise, unless a workshop shows it sooner. */
  #showSolved(): void {
    this.#solved.hidden = false;
    for (const solution of document.querySelectorAll<HTMLElement>('.solution')) solution.hidden = false;
  }

  #result({ title, passed, points, seen, why, where, ask }: CheckResult): HTMLElement {
    const facts = h('dl');
    const fact = (name: string, value: string | Node | undefined) => {
      if (value !== undefined && value !== '') facts.append(h('div', {}, h('dt', {}, name), h('dd', {}, value)));
    };
    if (!passed) {
      fact(words.exercise.seen, words.exercise.said(seen));
      for (const cause of why) fact(words.exercise.why, words.exercise.said(cause));
      if (where !== undefined) fact(words.exercise.where, this.#place(where, seen));
      if (ask !== undefined) fact(words.exercise.try, h('span', {}, ...inCode(ask)));
    }
    const word = passed ? words.exercise.pass : words.exercise.fail;
    const verdict = h('span', { class: 'word' }, words.site.listed(word, words.home.points(points)));
    return h(
      'li',
      { 'data-passed': passed },
      h('p', {}, shapeOf(passed ? 'good' : 'bad'), h('strong', {}, title), verdict),
      passed ? undefined : facts,
    );
  }

  #place(where: NonNullable<CheckResult['where']>, seen: string): HTMLElement {
    const open = () => void this.#door?.openFile(where.file, where.line, words.exercise.said(seen));
    return h(
      'button',
      { type: 'button', class: 'link-button', onclick: open },
      words.exercise.at(where.file, where.line),
    );
  }
}
