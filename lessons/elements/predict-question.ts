import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

/**
 * `<dd-predict answer="1">`: a question to be answered before the experiment. Its radio buttons and its answer are in the
 * page; without script the answer is simply there to read. With `quiz` it is a check of understanding: it may be tried
 * until it is passed, and then it stays so on this device, in every language, and shows its answer when the page is opened
 * again.
 */
export class PredictQuestion extends HTMLElement {
  readonly #verdict = h('p', { class: 'predict-verdict', role: 'status' });
  readonly #reveal = h('button', { type: 'submit' }, this.#isQuiz ? words.quiz.check : words.predict.reveal);
  /** For who would rather read than try again. */
  readonly #giveUp = h(
    'button',
    { type: 'button', class: 'quiet-button', hidden: true, onclick: () => this.#tell() },
    words.quiz.show,
  );

  connectedCallback(): void {
    const answer = this.querySelector<HTMLElement>('.predict-answer');
    const form = this.querySelector('form');
    if (answer === null || form === null || this.hasAttribute('data-asked')) return;
    this.toggleAttribute('data-asked', true);
    answer.hidden = true;
    answer.tabIndex = -1;
    form.append(this.#reveal, this.#giveUp, this.#verdict);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = new FormData(form).getAll('guess').map(String);
      if (chosen.length === 0) setText(this.#verdict, words.predict.choose);
      else this.#judge(chosen);
    });
    if (this.#isQuiz) void this.#recall();
  }

  get #isQuiz(): boolean {
    return this.hasAttribute('quiz');
  }

  get #right(): readonly string[] {
    return (this.getAttribute('answer') ?? '').split(',');
  }

  #judge(chosen: readonly string[]): void {
    const passed = chosen.join() === this.#right.join();
    if (this.#isQuiz && !passed) {
      // What was read meanwhile stays in sight.
      this.#giveUp.hidden = !this.#answer.hidden;
      setText(this.#verdict, words.quiz.wrong);
      return;
    }
    this.#show();
    this.#close();
    setText(this.#verdict, passed ? words.predict.right : this.#rightText());
    if (this.#isQuiz) void this.#keep();
  }

  /** Tells the answer, and leaves the question to be answered. */
  #tell(): void {
    this.#show();
    setText(this.#verdict, this.#rightText());
    this.#answer.focus();
    this.#giveUp.hidden = true;
  }

  #rightText(): string {
    const right = this.#rightLabels().map((label) => label.textContent?.trim() ?? '');
    return words.predict.wrong(right.join(' · '));
  }

  #rightLabels(): readonly HTMLLabelElement[] {
    return [...this.querySelectorAll('label')].filter((label) =>
      this.#right.includes(label.querySelector('input')?.value ?? ''),
    );
  }

  get #answer(): HTMLElement {
    return this.querySelector<HTMLElement>('.predict-answer')!;
  }

  /** Marks the right options and opens the answer. */
  #show(): void {
    for (const label of this.#rightLabels()) label.toggleAttribute('data-right', true);
    this.#answer.hidden = false;
  }

  /** There is nothing more to try. Who pressed the button that goes reads on in the answer. */
  #close(): void {
    if (document.activeElement === this.#reveal) this.#answer.focus({ preventScroll: true });
    this.#reveal.remove();
    this.#giveUp.remove();
  }

  async #keep(): Promise<void> {
    const [goal] = await this.#goals();
    await (await openKeeping()).achieve(goal);
  }

  async #recall(): Promise<void> {
    const [keeping, goals] = await Promise.all([openKeeping(), this.#goals()]);
    const passed = (await keeping.achieved()).some((goal) => goals.includes(goal));
    // Who has begun to choose meanwhile is not overruled.
    if (!passed || this.querySelector('input:checked') !== null) return;
    this.#show();
    this.#close();
    for (const label of this.#rightLabels()) label.querySelector('input')!.checked = true;
    setText(this.#verdict, words.quiz.passed);
  }

  /**
   * What it is kept under: its number, since languages have the same questions in the same order, each in its own words.
   * Older versions of the site kept it under the words, which still count.
   */
  async #goals(): Promise<readonly [string, string]> {
    const { bench } = await theBench;
    const number = 1 + [...document.querySelectorAll('dd-predict[quiz]')].indexOf(this);
    return [`${bench.setup.id}/quiz ${number}`, `${bench.setup.id}/quiz ${this.getAttribute('quiz')}`];
  }
}
