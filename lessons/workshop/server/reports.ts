import type { Grade, Person, Settings } from '../records.ts';

/** A grading that counts, after the workshop's policy. */
export interface CountedGrade extends Grade {
  /** After what late work loses. */
  readonly score: number;
  readonly attempts: number;
}

/** Of each person's gradings of an exercise, the one that counts. */
export function countedGrades(grades: readonly Grade[], { attempts, latePenalty }: Settings): readonly CountedGrade[] {
  const groups = Map.groupBy(grades, ({ personId, exerciseId }) => `${personId} ${exerciseId}`);
  return [...groups.values()].map((group) => {
    const scored = group.map((grade): CountedGrade => {
      const score = grade.late ? grade.earned * (1 - latePenalty) : grade.earned;
      return { ...grade, score: Math.round(score * 100) / 100, attempts: group.length };
    });
    if (attempts === 'last') return scored.at(-1)!;
    return scored.reduce((best, each) => (each.score > best.score ? each : best));
  });
}

/** A line an exercise and person; opens in spreadsheets, and nbgrader reads it. */
export function gradesAsCsv(people: readonly Person[], grades: readonly CountedGrade[]): string {
  const head = [
    'student_id',
    'name',
    'assignment',
    'score',
    'max_score',
    'earned',
    'late',
    'attempts',
    'graded_at',
    'problem',
  ];
  const lines = rowsOf(people, grades).map(({ person, grade }) => [
    person.rosterId ?? person.id,
    person.name,
    grade.exerciseId,
    grade.score,
    grade.points,
    grade.earned,
    grade.late ? 'yes' : 'no',
    grade.attempts,
    new Date(grade.at).toISOString(),
    grade.problem ?? '',
  ]);
  return [head, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
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
  return rowsOf(people, grades).map(({ person, grade }) => ({
    person: { id: person.id, name: person.name, rosterId: person.rosterId },
    ...grade,
  }));
}

/** A test suite a person, a test case a check: what CI systems and some gradebooks read. */
export function gradesAsJunit(title: string, people: readonly Person[], grades: readonly CountedGrade[]): string {
  const suites = people.map((person) => {
    const cases = grades
      .filter(({ personId }) => personId === person.id)
      .flatMap(({ exerciseId, checks }) =>
        checks.map(({ title: check, earned, points, seen }) => {
          const open = `    <testcase classname="${xml(exerciseId)}" name="${xml(check)}"`;
          return earned >= points ? `${open}/>\n` : `${open}><failure message="${xml(seen)}"/></testcase>\n`;
        }),
      );
    return `  <testsuite name="${xml(person.name)}" tests="${cases.length}">\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(title)}">\n${suites.join('')}</testsuites>\n`;
}

function xml(text: string): string {
  const plain = text.replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '�');
  return plain.replace(/[&<>"'\n]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function rowsOf(people: readonly Person[], grades: readonly CountedGrade[]) {
  return people.flatMap((person) =>
    grades.filter(({ personId }) => personId === person.id).map((grade) => ({ person, grade })),
  );
}
