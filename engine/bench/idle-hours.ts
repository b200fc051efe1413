import { createCluster } from '../index.ts';

// `node engine/bench/idle-hours.ts [hours]`: what a virtual hour costs in which nobody does anything: probes, heartbeats,
// leases and agents. Every "skip ahead" of a lesson and every wait of a grader pays it.

const [hours = 3] = process.argv.slice(2).map(Number);

const HOUR_MS = 3_600_000;

const { sim } = createCluster({ seed: 'idle' });
sim.runFor(HOUR_MS);
for (let hour = 1; hour <= hours; hour++) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const before = sim.steps;
  sim.runFor(HOUR_MS);
  const { user, system } = process.cpuUsage(cpu);
  const wallMs = Math.round(performance.now() - start);
  console.log(
    `idle hour ${hour}: ${wallMs} ms, ${Math.round((user + system) / 1000)} ms by CPU time (${sim.steps - before} events)`,
  );
}
