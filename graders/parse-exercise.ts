import { type ClusterOptions, MAX_CONTROL_PLANES, machineNames, type Preparation, RELEASES } from '@drydock/engine';
import { CourseFileError, CourseNode } from './course-file.ts';
import {
  BEFORE_FOLDER,
  type BeforeStep,
  type Check,
  type Exercise,
  type ExerciseFolder,
  type Hint,
  type Mistake,
  type Proof,
  spanMs,
} from './exercise.ts';
import { parseChecks } from './parse-check.ts';
import { readStep } from './parse-step.ts';
import { withVariant } from './variant.ts';

const EXERCISE_FIELDS = [
  'title',
  'level',
  'rows',
  'minutes',
  'brief',
  'cluster',
  'before',
  'applied',
  'answer',
  'checks',
  'hints',
  'variants',
];
const ROWS = 21;
const NAMED_FILE = new RegExp(`${BEFORE_FOLDER}([\\w./-]+)`, 'g');

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
  const cluster = root.has('cluster') ? readCluster(root.field('cluster')) : {};
  const machines = machineNames(cluster);
  const checks = parseChecks(root.field('checks'), machines);
  const before = parseBefore(root, folder, machines);
  return {
    id,
    title: root.field('title').text(),
    level: root.field('level').oneOf(['follow', 'apply', 'diagnose']),
    rows: root.field('rows').elements().map(readRow),
    minutes: root.field('minutes').number(),
    brief: root.field('brief').text(),
    cluster: withPast(cluster, folder, before),
    before,
    applied: root.has('applied') && readFlag(root.field('applied')),
    answer: root.field('answer').text(),
    checks,
    hints: root
      .field('hints')
      .elements()
      .map((hint) => parseHint(hint, checks)),
    start: filesBelow(folder, 'start/'),
  };
}

const CLUSTER = [
  'seed',
  'workers',
  'controlPlanes',
  'storage',
  'metricsServer',
  'nvidiaDevicePlugin',
  'kubernetesVersion',
];
const WORKER = ['name', 'cpu', 'memory', 'gpus', 'labels'];

function readCluster(node: CourseNode): ClusterOptions {
  node.only(CLUSTER);
  if (node.has('workers')) for (const worker of node.field('workers').elements()) worker.only(WORKER);
  if (node.has('controlPlanes')) {
    const count = node.field('controlPlanes').number();
    if (!Number.isInteger(count) || count < 1 || count > MAX_CONTROL_PLANES)
      node.field('controlPlanes').fail(`must be a whole number from 1 to ${MAX_CONTROL_PLANES}`);
  }
  if (node.has('kubernetesVersion')) node.field('kubernetesVersion').oneOf(RELEASES);
  return node.data() as ClusterOptions;
}

/** The cluster with its past; files of the folder `before/` lie where the past needs them. */
function withPast(cluster: ClusterOptions, folder: ExerciseFolder, before: readonly BeforeStep[]): ClusterOptions {
  if (before.length === 0) return cluster;
  const left = Object.entries(filesBelow(folder, 'before/')).map(([name, text]) => [BEFORE_FOLDER + name, text]);
  return { ...cluster, files: { ...cluster.files, ...Object.fromEntries(left) }, before: before.map(preparation) };
}

function parseBefore(root: CourseNode, folder: ExerciseFolder, machines: readonly string[]): readonly BeforeStep[] {
  if (!root.has('before')) return [];
  const files = filesBelow(folder, 'before/');
  return root
    .field('before')
    .elements()
    .map((node) => {
      const step = readStep(node, machines);
      if ('delete' in step) return node.fail('before the learner comes, things are deleted with kubectl');
      for (const name of filesNamed(step)) {
        const isThere = Object.keys(files).some((file) => `${file}/`.startsWith(`${name.replace(/\/$/, '')}/`));
        if (!isThere) node.fail(`there is no file before/${name}`);
      }
      return step;
    });
}

/** The files of the folder `before/` that a step speaks of; they lie on the workstation only. */
function filesNamed(step: BeforeStep): readonly string[] {
  const words =
    'kubectl' in step ? step.kubectl : 'run' in step && step.run.host === 'workstation' ? step.run.command : [];
  return words.flatMap((word) => [...word.matchAll(NAMED_FILE)].map(([, name]) => name!));
}

function preparation(step: BeforeStep): Preparation {
  if ('wait' in step) return { waitMs: spanMs(step.wait) };
  if ('fault' in step) return { fault: step.fault };
  if ('run' in step) return { run: step.run.command, host: step.run.host };
  return { run: ['kubectl', ...step.kubectl] };
}

function readRow(node: CourseNode): number {
  const row = node.number();
  if (!Number.isInteger(row) || row < 1 || row > ROWS) node.fail(`the syllabus has the rows 1 to ${ROWS}`);
  return row;
}

function readFlag(node: CourseNode): boolean {
  const value = node.data();
  return typeof value === 'boolean' ? value : node.fail('can be true or false');
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
  if (fails.length === 0) throw new CourseFileError(`${file}: a mistake fails at least one check`);
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
