import type { CheckResult, GoalState, Report } from '../bench/grading.ts';
import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { reshape, shapeOf } from './container-state.ts';
import { h, setText } from './dom.ts';
import { type BenchDoor, theBench } from './the-bench.ts';

const SOLVED = 'solved';

/** `<dd-goals>`: what an exercise asks for, lit while it is true, and the button that has it checked in full. */
export class ExerciseGoals extends HTMLElement {
  readonly #report = h('div', { class: 'report', role: 'status' });
  readonly #check = h(
    'button',
    { type: 'button', class: 'strong', onclick: () => void this.#grade() },
    words.exercise.check,
  );
  readonly #solved = h('p', { class: 'solved', hidden: true }, shapeOf('good'), words.exercise.solvedNote);
  readonly #lines = new Map<string, { word: HTMLElement; shape: SVGElement; line: HTMLElement }>();
  #door: BenchDoor | undefined;

  async connectedCallback(): Promise<void> {
    if (this.#lines.size > 0) return;
    for (const line of this.querySelectorAll<HTMLElement>('[data-goal]')) this.#adopt(line);
    this.append(h('p', {}, this.#check), this.#report, this.#solved);
    this.#door = await theBench;
    const { bench } = this.#door;
    bench.goals.on((states) => this.#draw(states));
    bench.phase.on(({ kind }) => {
      this.#check.disabled = kind !== 'running';
    });
    const achieved = await (await openKeeping()).achieved();
    this.#showSolved(achieved.includes(`${bench.setup.id}/${SOLVED}`));
  }

  #adopt(line: HTMLElement): void {
    const shape = shapeOf('busy');
    const word = h('span', { class: 'word' }, words.exercise.unmet);
    line.prepend(shape);
    line.append(word);
    this.#lines.set(line.dataset['goal'] ?? '', { line, shape, word });
  }

  #draw(states: readonly GoalState[]): void {
    for (const { id, met } of states) {
      const line = this.#lines.get(id);
      if (line === undefined) continue;
      reshape(line.shape, met === true ? 'good' : 'busy');
      const { met: now, unmet, onCopy } = words.exercise;
      setText(line.word, met === undefined ? onCopy : met ? now : unmet);
      line.line.toggleAttribute('data-met', met === true);
    }
  }

  async #grade(): Promise<void> {
    const { bench } = this.#door!;
    this.#check.disabled = true;
    this.#report.replaceChildren(h('p', { class: 'quiet' }, words.exercise.checking));
    try {
      const report = await bench.remote?.grade();
      if (report !== undefined) await this.#show(report);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#report.replaceChildren(h('p', {}, words.exercise.failed(message)));
    } finally {
      this.#check.disabled = false;
    }
  }

  async #show(report: Report): Promise<void> {
    const score = words.exercise.score(report.earned, report.points);
    this.#report.replaceChildren(
      h('p', { class: 'score' }, h('strong', {}, score), report.passed ? ` ${words.exercise.passed}` : undefined),
      h('ul', { class: 'results', role: 'list' }, ...report.checks.map((check) => this.#result(check))),
    );
    if (!report.passed) return;
    await (await openKeeping()).achieve(`${this.#door!.bench.setup.id}/${SOLVED}`);
    this.#showSolved(true);
  }

  /** The reference solution is for after the exercise. */
  #showSolved(solved: boolean): void {
    this.#solved.hidden = !solved;
    for (const solution of document.querySelectorAll<HTMLElement>('.solution')) solution.hidden = !solved;
  }

  #result({ title, passed, points, seen, why, where, ask }: CheckResult): HTMLElement {
    const facts = h('dl');
    const fact = (name: string, value: string | Node | undefined) => {
      if (value !== undefined && value !== '') facts.append(h('div', {}, h('dt', {}, name), h('dd', {}, value)));
    };
    if (!passed) {
      fact(words.exercise.seen, seen);
      for (const cause of why) fact(words.exercise.why, cause);
      if (where !== undefined) fact(words.exercise.where, this.#place(where, seen));
      if (ask !== undefined) fact(words.exercise.try, withCode(ask));
    }
    const word = passed ? words.exercise.pass : words.exercise.fail;
    const verdict = h('span', { class: 'word' }, `${word}, ${words.home.points(points)}`);
    return h(
      'li',
      { 'data-passed': passed },
      h('p', {}, shapeOf(passed ? 'good' : 'bad'), h('strong', {}, title), verdict),
      passed ? undefined : facts,
    );
  }

  #place(where: NonNullable<CheckResult['where']>, seen: string): HTMLElement {
    const open = () => void this.#door?.openFile(where.file, where.line, seen);
    return h(
      'button',
      { type: 'button', class: 'link-button', onclick: open },
      words.exercise.at(where.file, where.line),
    );
  }
}

/** A sentence in which backquotes set off code. */
function withCode(sentence: string): HTMLElement {
  const parts = sentence.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part));
  return h('span', {}, ...parts);
}

/** `<dd-hints>`: hints shown one at a time, each when asked for. */
export class ExerciseHints extends HTMLElement {
  connectedCallback(): void {
    const hints = [...this.querySelectorAll<HTMLElement>('.hint')];
    if (this.querySelector('button') !== null || hints.length === 0) return;
    for (const hint of hints) hint.hidden = true;
    let shown = 0;
    const label = () => words.exercise.nextHint(shown + 1, hints.length);
    const more = h('button', { type: 'button', class: 'quiet-button' }, label());
    more.addEventListener('click', () => {
      const hint = hints[shown++]!;
      hint.hidden = false;
      hint.tabIndex = -1;
      hint.focus();
      if (shown === hints.length) more.remove();
      else more.textContent = label();
    });
    this.append(more);
  }
}
