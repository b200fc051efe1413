import { ASSERTION_TESTS } from './assertion.ts';
import { CourseFileError, CourseNode } from './course-file.ts';
import {
  type Check,
  type Exercise,
  type ExerciseFolder,
  type Hint,
  type Mistake,
  type Proof,
  spanMs,
} from './exercise.ts';
import { parsePath } from './object-path.ts';
import { withVariant } from './variant.ts';

const EXERCISE_FIELDS = [
  'title',
  'level',
  'rows',
  'minutes',
  'brief',
  'cluster',
  'answer',
  'checks',
  'hints',
  'variants',
];
const CHECK_FIELDS = ['id', 'title', 'points', 'observe', 'after', 'that', 'blame', 'ask'];
const MODES = ['within', 'always', 'never', 'changes', 'constant'];

/**
 * Reads an exercise from its folder; of several variants the first, unless `withVariant` has chosen another.
 *
 * @throws CourseFileError with file, line, what is wrong and what would be right.
 */
export function parseExercise(id: string, files: ExerciseFolder): Exercise {
  const folder = withVariant(id, files, 0);
  const name = `exercises/${id}/exercise.yaml`;
  const text = folder['exercise.yaml'];
  if (text === undefined) throw new CourseFileError(`${name}: the file is missing`);
  const root = CourseNode.parse(name, text);
  root.only(EXERCISE_FIELDS);
  const checks = root.field('checks').elements().map(parseCheck);
  return {
    id,
    title: root.field('title').text(),
    level: root.field('level').oneOf(['follow', 'apply', 'diagnose']),
    rows: root
      .field('rows')
      .elements()
      .map((row) => row.number()),
    minutes: root.field('minutes').number(),
    brief: root.field('brief').text(),
    cluster: root.has('cluster') ? (root.field('cluster').data() as Exercise['cluster']) : {},
    answer: root.field('answer').text(),
    checks,
    hints: root
      .field('hints')
      .elements()
      .map((hint) => parseHint(hint, checks)),
    start: filesBelow(folder, 'start/'),
  };
}

function parseCheck(node: CourseNode): Check {
  node.only([...CHECK_FIELDS, ...MODES]);
  const modes = MODES.filter((mode) => node.has(mode));
  if (modes.length !== 1) node.fail(`needs exactly one of ${MODES.join(', ')}`);
  for (const mode of ['within', 'always'] as const) if (node.has(mode)) checkSpan(node.field(mode));
  if (node.has('changes')) checkSpan(node.field('changes').field('within'));
  if (node.has('constant')) checkSpan(node.field('constant').field('over'));
  if (node.has('that')) node.field('that').elements().forEach(checkAssertion);
  else if (!node.has('changes') && !node.has('constant')) node.fail('says nothing to check: add `that`');
  node.field('observe').only(['object', 'http', 'exec']);
  if (node.has('after')) {
    for (const step of node.field('after').elements()) step.only(['fault', 'wait', 'delete', 'kubectl']);
  }
  if (node.has('blame')) checkPath(node.field('blame'));
  node.field('id').text();
  node.field('title').text();
  node.field('points').number();
  node.field('ask').text();
  return node.data() as Check;
}

function checkSpan(node: CourseNode): void {
  try {
    spanMs(node.text());
  } catch (error) {
    if (error instanceof CourseFileError) throw error;
    node.fail((error as Error).message);
  }
}

function checkAssertion(node: CourseNode): void {
  node.only(['path', 'every', ...ASSERTION_TESTS]);
  if (ASSERTION_TESTS.filter((test) => node.has(test)).length !== 1) {
    node.fail(`needs exactly one of ${ASSERTION_TESTS.join(', ')}`);
  }
  checkPath(node.field('path'));
  if (node.has('matches')) checkExpression(node.field('matches'));
}

function checkPath(node: CourseNode): void {
  try {
    parsePath(node.text());
  } catch (error) {
    if (error instanceof CourseFileError) throw error;
    node.fail((error as Error).message);
  }
}

function checkExpression(node: CourseNode): void {
  try {
    new RegExp(node.text(), 's');
  } catch (error) {
    if (error instanceof CourseFileError) throw error;
    node.fail((error as Error).message);
  }
}

function parseHint(node: CourseNode, checks: readonly Check[]): Hint {
  node.only(['check', 'text']);
  const check = node.field('check').text();
  if (!checks.some(({ id }) => id === check)) node.field('check').fail(`there is no check "${check}"`);
  return { check, text: node.field('text').text() };
}

/**
 * Reads what proves an exercise: `solutions/<name>/*.yaml` and `mistakes/<name>/*.yaml` with `fails.yaml`, a list of
 * the ids of the checks that must fail.
 */
export function parseProof(exercise: Exercise, folder: ExerciseFolder): Proof {
  const mistakes: Record<string, Mistake> = {};
  for (const [name, files] of Object.entries(subfolders(folder, 'mistakes/'))) {
    mistakes[name] = parseMistake(exercise, name, files);
  }
  return { solutions: subfolders(folder, 'solutions/'), mistakes };
}

function parseMistake(exercise: Exercise, name: string, files: Readonly<Record<string, string>>): Mistake {
  const file = `exercises/${exercise.id}/mistakes/${name}/fails.yaml`;
  const { 'fails.yaml': list, ...answer } = files;
  if (list === undefined) throw new CourseFileError(`${file}: the file is missing`);
  const fails = CourseNode.parse(file, list)
    .elements()
    .map((element) => element.oneOf(exercise.checks.map(({ id }) => id)));
  return { files: answer, fails };
}

function filesBelow(folder: ExerciseFolder, prefix: string): Record<string, string> {
  const entries = Object.entries(folder).filter(([path]) => path.startsWith(prefix));
  return Object.fromEntries(entries.map(([path, text]) => [path.slice(prefix.length), text]));
}

function subfolders(folder: ExerciseFolder, prefix: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  for (const [path, text] of Object.entries(filesBelow(folder, prefix))) {
    const [name, ...rest] = path.split('/');
    found[name!] = { ...found[name!], [rest.join('/')]: text };
  }
  return found;
}
