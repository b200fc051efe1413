import { type Cluster, createCluster, type KubeObject, namespaces } from '@drydock/engine';
import type { Refutation } from './assertion.ts';
import { evaluate, evaluateTogether, type Verdict } from './evaluate.ts';
import { type Check, type Exercise, possiblePoints } from './exercise.ts';
import { History } from './history.ts';
import { hostCauses } from './ingress-causes.ts';
import { ManifestSource, type SourcePlace } from './manifest-source.ts';
import { findAll, parsePath } from './object-path.ts';
import { absence, findObjects, unanswered } from './observe.ts';
import { Looked, type Recall } from './recall.ts';
import { whySilent } from './silent-server.ts';
import { carryOut } from './steps.ts';
import { simulated } from './vantage.ts';
import { explain, MAX_CAUSES } from './why.ts';

/** A file that a learner hands in. */
export interface AnswerFile {
  readonly name: string;
  readonly text: string;
}

export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly passed: boolean;
  readonly earned: number;
  readonly points: number;
  /** What the cluster did. */
  readonly seen: string;
  /** Causes, nearest first. */
  readonly why: readonly string[];
  /** The line of the learner's manifest it comes from, where one can be told. */
  readonly where?: SourcePlace;
  /** A question to go on with. */
  readonly ask?: string;
  /** Why it was not looked at; then its points count neither way. */
  readonly skipped?: string;
}

export interface Report {
  readonly exercise: string;
  readonly title: string;
  readonly passed: boolean;
  readonly earned: number;
  readonly points: number;
  /** What kubectl said when it refused a file. */
  readonly refused: readonly string[];
  readonly checks: readonly CheckResult[];
  /** Virtual time that the grading took. */
  readonly virtualMs: number;
}

/** Longest that applying one file may take, in virtual milliseconds. */
const APPLY_LIMIT_MS = 30_000;

/** Longest that a script may take: it may wait for Pods. */
const SCRIPT_LIMIT_MS = 300_000;

/** Where the work is not a manifest, the answer is what one types: a script for the workstation's shell. */
export function isScript(name: string): boolean {
  return name.endsWith('.sh');
}

/**
 * Grades files: boots the exercise's cluster, applies (or, a script, runs) them in order and runs every check.
 *
 * @throws ManifestSyntaxError when a file is not YAML.
 */
export function gradeFiles(exercise: Exercise, files: readonly AnswerFile[]): Report {
  const sources = files.filter(({ name }) => !isScript(name)).map(({ name, text }) => new ManifestSource(name, text));
  const cluster = createCluster({ ...exercise.cluster, unrecorded: true });
  const history = new History(cluster, exercise, cluster.revision);
  const refused: string[] = [];
  for (const { name, text } of files) {
    cluster.submit({ kind: 'file.write', path: name, text });
    const argv = isScript(name) ? ['bash', name] : ['kubectl', 'apply', '-f', name];
    const outcome = cluster.run('workstation', argv, isScript(name) ? SCRIPT_LIMIT_MS : APPLY_LIMIT_MS);
    if (outcome === undefined) refused.push(`${argv.join(' ')} did not end`);
    else if (outcome.exitCode !== 0) refused.push(outcome.stderr.trim());
  }
  return gradeOn(cluster, exercise, sources, history, refused);
}

/**
 * Grades a cluster that the learner has worked on. Everything happens on a fork: `cluster` is not touched.
 *
 * @param files what the learner has in the editor, for pointing at lines; files that are not YAML are passed over
 * @param baseRevision the revision before the learner began, for `never` checks
 */
export function gradeCluster(
  cluster: Cluster,
  exercise: Exercise,
  files: readonly AnswerFile[],
  baseRevision: number,
): Report {
  return gradeAndSpend(cluster.fork({ unrecorded: true }), exercise, files, baseRevision);
}

/**
 * As `gradeCluster`, for a cluster that nobody needs afterwards: it is broken in the process, which saves making a fork. What
 * `recall` knows is not found out again.
 */
export function gradeAndSpend(
  cluster: Cluster,
  exercise: Exercise,
  files: readonly AnswerFile[],
  baseRevision: number,
  recall?: Recall,
): Report {
  const sources = files.flatMap(({ name, text }) => {
    try {
      return [new ManifestSource(name, text)];
    } catch {
      return [];
    }
  });
  return gradeOn(cluster, exercise, sources, new History(cluster, exercise, baseRevision), [], recall);
}

/**
 * Checks that only look, or wait and look, come first, on the cluster given. Those that break something get copies, made
 * from the state before any check began to break: one for all checks that do the same, since a copy costs as much as the
 * cluster did. The last copy may be the cluster itself, which nobody needs any more.
 */
function gradeOn(
  cluster: Cluster,
  exercise: Exercise,
  sources: readonly ManifestSource[],
  history: History,
  refused: readonly string[],
  recall: Recall = () => undefined,
): Report {
  const startMs = cluster.sim.nowMs;
  const results = new Map<string, CheckResult>();
  const { now = [], later = [], breaking = [] } = Object.groupBy(exercise.checks, whenOf);
  const looked = new Looked();
  for (const check of [...now, ...later]) {
    carryOut(cluster, check.after ?? []);
    results.set(check.id, resultOf(cluster, check, evaluate(simulated(cluster), check, history), sources));
    looked.note(cluster, check);
  }
  const alike = [...Map.groupBy(breaking, ({ after }) => JSON.stringify(after)).values()].filter((checks) => {
    const recalled = recallAll(checks, looked.basisOf(checks), recall);
    for (const result of recalled ?? []) results.set(result.id, result);
    return recalled === undefined;
  });
  alike.forEach((checks, index) => {
    const copy = index === alike.length - 1 ? cluster : cluster.fork();
    const { obstacle, surprises } = carryOut(copy, checks[0]!.after!);
    const verdicts = obstacle === undefined ? evaluateTogether(simulated(copy), checks, history) : [];
    for (const [at, check] of checks.entries()) {
      const verdict = verdicts[at] ?? { passed: false, seen: obstacle!, objects: [] };
      results.set(check.id, resultOf(copy, check, verdict, sources, surprises));
    }
  });
  history.close();
  const checks = exercise.checks.map(({ id }) => results.get(id)!);
  return {
    exercise: exercise.id,
    title: exercise.title,
    passed: checks.every(({ passed }) => passed),
    earned: checks.reduce((sum, { earned }) => sum + earned, 0),
    points: possiblePoints(exercise),
    refused,
    checks,
    virtualMs: cluster.sim.nowMs - startMs,
  };
}

/** Results of checks that look side by side, where all are known: whoever has to look for one looks for all. */
function recallAll(checks: readonly Check[], basis: string, recall: Recall): readonly CheckResult[] | undefined {
  const recalled = checks.map((check) => recall(check, basis));
  if (recalled.includes(undefined)) return undefined;
  return checks.map(({ id, title, points }, index) => {
    const { passed, seen } = recalled[index]!;
    return { id, title, passed, earned: passed ? points : 0, points, seen, why: [] };
  });
}

/** Waiting breaks nothing: whoever does nothing else needs no copy. */
function whenOf({ after }: Check): 'now' | 'later' | 'breaking' {
  if (after === undefined) return 'now';
  return after.every((step) => 'wait' in step) ? 'later' : 'breaking';
}

function resultOf(
  cluster: Cluster,
  check: Check,
  verdict: Verdict,
  sources: readonly ManifestSource[],
  surprises: readonly string[] = [],
): CheckResult {
  const { id, title, points } = check;
  const { passed, seen, objects } = verdict;
  if (passed) return { id, title, passed, earned: points, points, seen, why: [] };
  const where = locate(check, verdict.refutation, sources);
  return {
    id,
    title,
    passed,
    earned: 0,
    points,
    seen,
    why: [...new Set([...surprises, ...whyOf(cluster, check, objects)])].slice(0, MAX_CAUSES),
    where,
    ask: check.ask,
  };
}

/**
 * Why it is so: what the check's author says that it comes from is looked at first, and may not be there at all. Where the API
 * server does not answer, nothing else is worth telling.
 */
function whyOf(cluster: Cluster, { about, observe }: Check, objects: readonly KubeObject[]): readonly string[] {
  try {
    cluster.client.resource(namespaces).list();
    const found = about === undefined ? [] : findObjects(cluster, about);
    if (about?.name !== undefined && found.length === 0) return [absence(about)];
    const unserved = found.filter(({ kind }) => kind === 'Ingress').flatMap((ingress) => hostCauses(ingress, observe));
    return [...unserved, ...explain(cluster, [...found, ...objects])];
  } catch (error) {
    if (unanswered(error) === undefined) throw error;
    return whySilent(cluster);
  }
}

/** The line of a manifest that a failed check comes from. */
export function locate(
  check: Check,
  refutation: Refutation | undefined,
  sources: readonly ManifestSource[],
): SourcePlace | undefined {
  const about = subject(check);
  if (about === undefined) return undefined;
  const { kind, name } = about;
  for (const source of sources) {
    const place = source.find(kind, name, refutedField(check, refutation) ?? blamedField(check, source, kind, name));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** The object whose manifest a check is about; what a command on a machine shows comes from no one manifest. */
function subject({ about, observe }: Check): { readonly kind: string; readonly name?: string } | undefined {
  if (about !== undefined) return about;
  if ('object' in observe) return observe.object;
  if ('run' in observe) return undefined;
  return { kind: 'Pod', name: ('http' in observe ? observe.http : observe.exec).pod };
}

/** The very field that was refuted, where it is one that the learner wrote. */
function refutedField(check: Check, refutation: Refutation | undefined): readonly (string | number)[] | undefined {
  if (!('object' in check.observe) || refutation === undefined || refutation.at[0] === 'status') return undefined;
  return refutation.at;
}

/** Where the check's author says that such a failure comes from. */
function blamedField(
  check: Check,
  source: ManifestSource,
  kind: string,
  name: string | undefined,
): readonly (string | number)[] {
  const steps = parsePath(check.blame ?? 'spec');
  const [found] = findAll(source.object(kind, name), steps);
  return found?.at ?? ['spec'];
}
