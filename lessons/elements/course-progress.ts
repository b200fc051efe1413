import { openKeeping } from '../bench/keeping.ts';
import { words } from '../i18n/page-words.ts';
import { setText } from './dom.ts';

/** `<dd-progress>`: marks, on the map of the course, what has been done on this device. */
export class CourseProgress extends HTMLElement {
  async connectedCallback(): Promise<void> {
    const keeping = await openKeeping();
    const note = this.querySelector('.kept');
    if (note !== null) setText(note, keeping.durable ? words.home.kept : words.home.unkept);
    document.addEventListener('dd-progress', () => void this.#draw());
    await this.#draw();
  }

  async #draw(): Promise<void> {
    const achievements = await (await openKeeping()).achievements();
    const lines = [...this.querySelectorAll<HTMLElement>('[data-goals]')];
    for (const line of lines) mark(line, achievements);
    const done = lines.filter((line) => line.hasAttribute('data-done')).length;
    const total = this.querySelector('.total');
    if (total !== null) setText(total, words.home.total(done, lines.length));
    for (const row of this.querySelectorAll('.row')) {
      const parts = row.querySelectorAll('[data-goals]').length;
      row.toggleAttribute('data-done', parts > 0 && row.querySelectorAll('[data-done]').length === parts);
    }
    this.#goOn(lines, achievements);
  }

  /** The way back to where the learner was last. */
  #goOn(lines: readonly HTMLElement[], achievements: Readonly<Record<string, string>>): void {
    const link = this.querySelector<HTMLAnchorElement>('.continue a');
    const [latest] = Object.entries(achievements)
      .filter(([goal]) => goal.startsWith('seen '))
      .sort(([, a], [, b]) => Date.parse(b) - Date.parse(a));
    const line = lines.find(({ dataset }) => dataset['path'] === latest?.[0].slice('seen '.length));
    const target = line?.querySelector('a');
    if (link === null || target == null) return;
    link.href = target.href;
    setText(link, words.site.titled(words.home.goOn, target.textContent));
    link.parentElement!.hidden = false;
  }
}

function mark(line: HTMLElement, achievements: Readonly<Record<string, string>>): void {
  const goals = (line.dataset['goals'] ?? '').split(' ').filter((goal) => goal !== '');
  const done = goals.filter((goal) => Object.hasOwn(achievements, goal)).length;
  const all = goals.length > 0 && done === goals.length;
  line.toggleAttribute('data-done', all);
  const state = line.querySelector('.progress');
  if (state === null) return;
  setText(state, all ? words.home.done : done > 0 ? words.home.checks(done, goals.length) : '');
}
