import { diffLines } from '../bench/line-diff.ts';
import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';
import { theBench } from './the-bench.ts';

/** `<dd-compare file="pod.yaml">`: a file of the reference solution, and on demand what differs from the learner's. */
export class CompareFiles extends HTMLElement {
  connectedCallback(): void {
    const code = this.querySelector('pre');
    if (code === null || this.querySelector('button') !== null) return;
    const reference = code.textContent ?? '';
    const place = h('pre', { class: 'diff', tabindex: 0, hidden: true, 'aria-label': words.exercise.compare });
    const show = async () => {
      const mine = await (await theBench).bench.remote?.readFile(this.getAttribute('file') ?? '');
      place.hidden = false;
      place.replaceChildren(...(mine === undefined ? [words.exercise.noFile] : drawn(mine, reference)));
    };
    this.append(
      h('button', { type: 'button', class: 'quiet-button', onclick: () => void show() }, words.exercise.compare),
      place,
    );
  }
}

const MARKS = { same: '  ', removed: '- ', added: '+ ' } as const;

function drawn(mine: string, reference: string): HTMLElement[] {
  return diffLines(mine, reference).map(({ kind, text }) =>
    h('span', { 'data-kind': kind }, `${MARKS[kind]}${text}\n`),
  );
}
