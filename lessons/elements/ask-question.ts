import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

/**
 * `<dd-ask of="pod harbour" path="status.podIP">`: a question whose answer is in the cluster. What is typed is compared
 * with what is so at that moment; the text inside is shown after a right answer, and again when the page is.
 */
export class AskQuestion extends HTMLElement {
  readonly #verdict = h('p', { class: 'predict-verdict', role: 'status' });

  connectedCallback(): void {
    const rest = this.querySelector<HTMLElement>('.ask-answer');
    const question = this.querySelector('.ask-question');
    if (rest === null || question === null || this.querySelector('form') !== null) return;
    rest.hidden = true;
    rest.tabIndex = -1;
    const field = h('input', {
      type: 'text',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': question.textContent ?? '',
    });
    const form = h('form', {}, field, h('button', { type: 'submit' }, words.ask.check));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#grade(field.value, rest);
    });
    question.after(form, this.#verdict);
    void this.#recall(rest);
  }

  async #grade(typed: string, rest: HTMLElement): Promise<void> {
    const door = await theBench;
    if (!(await door.runsHere())) return;
    const right = await door.bench.remote?.field(this.getAttribute('of') ?? '', this.getAttribute('path') ?? '');
    if (right === undefined) {
      setText(this.#verdict, words.ask.notYet);
      return;
    }
    const same = plain(typed) === plain(right);
    setText(this.#verdict, same ? words.ask.right : words.ask.wrong);
    this.toggleAttribute('data-done', same);
    if (!same) return;
    rest.hidden = false;
    await (await openKeeping()).achieve(await this.#goal());
  }

  async #recall(rest: HTMLElement): Promise<void> {
    const [keeping, goal] = await Promise.all([openKeeping(), this.#goal()]);
    if (!(await keeping.achieved()).includes(goal)) return;
    rest.hidden = false;
    this.toggleAttribute('data-done', true);
    setText(this.#verdict, words.ask.answered);
  }

  async #goal(): Promise<string> {
    const { bench } = await theBench;
    return `${bench.setup.id}/ask ${this.getAttribute('of')} ${this.getAttribute('path')}`;
  }
}

/** Spelling that says nothing: case, quotes, and blanks about it. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^["'`]|["'`]$/g, '')
    .toLowerCase();
}
