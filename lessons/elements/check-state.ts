import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { reshape, shapeOf } from './container-state.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

/** `<dd-check goal="…">`: something to bring about, graded on the cluster; once done it stays done on this device. */
export class CheckState extends HTMLElement {
  #done = false;

  async connectedCallback(): Promise<void> {
    if (this.querySelector('.check-state') !== null) return;
    const id = this.getAttribute('goal') ?? '';
    const shape = shapeOf('busy');
    const word = h('span', { class: 'word' }, words.check.waiting);
    this.append(h('p', { class: 'check-state', role: 'status' }, shape, word));
    const { bench } = await theBench;
    const key = `${bench.setup.id}/${id}`;
    const keeping = await openKeeping();
    const draw = () => {
      reshape(shape, this.#done ? 'good' : 'busy');
      setText(word, this.#done ? words.check.met : words.check.unmet);
      this.toggleAttribute('data-done', this.#done);
    };
    this.#done = (await keeping.achieved()).includes(key);
    draw();
    bench.goals.on((states) => {
      const state = states.find((goal) => goal.id === id);
      if (state === undefined) return;
      if (state.met === true && !this.#done) {
        this.#done = true;
        void keeping.achieve(key);
      }
      draw();
    });
  }
}
