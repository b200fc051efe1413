import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type GradingThread, runJob } from './run-job.ts';

const LONGEST_MS = 60_000;
const LONGEST_START_MS = 300_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A thread that says what it is told to, and when. */
function jobOnThread() {
  const thread = new EventEmitter();
  const outcomes: unknown[] = [];
  const worker = Object.assign(thread, { postMessage: () => {} }) as unknown as GradingThread;
  const job = { exerciseId: 'shared-page', variant: 1, entries: [] };
  void runJob(worker, job, { longestMs: LONGEST_MS, longestStartMs: LONGEST_START_MS }).then((outcome) =>
    outcomes.push(outcome),
  );
  return { thread, outcomes };
}

test('a grading has its time to itself, however long the thread took to start', async () => {
  const { thread, outcomes } = jobOnThread();
  await vi.advanceTimersByTimeAsync(LONGEST_START_MS - 1);
  thread.emit('message', 'begun');
  await vi.advanceTimersByTimeAsync(LONGEST_MS - 1);
  expect(outcomes).toEqual([]);
  thread.emit('message', { problem: 'none' });
  await vi.advanceTimersByTimeAsync(LONGEST_MS);
  expect(outcomes).toEqual([{ problem: 'none' }]);
});

test('a grading that never ends is cut off, and so is a thread that never starts', async () => {
  const [begun, stuck] = [jobOnThread(), jobOnThread()];
  begun.thread.emit('message', 'begun');
  await vi.advanceTimersByTimeAsync(LONGEST_MS);
  expect(begun.outcomes).toEqual(['the journal takes too long to replay']);
  expect(stuck.outcomes).toEqual([]);
  await vi.advanceTimersByTimeAsync(LONGEST_START_MS - LONGEST_MS);
  expect(stuck.outcomes).toEqual(['the journal cannot be graded: the thread does not start']);
  expect(begun.thread.eventNames()).toEqual([]);
});
