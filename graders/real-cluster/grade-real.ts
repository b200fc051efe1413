import { evaluate } from '../evaluate.ts';
import { BEFORE_FOLDER, type Check, type Exercise, type Step, spanMs } from '../exercise.ts';
import { type AnswerFile, type CheckResult, isScript, locate, type Report } from '../grade.ts';
import { ManifestSource } from '../manifest-source.ts';
import { surpriseOf } from '../steps.ts';
import { MAX_CAUSES } from '../why.ts';
import { callKubectl, RealClusterError } from './kubectl.ts';
import { RealVantage } from './real-vantage.ts';

/**
 * Grades files on a real cluster: applies them with kubectl and looks at what comes of it. What was applied stays there.
 * Checks that break machines, or ask what the cluster once looked like, are skipped: only the simulator can do that.
 *
 * @throws ManifestSyntaxError when a file is not YAML, RealClusterError when the cluster cannot be reached.
 */
export function gradeReal(exercise: Exercise, files: readonly AnswerFile[], kubeconfig: string): Report {
  const script = files.find(({ name }) => isScript(name));
  if (script !== undefined) {
    throw new RealClusterError(`${script.name} is a script, and scripts are run on the simulated workstation only`);
  }
  const sources = files.map(({ name, text }) => new ManifestSource(name, text));
  const vantage = new RealVantage(kubeconfig);
  // A cluster that is not there is found out before anything is called wrong.
  vantage.observe({ object: { kind: 'Namespace' } });
  prepare(exercise, vantage, kubeconfig);
  const startMs = vantage.nowMs;
  const refused = files.flatMap(({ text }) => {
    const { exitCode, stderr } = callKubectl(kubeconfig, ['apply', '-f', '-'], text);
    return exitCode === 0 ? [] : [stderr.trim()];
  });
  // Those that change something come last.
  const order = exercise.checks.toSorted((a, b) => Number(a.after !== undefined) - Number(b.after !== undefined));
  const results = new Map(order.map((check) => [check.id, resultOf(vantage, check, sources, kubeconfig)]));
  const checks = exercise.checks.map(({ id }) => results.get(id)!);
  const counted = checks.filter(({ skipped }) => skipped === undefined);
  return {
    exercise: exercise.id,
    title: exercise.title,
    passed: counted.every(({ passed }) => passed),
    earned: counted.reduce((sum, { earned }) => sum + earned, 0),
    points: counted.reduce((sum, { points }) => sum + points, 0),
    refused,
    checks,
    virtualMs: vantage.nowMs - startMs,
  };
}

/** Does what has happened before the learner comes. */
function prepare({ id, before, cluster }: Exercise, vantage: RealVantage, kubeconfig: string): void {
  if (before.some((step) => 'fault' in step || 'run' in step)) {
    throw new RealClusterError(
      `"${id}" begins with something done to a machine that only the simulator can do without harm`,
    );
  }
  for (const step of before) {
    const path = 'kubectl' in step ? step.kubectl.find((word) => word.startsWith(BEFORE_FOLDER)) : undefined;
    const text = path === undefined ? undefined : cluster.files?.[path];
    const given =
      'kubectl' in step && text !== undefined
        ? { kubectl: step.kubectl.map((word) => (word === path ? '-' : word)) }
        : step;
    const obstacle = carryOut(vantage, given, kubeconfig, text);
    if (obstacle !== undefined) throw new RealClusterError(`what should be there before is refused: ${obstacle}`);
  }
}

function resultOf(
  vantage: RealVantage,
  check: Check,
  sources: readonly ManifestSource[],
  kubeconfig: string,
): CheckResult {
  const { id, title, points, after = [] } = check;
  const skipped = onlySimulated(check);
  if (skipped !== undefined) return { id, title, passed: false, earned: 0, points, seen: skipped, why: [], skipped };
  // What kubectl refuses is no obstacle to looking: it is told of where the check does not come out.
  const surprises: string[] = [];
  let obstacle: string | undefined;
  for (const step of after) {
    const surprise = carryOut(vantage, step, kubeconfig);
    if (surprise === undefined) continue;
    if ('kubectl' in step) surprises.push(surprise);
    else obstacle ??= surprise;
  }
  const verdict =
    obstacle === undefined ? evaluate(vantage, check, undefined) : { passed: false, seen: obstacle, objects: [] };
  if (verdict.passed) return { id, title, passed: true, earned: points, points, seen: verdict.seen, why: [] };
  const where = locate(check, verdict.refutation, sources);
  return {
    id,
    title,
    passed: false,
    earned: 0,
    points,
    seen: verdict.seen,
    why: surprises.slice(0, MAX_CAUSES),
    where,
    ask: check.ask,
  };
}

/** Why only the simulator can look at a check; undefined where a real cluster will do. */
function onlySimulated({ after = [], never, observe }: Check): string | undefined {
  if ('run' in observe) return 'it runs a command on a machine, and only the simulator has them all at hand';
  if (after.some((step) => 'fault' in step || 'run' in step))
    return 'it breaks something, which only the simulator can do without harm';
  if (never === true) return 'it asks what the cluster once looked like, which only the simulator remembers';
  return undefined;
}

function carryOut(vantage: RealVantage, step: Step, kubeconfig: string, input?: string): string | undefined {
  if ('wait' in step) {
    vantage.wait(spanMs(step.wait));
    return undefined;
  }
  if ('fault' in step || 'run' in step) return undefined;
  const call = 'kubectl' in step ? step : { kubectl: deletion(step.delete) };
  return surpriseOf(call, callKubectl(kubeconfig, call.kubectl, input));
}

function deletion({
  kind,
  namespace = 'default',
  name,
  selector,
}: Extract<Step, { delete: unknown }>['delete']): string[] {
  const which = name === undefined ? (selector === undefined ? ['--all'] : ['-l', selector]) : [name];
  return ['delete', kind, '-n', namespace, '--wait=false', ...which];
}
