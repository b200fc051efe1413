import { h } from '../../elements/dom.ts';
import type { BenchCard } from '../bench-card.ts';
import { apiBase } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readCards } from '../client/bench-cards.ts';
import { refusalText } from '../client/refusal-text.ts';
import { instructorKey, joinedSession, takeFragment } from '../client/session.ts';
import { words } from '../page-words.ts';
import type { LearnerReport } from '../report.ts';

/** `<dd-report>`: what one person has done, to be read or printed; the instructor's of anybody, a learner's of themselves. */
export class ReportView extends HTMLElement {
  async connectedCallback(): Promise<void> {
    const fragment = takeFragment();
    const personId = fragment.get('person');
    const key = personId === null ? undefined : instructorKey(fragment);
    const api =
      key === undefined
        ? new WorkshopApi(apiBase('me'), joinedSession()?.token ?? '')
        : new WorkshopApi(apiBase('board'), key);
    const path = key === undefined ? '/report' : `/people/${encodeURIComponent(personId!)}/report`;
    try {
      const [report, cards] = await Promise.all([api.call<LearnerReport>('GET', path), readCards()]);
      this.#show(report, new Map(cards.map((card) => [card.id, card])));
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.replaceChildren(h('h1', {}, words.pages.report), h('p', { role: 'alert' }, refusalText(error)));
    }
  }

  #show(report: LearnerReport, cards: ReadonlyMap<string, BenchCard>): void {
    const { title, name, rosterId, now, score, points, exercises, ungraded, lessons } = report;
    const titleOf = (benchId: string) => cards.get(benchId)?.title ?? benchId;
    const about = [title, ...(rosterId === undefined ? [] : [rosterId]), timeText(now)].join(' · ');
    document.title = `${name} · ${title}`;
    this.replaceChildren(
      h('h1', { tabindex: -1 }, name),
      h('p', { class: 'quiet' }, about),
      ...(points === 0 ? [] : [h('p', { class: 'total' }, words.report.total(score, points))]),
      h('p', { class: 'print' }, h('button', { type: 'button', onclick: () => print() }, words.report.print)),
      ...(exercises.length + ungraded.length + lessons.length === 0 ? [h('p', {}, words.report.nothing)] : []),
      ...exercises.map((exercise) => exerciseSection(exercise, titleOf(exercise.benchId), cards.get(exercise.benchId))),
      ...ungraded.map(({ benchId, inputs }) =>
        h('section', {}, h('h2', {}, titleOf(benchId)), h('p', {}, words.report.ungraded(inputs))),
      ),
      ...(lessons.length === 0 ? [] : [h('h2', {}, words.join.lessons)]),
      ...lessons.map((lesson) => lessonSection(lesson, titleOf(lesson.benchId), cards.get(lesson.benchId))),
    );
  }
}

function exerciseSection(
  { score, earned, points, late, lastAt, attempts, checks, problem }: LearnerReport['exercises'][number],
  title: string,
  card: BenchCard | undefined,
): HTMLElement {
  const { report } = words;
  const facts = [
    report.points(score, points),
    report.handedIn(timeText(lastAt)),
    ...(late ? [report.late(earned)] : []),
    ...(attempts.length > 1 ? [report.attempts(attempts.map((each) => each.score))] : []),
  ];
  const lines = checks.map((check) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, titleOfCheck(card, check)),
      h('td', {}, report.points(check.earned, check.points)),
      h('td', {}, report.said(check.seen)),
    ),
  );
  const head = [report.check, report.pointsHead, report.seen].map((text) => h('th', { scope: 'col' }, text));
  return h(
    'section',
    {},
    h('h2', {}, title),
    h('p', {}, facts.join(' · ')),
    problem === undefined
      ? h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...lines))
      : h('p', { class: 'problem' }, problem),
  );
}

function lessonSection(
  { inputs, checks }: LearnerReport['lessons'][number],
  title: string,
  card: BenchCard | undefined,
): HTMLElement {
  const { report } = words;
  const lines = checks.map((check) =>
    h(
      'li',
      {},
      `${check.metAt === undefined ? '○' : '●'} ${titleOfCheck(card, check)}`,
      h('span', { class: 'quiet' }, ` ${check.metAt === undefined ? report.notMet : timeText(check.metAt)}`),
    ),
  );
  return h('section', {}, h('h3', {}, title), h('p', {}, report.inputs(inputs)), h('ul', { role: 'list' }, ...lines));
}

function titleOfCheck(card: BenchCard | undefined, { id, title }: { readonly id: string; readonly title: string }) {
  return card?.checks.find((check) => check.id === id)?.title ?? title;
}

function timeText(ms: number): string {
  return new Date(ms).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
}
