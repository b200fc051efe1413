import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

/**
 * `<dd-predict answer="1">`: a question to be answered before the experiment. Its radio buttons and its answer are in the
 * page; without script the answer is simply there to read. With `quiz` it is a check of understanding: one that was passed
 * stays so on this device, and shows its answer when the page is opened again.
 */
export class PredictQuestion extends HTMLElement {
  readonly #verdict = h('p', { class: 'predict-verdict', role: 'status' });
  readonly #reveal = h('button', { type: 'submit' }, this.#isQuiz ? words.quiz.check : words.predict.reveal);

  connectedCallback(): void {
    const answer = this.querySelector<HTMLElement>('.predict-answer');
    const form = this.querySelector('form');
    if (answer === null || form === null || this.hasAttribute('data-asked')) return;
    this.toggleAttribute('data-asked', true);
    answer.hidden = true;
    answer.tabIndex = -1;
    form.append(this.#reveal, this.#verdict);
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
    const answers = this.#show().map((label) => label.textContent?.trim() ?? '');
    setText(this.#verdict, passed ? words.predict.right : words.predict.wrong(answers.join(' · ')));
    if (passed && this.#isQuiz) void this.#keep();
  }

  /** Marks the right options and opens the answer; returns the options' labels. */
  #show(): readonly HTMLLabelElement[] {
    const labels = [...this.querySelectorAll('label')].filter((label) =>
      this.#right.includes(label.querySelector('input')?.value ?? ''),
    );
    for (const label of labels) label.toggleAttribute('data-right', true);
    this.querySelector<HTMLElement>('.predict-answer')!.hidden = false;
    this.#reveal.remove();
    return labels;
  }

  async #keep(): Promise<void> {
    await (await openKeeping()).achieve(await this.#goal());
  }

  async #recall(): Promise<void> {
    const [keeping, goal] = await Promise.all([openKeeping(), this.#goal()]);
    const passed = (await keeping.achieved()).includes(goal);
    // Who has begun to choose meanwhile is not overruled.
    if (!passed || this.querySelector('input:checked') !== null) return;
    for (const label of this.#show()) label.querySelector('input')!.checked = true;
    setText(this.#verdict, words.quiz.passed);
  }

  async #goal(): Promise<string> {
    const { bench } = await theBench;
    return `${bench.setup.id}/quiz ${this.getAttribute('quiz')}`;
  }
}
