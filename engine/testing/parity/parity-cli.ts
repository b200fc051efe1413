import { availableParallelism } from 'node:os';
import { findBinary } from '../../http/testing/kubectl-binary.ts';
import { SCENARIOS } from './cases/index.ts';
import { type Comparison, compare } from './compare.ts';
import { knownDifference } from './known-differences.ts';

// `npm run parity [-- SCENARIO…]`: each command by the real kubectl and by ours. Prints every difference, and counts.

const binary = findBinary('kubectl');
if ('missing' in binary) {
  console.error(`The real kubectl cannot run here: ${binary.missing}`);
  process.exit(2);
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  console.error(`no such scenario: ${unknown.join(', ')}; there are: ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const count = { equal: 0, different: 0, skipped: 0 };
// Scenarios share nothing, and the real one's processes take most of the time.
const waiting = SCENARIOS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const work = async () => {
  for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
    for (const comparison of await compare(scenario, binary.path)) report(comparison);
  }
};
await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
console.log(`${count.equal} equal, ${count.different} different, ${count.skipped} skipped`);
process.exitCode = count.different === 0 ? 0 : 1;

function report(comparison: Comparison): void {
  const why = knownDifference(comparison);
  if (comparison.equal) count.equal += 1;
  else if (why !== undefined) {
    count.skipped += 1;
    console.log(`~ [${comparison.scenario}] ${comparison.line}\n    ${why}`);
  } else {
    count.different += 1;
    console.log(`✗ [${comparison.scenario}] ${comparison.line}`);
    for (const stream of ['stdout', 'stderr'] as const) showDifference(comparison, stream);
    if (comparison.real.exitCode !== comparison.ours.exitCode) {
      console.log(`    exit code: real ${comparison.real.exitCode}, ours ${comparison.ours.exitCode}`);
    }
  }
}

/** The lines that only one of the two has. */
function showDifference({ real, ours }: Comparison, stream: 'stdout' | 'stderr'): void {
  if (real[stream] === ours[stream]) return;
  const [theirs, own] = [real[stream].split('\n'), ours[stream].split('\n')];
  const only = (lines: readonly string[], others: readonly string[]) => lines.filter((line) => !others.includes(line));
  const [removed, added] = [only(theirs, own), only(own, theirs)];
  console.log(`    ${stream}:`);
  if (removed.length + added.length === 0) {
    console.log('      the same lines in another order or number:');
    const at = theirs.findIndex((line, index) => line !== own[index]);
    console.log(`      real from line ${at}: ${JSON.stringify(theirs.slice(at, at + 12))}`);
    console.log(`      ours from line ${at}: ${JSON.stringify(own.slice(at, at + 12))}`);
  }
  for (const line of removed.slice(0, 12)) console.log(`      real ${JSON.stringify(line)}`);
  for (const line of added.slice(0, 12)) console.log(`      ours ${JSON.stringify(line)}`);
}
