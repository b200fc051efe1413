import type { Person, Settings } from '../records.ts';
import type { CountedGrade } from './counted-grades.ts';

/** The columns of nbgrader's own export, in its order, so that what reads that reads this; then what only we know. */
const COLUMNS = [
  'assignment',
  'duedate',
  'timestamp',
  'student_id',
  'last_name',
  'first_name',
  'email',
  'raw_score',
  'late_submission_penalty',
  'score',
  'max_score',
  'name',
  'late',
  'attempts',
  'problem',
];

/** Without it Excel takes UTF-8 for the system's own letters, and names come out garbled. */
const BYTE_ORDER_MARK = '\uFEFF';

/** A line an exercise and person, as `nbgrader export` writes it: who has handed in nothing has no points. */
export function gradesAsCsv(
  people: readonly Person[],
  grades: readonly CountedGrade[],
  { closesAt }: Settings,
): string {
  const exercises = Map.groupBy(grades, ({ exerciseId }) => exerciseId);
  const due = closesAt === undefined ? '' : moment(closesAt);
  const lines = [...exercises].flatMap(([exerciseId, given]) =>
    people.map((person) => {
      const grade = given.find(({ personId }) => personId === person.id);
      const { id, name, rosterId = id } = person;
      const max = grade?.points ?? Math.max(...given.map(({ points }) => points));
      const about = [exerciseId, due, grade === undefined ? '' : moment(grade.lastAt), rosterId, '', '', ''];
      const { earned = 0, score = 0, late = false, attempts = 0, problem = '' } = grade ?? {};
      const penalty = Math.round((earned - score) * 100) / 100;
      return [...about, earned, penalty, score, max, name, late ? 'yes' : 'no', attempts, problem];
    }),
  );
  return BYTE_ORDER_MARK + [COLUMNS, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** `2026-11-28 09:00:00`, UTC */
function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * A cell that no spreadsheet takes for a formula: such text is told by a quotation mark before it.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r\n|%＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function gradesAsJson(people: readonly Person[], grades: readonly CountedGrade[]): object {
  return people.flatMap((person) =>
    grades
      .filter(({ personId }) => personId === person.id)
      .map(({ basis: _basis, ...grade }) => ({
        person: { id: person.id, name: person.name, rosterId: person.rosterId },
        ...grade,
      })),
  );
}

/** A test suite a person, a test case a check: what CI systems and some gradebooks read. */
export function gradesAsJunit(title: string, people: readonly Person[], grades: readonly CountedGrade[]): string {
  const suites = people.map((person) => {
    const own = grades.filter(({ personId }) => personId === person.id);
    const cases = own.flatMap(({ exerciseId, checks, problem }) =>
      problem === undefined
        ? checks.map((check) => ({ exerciseId, ...check, failed: check.earned < check.points }))
        : [{ exerciseId, title: exerciseId, seen: problem, failed: true }],
    );
    const lines = cases.map(({ exerciseId, title: check, seen, failed }) => {
      const open = `    <testcase classname="${xml(exerciseId)}" name="${xml(check)}"`;
      return failed ? `${open}><failure message="${xml(seen)}"/></testcase>\n` : `${open}/>\n`;
    });
    const counts = `tests="${cases.length}" failures="${cases.filter(({ failed }) => failed).length}"`;
    return `  <testsuite name="${xml(person.name)}" ${counts}>\n${lines.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(title)}">\n${suites.join('')}</testsuites>\n`;
}

function xml(text: string): string {
  const plain = text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '�');
  return plain.replace(/[&<>"'\n]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
