import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { setText } from './dom.ts';

/** `<dd-progress>`: marks, on the home page, what has been done on this device. */
export class CourseProgress extends HTMLElement {
  async connectedCallback(): Promise<void> {
    const keeping = await openKeeping();
    const achieved = new Set(await keeping.achieved());
    for (const line of this.querySelectorAll<HTMLElement>('[data-goals]')) {
      const goals = (line.dataset['goals'] ?? '').split(' ').filter((goal) => goal !== '');
      const done = goals.filter((goal) => achieved.has(goal)).length;
      const state = line.querySelector('.progress');
      if (state === null || done === 0) continue;
      setText(state, done === goals.length ? words.home.done : words.home.checks(done, goals.length));
      line.toggleAttribute('data-done', done === goals.length);
    }
    const note = this.querySelector('.kept');
    if (note !== null) setText(note, keeping.durable ? words.home.kept : words.home.unkept);
  }
}
