import type { BenchCard } from '../bench-card.ts';
import type { Grade } from '../records.ts';
import type { Store } from '../store/store.ts';
import { admission } from './context.ts';
import type { GradeJob, GradeOutcome } from './grade-worker.ts';

/** Grades a person's current run of an exercise from its journal and keeps the grade. Runs of lessons are passed over. */
export async function regrade(
  store: Store,
  benches: ReadonlyMap<string, BenchCard>,
  grade: (job: GradeJob) => Promise<GradeOutcome>,
  now: () => number,
  personId: string,
  benchId: string,
): Promise<void> {
  const { exercise: exerciseId, variant = 1 } = benches.get(benchId) ?? {};
  const [workshop, run] = await Promise.all([store.workshop(), store.run(personId, benchId)]);
  if (exerciseId === undefined || workshop === undefined || run === undefined) return;
  const entries = await store.entries(personId, benchId, 0);
  const outcome = await grade({ exerciseId, variant, entries, ...(run.end === undefined ? {} : { end: run.end }) });
  const failed = 'problem' in outcome;
  const kept: Grade = {
    personId,
    exerciseId,
    runId: run.runId,
    count: entries.length,
    at: now(),
    late: admission(workshop.settings, run.lastAt) === 'late',
    earned: failed ? 0 : outcome.earned,
    points: failed
      ? (benches.get(benchId)?.checks ?? []).reduce((sum, { points = 0 }) => sum + points, 0)
      : outcome.points,
    checks: failed ? [] : outcome.checks,
    ...(failed ? { problem: outcome.problem } : {}),
  };
  await store.saveGrade(kept);
}
