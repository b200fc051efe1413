import { pack, unpack } from '../../bench/packing.ts';
import { type Achievements, progressFile, readProgress } from '../../bench/progress-file.ts';
import type { BenchSetup, SavedRun } from '../../bench/protocol.ts';
import { readSharedRun, sharedRun } from '../../bench/saved-run.ts';
import type { Standing } from './lms.ts';

/** What a system keeps of a learner's work, so that it goes on where it was, on another device too. */
export interface CourseRecord {
  /** Names the attempt, and with it the database in the browser: another attempt, or learner, has another one. */
  readonly attempt: string;
  /** The best that was graded, between 0 and 1; undefined before the first grading. */
  readonly graded?: number;
  readonly achieved: Achievements;
  /** The cluster; absent where there was no room for it. */
  readonly run?: SavedRun;
}

/** The record as a text of at most `room` characters; what does not fit is left out, the cluster first. */
export function written(record: CourseRecord, { id, checks }: BenchSetup, room: number): string {
  const { run, ...rest } = record;
  const text = (with_: Omit<CourseRecord, 'run'>, run?: SavedRun) =>
    pack({
      ...{ attempt: with_.attempt, graded: with_.graded, progress: progressFile(with_.achieved) },
      ...(run === undefined ? {} : { run: sharedRun(id, run) }),
    });
  const goals = new Set([...checks.map((check) => `${id}/${check.id}`), solvedGoal(id)]);
  const achieved = Object.fromEntries(Object.entries(record.achieved).filter(([goal]) => goals.has(goal)));
  const [whole, without] = [text(rest, run), text(rest)];
  return [whole, without].find(({ length }) => length <= room) ?? text({ ...rest, achieved });
}

/** What `written` made; undefined where it is something else, as when another content was there before. */
export function readRecord(text: string, { id }: BenchSetup): CourseRecord | undefined {
  try {
    const { attempt, graded, progress, run } = unpack(text) as Record<string, unknown>;
    if (typeof attempt !== 'string' || !/^[0-9a-f]{1,32}$/.test(attempt)) return undefined;
    const achieved = Object.entries(readProgress(progress)).filter(([goal]) => goal.startsWith(`${baseOf(id)}/`));
    const shared = run === undefined ? undefined : readSharedRun(run);
    return {
      attempt,
      achieved: Object.fromEntries(achieved),
      ...(typeof graded === 'number' && graded >= 0 && graded <= 1 ? { graded } : {}),
      ...(shared === undefined || shared.id !== id ? {} : { run: shared.run }),
    };
  } catch {
    return undefined;
  }
}

/** Whether a run goes on from another one: then it is the newer of two. */
export function continues(run: SavedRun, earlier: SavedRun): boolean {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return (
    run.entries.length >= earlier.entries.length &&
    same(run.options, earlier.options) &&
    earlier.entries.every((entry, index) => same(entry, run.entries[index]))
  );
}

/**
 * A lesson counts its checks, each of which stays done; an exercise counts what was graded.
 *
 * @param passMark from which score on it is enough; all of it unless told
 */
export function standingOf(
  { id, checks, exercise }: BenchSetup,
  { achieved, graded }: Pick<CourseRecord, 'achieved' | 'graded'>,
  passMark = 1,
): Standing {
  const all = checks.reduce((sum, { points }) => sum + points, 0);
  const done = checks.filter((check) => Object.hasOwn(achieved, `${id}/${check.id}`));
  const score = exercise === undefined ? done.reduce((sum, { points }) => sum + points, 0) / all : (graded ?? 0);
  return { score, completed: score === 1, passed: score >= passMark, judged: graded !== undefined };
}

/** Under which an exercise that was solved is remembered on a device. */
function solvedGoal(id: string): string {
  return `${baseOf(id)}/solved`;
}

/** A variant's achievements are the exercise's. */
function baseOf(id: string): string {
  return id.split('/').slice(0, 2).join('/');
}
