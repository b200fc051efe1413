import { availableParallelism } from 'node:os';
import type { GradedCheck } from '../records.ts';
import type { Graded, GradeJob } from '../server/grade-worker.ts';
import { GradingPool } from '../server/grading-pool.ts';
import { solvedJournal } from './solved-journal.ts';

// `node lessons/workshop/testing/regrade.ts [journals] [exercise…]`: how long it takes to grade a class's journals, and to grade
// them again, as the server and `npm run workshop -- --regrade` do, without a site and a store. Each exercise named is what an
// equal share of the class has solved within ten minutes. Seconds on the wall depend on what else the machine does; CPU time is
// of all threads.

const [count = '200', ...named] = process.argv.slice(2);
const journals = (named.length === 0 ? ['shared-page'] : named).map((exerciseId): GradeJob => {
  const { entries, end } = solvedJournal(exerciseId);
  return { exerciseId, variant: 1, entries: entries.map((entry) => JSON.stringify(entry)), end };
});
const jobs = Array.from({ length: Number(count) }, (_, index) => journals[index % journals.length]!);
const pool = new GradingPool(availableParallelism());

const first = await gradeAll('for the first time, or after an update', jobs);
await regradeAll('after a check that breaks something was mended', (graded) => mended(graded, breaking(graded)[0]));
await regradeAll('after a check that only looks was mended', (graded) => mended(graded, undefined));
await regradeAll('after other exercises were mended', (graded) => graded);
await pool.close();

/** @param earlier what is remembered of each once something was mended */
function regradeAll(when: string, earlier: (graded: Graded) => Graded): Promise<readonly Graded[]> {
  return gradeAll(
    when,
    jobs.map((job, index) => ({ ...job, earlier: earlier(first[index]!) })),
  );
}

async function gradeAll(when: string, all: readonly GradeJob[]): Promise<readonly Graded[]> {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  const outcomes = await Promise.all(all.map((job) => pool.grade(async () => job)));
  const { user, system } = process.cpuUsage(before);
  const [tookS, cpuS] = [(performance.now() - begin) / 1000, (user + system) / 1e6];
  const graded = outcomes.filter((outcome) => outcome !== undefined && 'earned' in outcome);
  console.log(
    `${outcomes.length} journals graded ${when}: ${tookS.toFixed(1)} s on ${availableParallelism()} processors, ` +
      `${(cpuS / outcomes.length).toFixed(2)} s of a processor each, ` +
      `${graded.filter(({ earned, points }) => earned === points).length} with all points, ` +
      `at most ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
  );
  return graded;
}

/** What is remembered of a grade whose exercise has changed, and of its checks this one; the moment it looks until stays. */
function mended({ basis, ...graded }: Graded, check: string | undefined): Graded {
  const { [check ?? '']: _changed, ...checks } = basis!.checks;
  return { ...graded, basis: { whole: 'another', checks } };
}

function breaking({ checks, basis }: Graded): readonly string[] {
  return checks.map(({ id }: GradedCheck) => id).filter((id) => id in basis!.checks);
}
