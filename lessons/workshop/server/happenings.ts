import { type BenchCard, cardIdOf } from '../bench-card.ts';
import type { CheckState, Person } from '../records.ts';
import type { Store } from '../store/store.ts';
import { countedGrades } from './counted-grades.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * What another system is told of. Of several servers, the one on which it happens tells it. Nobody waits for it, and what
 * goes wrong with it concerns no learner.
 */
export class Happenings {
  readonly #store: Store;
  readonly #benches: ReadonlyMap<string, BenchCard>;
  readonly #webhooks: Webhooks;
  /** The points that were last told, by person and exercise: two attempts may be graded at once. */
  readonly #told = new Map<string, string>();
  #last: Promise<void> = Promise.resolve();

  constructor(store: Store, benches: ReadonlyMap<string, BenchCard>, webhooks: Webhooks) {
    this.#store = store;
    this.#benches = benches;
    this.#webhooks = webhooks;
  }

  /** Somebody is of the workshop from now on. */
  joined(person: Person): void {
    this.#webhooks.send('person.joined', { person: named(person), at: new Date(person.joinedAt).toISOString() });
  }

  /** @param at in milliseconds since 1970 */
  handRaised(person: Person, at: number): void {
    this.#webhooks.send('hand.raised', { person: named(person), at: new Date(at).toISOString() });
  }

  /** No work is taken any more. Each server says so by its own clock, and all of them under one id. */
  ended(workshop: { readonly id: string; readonly title: string }, at: number): void {
    const data = { workshop: { title: workshop.title }, at: new Date(at).toISOString() };
    this.#webhooks.send('workshop.ended', data, `${workshop.id} ended ${at}`);
  }

  /** A browser says how checks stand that stood otherwise before. Those that are met are told; the server has not looked. */
  checks(states: readonly CheckState[]): void {
    const met = states.filter((state) => state.met);
    if (met.length > 0) this.#then(() => this.#tellChecks(met));
  }

  /** A grading was kept. It is told where the grade that counts is another one by it. */
  graded(personId: string, exerciseId: string): void {
    this.#then(() => this.#tellGrade(personId, exerciseId));
  }

  #then(tell: () => Promise<void>): void {
    this.#last = this.#last.then(tell).catch(() => {});
  }

  async #tellChecks(states: readonly CheckState[]): Promise<void> {
    for (const { personId, benchId, checkId, changedAt } of states) {
      const card = this.#benches.get(cardIdOf(benchId));
      this.#webhooks.send('check.met', {
        person: await this.#person(personId),
        bench: { id: benchId, title: card?.title },
        check: { id: checkId, title: card?.checks.find(({ id }) => id === checkId)?.title },
        at: new Date(changedAt).toISOString(),
      });
    }
  }

  async #tellGrade(personId: string, exerciseId: string): Promise<void> {
    const settings = (await this.#store.workshop())?.settings;
    if (settings === undefined) return;
    const gradings = (await this.#store.grades(personId)).filter((grade) => grade.exerciseId === exerciseId);
    const [before] = countedGrades(gradings.slice(0, -1), settings);
    const [grade] = countedGrades(gradings, settings);
    if (grade === undefined) return;
    const { score, points, earned, late, attempts, problem, checks } = grade;
    const key = `${personId} ${exerciseId}`;
    const known = this.#told.get(key) ?? (before === undefined ? undefined : `${before.score}/${before.points}`);
    this.#told.set(key, `${score}/${points}`);
    if (known === `${score}/${points}`) return;
    this.#webhooks.send('grade.changed', {
      person: await this.#person(personId),
      exercise: { id: exerciseId },
      grade: { score, points, earned, late, attempts, ...(problem === undefined ? {} : { problem }) },
      checks: checks.map(({ id, title, earned: got, points: of }) => ({ id, title, earned: got, points: of })),
    });
  }

  async #person(id: string): Promise<object> {
    const person = await this.#store.person(id);
    return person === undefined ? { id } : named(person);
  }
}

/** Without their link, and without what a course knows of them. */
function named({ id, name, rosterId }: Person): object {
  return { id, name, ...(rosterId === undefined ? {} : { rosterId }) };
}
