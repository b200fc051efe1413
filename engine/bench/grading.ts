import { readdirSync } from 'node:fs';
import { EXERCISES_PATH, readExerciseFolder } from '../../graders/exercise-folder.ts';
import { gradeFiles, parseExercise, parseProof } from '../../graders/index.ts';
import { withVariant } from '../../graders/variant.ts';
import { createCluster } from '../index.ts';

// `node engine/bench/grading.ts`: what grading costs, by CPU time of the thread that grades (wall time in brackets): every
// solution of every exercise once, in one process, as a class is graded. Each boots a cluster, and copies one where checks
// break something.

/** Boots before anything is measured; code that has not run often yet is slow. */
const WARM_UP = 20;
const DEAREST = 10;

interface Figure {
  readonly answer: string;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly virtualMs: number;
}

function measure(id: string): Figure[] {
  const folder = withVariant(id, readExerciseFolder(id), 0);
  const exercise = parseExercise(id, folder);
  const { solutions } = parseProof(exercise, folder);
  return Object.entries(solutions).map(([name, texts]) => {
    const files = Object.entries(texts).map(([file, text]) => ({ name: file, text }));
    const [before, start] = [process.threadCpuUsage(), performance.now()];
    const { passed, virtualMs } = gradeFiles(exercise, files);
    const { user, system } = process.threadCpuUsage(before);
    if (!passed) throw new Error(`${id}: its solution ${name} does not pass`);
    return { answer: `${id}/${name}`, cpuMs: (user + system) / 1000, wallMs: performance.now() - start, virtualMs };
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

for (let boots = 0; boots < WARM_UP; boots++) createCluster();
const figures = readdirSync(EXERCISES_PATH, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => measure(name))
  .sort((a, b) => b.cpuMs - a.cpuMs);
const [worst] = figures;
console.log(
  `${figures.length} answers: median ${median(figures.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms, ` +
    `worst ${worst!.cpuMs.toFixed(0)} ms (${median(figures.map(({ wallMs }) => wallMs)).toFixed(0)} and ` +
    `${Math.max(...figures.map(({ wallMs }) => wallMs)).toFixed(0)} ms on the wall)`,
);
for (const { answer, cpuMs, virtualMs } of figures.slice(0, DEAREST)) {
  console.log(`${cpuMs.toFixed(0).padStart(6)} ms  ${answer}, ${(virtualMs / 1000).toFixed(0)} s of cluster time`);
}
