import { type BenchCard, cardIdOf } from '../bench-card.ts';
import type { Grade, Run } from '../records.ts';
import type { Store } from '../store/store.ts';
import { attemptKey } from './counted-grades.ts';
import type { Graded, GradeJob, GradeOutcome } from './grade-worker.ts';

/** Grades what is loaded when there is room for it; `undefined` where there turns out to be nothing to grade. */
type Grader = (load: () => Promise<GradeJob | undefined>) => Promise<GradeOutcome | undefined>;

/** What is graded: an attempt without its outcome, or with an earlier one. */
type Attempted = Pick<Grade, 'personId' | 'benchId' | 'runId' | 'count' | 'lastAt' | 'end' | 'by'> & {
  readonly earlier?: Graded;
};

/** Grades journals and keeps the grades. Whoever asks for what is being graded already waits for that one. */
export class Grading {
  readonly #store: Store;
  readonly #benches: ReadonlyMap<string, BenchCard>;
  readonly #grade: Grader;
  readonly #now: () => number;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  readonly #graded = new Set<(personId: string, exerciseId: string) => void>();
  #asked = 0;
  #done = 0;

  constructor(store: Store, benches: ReadonlyMap<string, BenchCard>, grade: Grader, now: () => number) {
    this.#store = store;
    this.#benches = benches;
    this.#grade = grade;
    this.#now = now;
  }

  /** How far it has come since there was last nothing to do. */
  get progress(): { readonly asked: number; readonly done: number } {
    return { asked: this.#asked, done: this.#done };
  }

  /** Calls back whenever that changes. Returns how to stop. */
  onProgress(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls back when a grading was kept. */
  onGraded(listener: (personId: string, exerciseId: string) => void): void {
    this.#graded.add(listener);
  }

  /** A person's run of an exercise as it stands, unless just that was graded before. Runs of lessons are passed over. */
  asItStands(personId: string, benchId: string, by: Grade['by']): Promise<void> {
    return this.#once(`${personId} ${benchId}`, benchId, async () => {
      const run = await this.#store.run(personId, benchId);
      if (run === undefined || run.count === 0) return undefined;
      const attempted = { ...attemptedIn(run), by };
      const known = (await this.#store.grades(personId)).some((grade) => attemptKey(grade) === attemptKey(attempted));
      return known ? undefined : attempted;
    });
  }

  /** Everybody's exercises as they stand. Where hand-ins are counted, whoever has handed in is graded on that alone. */
  async everything(countsHandIns: boolean): Promise<number> {
    const handedIn = new Set(
      (await this.#store.grades())
        .filter(({ by }) => by === 'learner')
        .map(({ personId, exerciseId }) => `${personId} ${exerciseId}`),
    );
    const runs = (await this.#store.runs()).filter(({ personId, benchId, count }) => {
      const exercise = this.#benches.get(cardIdOf(benchId))?.exercise;
      return exercise !== undefined && count > 0 && !(countsHandIns && handedIn.has(`${personId} ${exercise}`));
    });
    for (const { personId, benchId } of runs) this.asItStands(personId, benchId, 'instructor').catch(() => {});
    return runs.length;
  }

  /**
   * Every attempt that was ever graded, once more: a check may have been mended. What has not changed since, and follows from
   * nothing that has, is taken over.
   */
  async again(): Promise<readonly Promise<void>[]> {
    const latest = new Map((await this.#store.grades()).map((grade) => [attemptKey(grade), grade]));
    return [...latest].map(([key, grade]) =>
      this.#once(key, grade.benchId, async () => ({ ...grade, earlier: grade })),
    );
  }

  #once(key: string, benchId: string, find: () => Promise<Attempted | undefined>): Promise<void> {
    const { exercise, variant = 1 } = this.#benches.get(cardIdOf(benchId)) ?? {};
    if (exercise === undefined) return Promise.resolve();
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#underWay.size === 0) [this.#asked, this.#done] = [0, 0];
    this.#asked += 1;
    const grading = this.#gradeAndKeep(exercise, variant, find).finally(() => {
      this.#underWay.delete(key);
      this.#done += 1;
      for (const listener of this.#listeners) listener();
    });
    this.#underWay.set(key, grading);
    return grading;
  }

  async #gradeAndKeep(exerciseId: string, variant: number, find: () => Promise<Attempted | undefined>): Promise<void> {
    let attempted: Attempted | undefined;
    const outcome = await this.#grade(async () => {
      attempted = await find();
      if (attempted === undefined) return undefined;
      const { personId, benchId, runId, count, end, earlier } = attempted;
      const entries = (await this.#store.entries(personId, benchId, 0, runId)).slice(0, count);
      return {
        exerciseId,
        variant,
        entries,
        ...(end === undefined ? {} : { end }),
        ...(earlier === undefined ? {} : { earlier }),
      };
    });
    if (outcome === undefined || attempted === undefined) return;
    const { personId, benchId, runId, count, lastAt, end, by } = attempted;
    const about = { personId, exerciseId, benchId, runId, count, lastAt, by, at: this.#now() };
    await this.#store.saveGrade({
      ...about,
      ...(end === undefined ? {} : { end }),
      ...('problem' in outcome
        ? { earned: 0, points: this.#possiblePoints(benchId), checks: [], problem: outcome.problem }
        : outcome),
    });
    for (const listener of this.#graded) listener(personId, exerciseId);
  }

  #possiblePoints(benchId: string): number {
    return (this.#benches.get(cardIdOf(benchId))?.checks ?? []).reduce((sum, { points = 0 }) => sum + points, 0);
  }
}

function attemptedIn({ personId, benchId, runId, count, lastAt, end }: Run): Omit<Attempted, 'by'> {
  return { personId, benchId, runId, count, lastAt, ...(end === undefined ? {} : { end }) };
}
