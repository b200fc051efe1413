import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';

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
    const reveal = h('button', { type: 'submit' }, words.predict.reveal);
    form.append(reveal, verdict);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const chosen = new FormData(form).get('guess');
      if (chosen === null) {
        setText(verdict, words.predict.choose);
        return;
      }
      const right = this.getAttribute('answer') ?? '';
      const label = form.querySelector(`input[value="${CSS.escape(right)}"]`)?.closest('label');
      for (const option of form.querySelectorAll('label')) option.toggleAttribute('data-right', option === label);
      setText(verdict, chosen === right ? words.predict.right : words.predict.wrong(label?.textContent?.trim() ?? ''));
      answer.hidden = false;
      reveal.remove();
    });
  }
}
