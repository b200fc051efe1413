export { Channel } from './channel.ts';
export { type Input, Journal, type JournalEntry } from './journal.ts';
export { hash32, Random } from './random.ts';
export {
  DEFAULT_EPOCH_MS,
  type RunLimits,
  Simulation,
  type SimulationOptions,
  StepLimitExceeded,
  type Timer,
} from './simulation.ts';
export { runTask, sleep, type Task, type TaskHandle, type Wait, waitFor } from './task.ts';
export { type Activity, Trace, type TraceEntry } from './trace.ts';
