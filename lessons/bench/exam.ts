/** One of the exercises that an exam may be made of. */
export interface ExamTask {
  /** The path of its page, e.g. `shared-page` or `shared-page/2`. */
  readonly path: string;
  readonly title: string;
  /** Rows of the syllabus. */
  readonly rows: readonly number[];
  readonly points: number;
  readonly minutes: number;
}

export interface Exam {
  readonly id: string;
  readonly startedMs: number;
  readonly minutes: number;
  readonly tasks: readonly ExamTask[];
  /** What was handed in, by the task's path: the points earned, the latest counting. */
  readonly earned: Readonly<Record<string, number>>;
  readonly endedMs?: number;
}

export const EXAM_TASKS = 15;
/** Two hours for fifteen tasks, as in the certification exams; fewer tasks, less time. */
const MINUTES_A_TASK = 8;
const KEY = 'drydock-exam';

/** An exam drawn from the exercises: rows that have not come yet go first, so that it covers as much as it can. */
export function drawExam(all: readonly ExamTask[], id: string, nowMs: number): Exam {
  const left = [...all];
  const tasks: ExamTask[] = [];
  const seen = new Map<number, number>();
  let state = seedOf(id);
  while (left.length > 0 && tasks.length < EXAM_TASKS) {
    const often = (task: ExamTask) => seen.get(task.rows[0] ?? 0) ?? 0;
    const least = Math.min(...left.map(often));
    const choice = left.filter((task) => often(task) === least);
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const task = choice[(state >>> 8) % choice.length]!;
    left.splice(left.indexOf(task), 1);
    tasks.push(task);
    seen.set(task.rows[0] ?? 0, often(task) + 1);
  }
  tasks.sort((a, b) => (a.rows[0] ?? 0) - (b.rows[0] ?? 0));
  return { id, startedMs: nowMs, minutes: MINUTES_A_TASK * tasks.length, tasks, earned: {} };
}

function seedOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 16_777_619);
  return hash >>> 0;
}

export function leftMs(exam: Exam, nowMs: number): number {
  if (exam.endedMs !== undefined) return 0;
  return Math.max(0, exam.startedMs + exam.minutes * 60_000 - nowMs);
}

/** Points by the first row of each task; what was not handed in counts as nothing. */
export function scoreByRow(
  exam: Exam,
): readonly { readonly row: number; readonly earned: number; readonly points: number }[] {
  const rows = Map.groupBy(exam.tasks, ({ rows }) => rows[0] ?? 0);
  return [...rows].map(([row, tasks]) => ({
    row,
    earned: tasks.reduce((sum, { path }) => sum + (exam.earned[path] ?? 0), 0),
    points: tasks.reduce((sum, { points }) => sum + points, 0),
  }));
}

/** The exam that is under way or was taken last; undefined when there is none, or what is kept is no exam. */
export function keptExam(): Exam | undefined {
  try {
    const exam = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Exam | null;
    return exam !== null && Array.isArray(exam.tasks) && Number.isFinite(exam.startedMs) ? exam : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether this browser keeps it. */
export function keepExam(exam: Exam): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(exam));
    return true;
  } catch {
    return false;
  }
}

/** The exam that this page belongs to: its address says so, and it has not ended. */
export function examOfPage(nowMs: number): Exam | undefined {
  const id = new URLSearchParams(location.search).get('exam');
  const exam = keptExam();
  return id !== null && exam?.id === id && leftMs(exam, nowMs) > 0 ? exam : undefined;
}
