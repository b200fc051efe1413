export { Channel } from './channel.ts';
export type { JournalEntry } from './journal.ts';
export { hash32, Random } from './random.ts';
export {
  Simulation,
  StepLimitExceeded,
  type Timer,
} from './simulation.ts';
export { DONE, runTask, sleep, type Task, type TaskHandle, type Wait, waitFor } from './task.ts';
export type { Activity, TraceEntry } from './trace.ts';
