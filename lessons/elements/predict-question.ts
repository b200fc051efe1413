import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

/**
 * `<dd-predict answer="1">`: a question to be answered before the experiment. Its radio buttons and its answer are in the
 * page; without script the answer is simply there to read.
 */
export class PredictQuestion extends HTMLElement {
  connectedCallback(): void {
    const answer = this.querySelector<HTMLElement>('.predict-answer');
    const form = this.querySelector('form');
    if (answer === null || form === null || this.hasAttribute('data-asked')) return;
    this.toggleAttribute('data-asked', true);
    answer.hidden = true;
    answer.tabIndex = -1;
    const verdict = h('p', { class: 'predict-verdict', role: 'status' });
    const isQuiz = this.hasAttribute('quiz');
    const reveal = h('button', { type: 'submit' }, isQuiz ? words.quiz.check : words.predict.reveal);
    form.append(reveal, verdict);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = new FormData(form).getAll('guess').map(String);
      if (chosen.length === 0) {
        setText(verdict, words.predict.choose);
        return;
      }
      const right = (this.getAttribute('answer') ?? '').split(',');
      const labels = right.map((each) => form.querySelector(`input[value="${CSS.escape(each)}"]`)?.closest('label'));
      for (const option of form.querySelectorAll('label'))
        option.toggleAttribute('data-right', labels.includes(option));
      const passed = chosen.join() === right.join();
      const answers = labels.map((label) => label?.textContent?.trim() ?? '').join(' · ');
      setText(verdict, passed ? words.predict.right : words.predict.wrong(answers));
      answer.hidden = false;
      reveal.remove();
      if (passed && this.hasAttribute('quiz')) void this.#keep();
    });
  }

  /** A check of understanding that was passed stays so on this device. */
  async #keep(): Promise<void> {
    const { bench } = await theBench;
    await (await openKeeping()).achieve(`${bench.setup.id}/quiz ${this.getAttribute('quiz')}`);
  }
}
