import type { TaskStruct } from './kernel.ts';

// The price of computing. A step (about one shell command) costs 0.02 ms of virtual time. Steps are added up and paid
// together, a quantum at a time, so a short script is hardly ever pre-empted. A process that goes on computing without
// ever waiting pays more and more per step: after FREE_STEPS the price doubles every DOUBLING_STEPS, up to MAX_STEP_MS.
// An endless loop is then resumed 200 times per virtual second, and an hour of it costs the simulator seconds. Real
// machines do not do this; it is the price of running a cluster in one thread, and it spares everything that waits now
// and then: each millisecond of waiting forgives FORGIVEN_STEPS_PER_MS steps.
//
// Resuming a process is a step as well, so not even two processes that only pass bytes to each other, or one that
// sleeps for no time at all, can keep the clock from moving.

const STEP_MS = 0.02;
const QUANTUM_MS = 4;
const FREE_STEPS = 20_000;
const DOUBLING_STEPS = 10_000;
const MAX_STEP_MS = 5;
const FORGIVEN_STEPS_PER_MS = 5;

/** Steps that starting a process takes. */
export const SPAWN_STEPS = 10;

export function charge(task: TaskStruct, steps: number): void {
  if (task === task.kernel.init) return; // Works outside the run queue and is never pre-empted.
  task.burst += steps;
  const excess = task.burst - FREE_STEPS;
  const price = excess <= 0 ? STEP_MS : Math.min(MAX_STEP_MS, STEP_MS * 2 ** (excess / DOUBLING_STEPS));
  addDebt(task, price * steps);
}

/** Work whose price is known: it costs the simulator a step, and that alone counts for the price of the next ones. */
export function chargeTime(task: TaskStruct, cpuMs: number): void {
  if (task === task.kernel.init) return;
  task.burst += 1;
  addDebt(task, cpuMs);
}

function addDebt(task: TaskStruct, costMs: number): void {
  task.debtMs += costMs;
  task.cpuMs += costMs;
  task.cgroup.addCpu(costMs);
}

/** Waiting makes up for computing. */
export function forgive(task: TaskStruct, waitedMs: number): void {
  if (task.burst > 0) task.burst = Math.max(0, task.burst - waitedMs * FORGIVEN_STEPS_PER_MS);
}

/** Whether it is time to pay. */
export function owes(task: TaskStruct): boolean {
  return task.debtMs >= QUANTUM_MS;
}
