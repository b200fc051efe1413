import type { CheckResult, GoalState } from '../bench/grading.ts';
import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';
import { type BenchDoor, theBench } from './the-bench.ts';

/** Something said to a learner: what it is about, and the words. */
interface SaidHint {
  readonly title: string;
  readonly step: number;
  readonly text: string;
}

const STEPS = 3;

/**
 * `<dd-hints>`: help in three steps for whatever is not right yet: a question, the author's hint, and what the cluster itself
 * says at this moment. It knows what holds now and what the last check found; without script all hints are there to open.
 */
export class ExerciseHints extends HTMLElement {
  readonly #said = h('ol', { class: 'said', role: 'list' });
  readonly #given = new Map<string, number>();
  #order: HTMLElement[] = [];
  #goals: readonly GoalState[] = [];
  #failed: ReadonlySet<string> | undefined;
  #door: BenchDoor | undefined;

  async connectedCallback(): Promise<void> {
    if (this.#order.length > 0) return;
    this.#order = [...this.querySelectorAll<HTMLElement>('.hint')];
    if (this.#order.length === 0) return;
    for (const hint of this.#order) hint.hidden = true;
    const more = h(
      'button',
      { type: 'button', class: 'quiet-button', onclick: () => void this.#press() },
      words.exercise.nextHint,
    );
    this.append(this.#said, more);
    document.addEventListener('dd-graded', (event) => {
      const checks = (event as CustomEvent<readonly CheckResult[]>).detail;
      this.#failed = new Set(checks.filter(({ passed }) => !passed).map(({ id }) => id));
    });
    this.#door = await theBench;
    this.#door.bench.goals.on((goals) => {
      this.#goals = goals;
    });
  }

  async #press(): Promise<void> {
    const hint = await this.next();
    const line = h(
      'li',
      { tabindex: -1 },
      h('p', { class: 'block-label' }, label(hint)),
      h('p', {}, ...inCode(hint.text)),
    );
    this.#said.append(line);
    line.focus();
  }

  /** The next thing to say, for the first check that does not hold; later steps for one that was asked about before. */
  async next(): Promise<SaidHint> {
    const hint = this.#order.find((each) => this.#isOpen(each.dataset['check'] ?? ''));
    if (hint === undefined) return { title: words.exercise.hints, step: 0, text: words.exercise.noHint };
    const { check = '', title = '', ask = '' } = hint.dataset;
    const step = Math.min(STEPS, (this.#given.get(check) ?? 0) + 1);
    this.#given.set(check, step);
    if (step === 1) return { title, step, text: ask };
    if (step === 2) return { title, step, text: hint.querySelector('.hint-text')?.textContent?.trim() ?? '' };
    return { title, step, text: await this.#stateOf(check) };
  }

  /** What holds now is not asked about; what can only be seen on a copy is, until a check has found it right. */
  #isOpen(check: string): boolean {
    const met = this.#goals.find(({ id }) => id === check)?.met;
    if (met === false) return true;
    if (met === true && this.#failed === undefined) return false;
    return this.#failed?.has(check) ?? true;
  }

  async #stateOf(check: string): Promise<string> {
    const report = await this.#door?.bench.remote?.grade();
    const result = report?.checks.find(({ id }) => id === check);
    if (result === undefined || result.passed) return words.exercise.holdsNow;
    return words.exercise.together([result.seen, ...result.why].map(words.exercise.said));
  }
}

function label({ title, step }: SaidHint): string {
  return step === 0 ? title : words.exercise.hintFor(title, step, STEPS);
}

/** A hint as a terminal shows it. */
export function hintLines(hint: SaidHint): readonly string[] {
  return [label(hint), hint.text];
}

/** A sentence in which backquotes set off code. */
export function inCode(sentence: string): (string | HTMLElement)[] {
  return sentence.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part));
}
