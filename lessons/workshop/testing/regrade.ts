import { availableParallelism } from 'node:os';
import { GradingPool } from '../server/grading-pool.ts';
import { solvedJournal } from './solved-journal.ts';

// `node lessons/workshop/testing/regrade.ts [journals] [exercise…]`: how long it takes to grade a class's journals again, as
// the server and `npm run workshop -- --regrade` do, without a site and a store. Each exercise named is what an equal share of
// the class has solved within ten minutes. Seconds on the wall depend on what else the machine does; CPU time is of all threads.

const [count = '200', ...named] = process.argv.slice(2);
const journals = (named.length === 0 ? ['shared-page'] : named).map((exerciseId) => {
  const { entries, end } = solvedJournal(exerciseId);
  return { exerciseId, variant: 1, entries: entries.map((entry) => JSON.stringify(entry)), end };
});
const pool = new GradingPool(availableParallelism());
const [begin, before] = [performance.now(), process.cpuUsage()];
const outcomes = await Promise.all(
  Array.from({ length: Number(count) }, (_, index) => pool.grade(async () => journals[index % journals.length])),
);
const { user, system } = process.cpuUsage(before);
const [tookS, cpuS] = [(performance.now() - begin) / 1000, (user + system) / 1e6];
const full = outcomes.filter(
  (outcome) => outcome !== undefined && 'earned' in outcome && outcome.earned === outcome.points,
);
console.log(
  `${outcomes.length} journals graded in ${tookS.toFixed(1)} s on ${availableParallelism()} processors: ` +
    `${(cpuS / outcomes.length).toFixed(2)} s of a processor each, ${full.length} with all points, ` +
    `at most ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
);
await pool.close();
