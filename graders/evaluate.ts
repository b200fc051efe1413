import type { Cluster, KubeObject } from '@drydock/engine';
import { confirm, type Refutation, refute } from './assertion.ts';
import { type Check, type ObjectQuery, spanMs } from './exercise.ts';
import { exitCodeInWords } from './exit-code.ts';
import type { History } from './history.ts';
import { cut, inWords, printedInWords } from './json.ts';
import { findAll, parsePath } from './object-path.ts';
import { absence, howMany, observe, pluralOf, type Seen, unanswered } from './observe.ts';
import { tellingOf } from './telling.ts';
import type { Vantage } from './vantage.ts';

/** How a check came out. */
export interface Verdict {
  readonly passed: boolean;
  /** What the cluster did, in a sentence. */
  readonly seen: string;
  readonly objects: readonly KubeObject[];
  readonly refutation?: Refutation;
}

/** How often a check that waits looks again. */
const LOOK_EVERY_MS = 500;

/** So much is told of what a command said. */
const MOST_SAID = 200;
/** What kubectl exec adds of its own. */
const KUBECTLS_OWN = /^Defaulted container .*\n|command terminated with exit code \d+\n?$/g;

/** Evaluates one check, waiting as long as the check's span asks. Without a history a `never` check throws. */
export function evaluate(vantage: Vantage, check: Check, history: History | undefined): Verdict {
  return evaluateTogether(vantage, [check], history)[0]!;
}

/** Evaluates checks on the same cluster side by side: each sees it from the same moment on, as if it were alone. */
export function evaluateTogether(
  vantage: Vantage,
  checks: readonly Check[],
  history: History | undefined,
): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  let looking = checks.map((check, index) => ({ index, look: looks(vantage, check, history), dueMs: vantage.nowMs }));
  while (looking.length > 0) {
    const next = looking.reduce((first, each) => (each.dueMs < first.dueMs ? each : first));
    if (next.dueMs > vantage.nowMs) vantage.wait(next.dueMs - vantage.nowMs);
    const { done, value } = next.look.next();
    if (done === true) {
      verdicts[next.index] = value;
      looking = looking.filter((each) => each !== next);
    } else next.dueMs = vantage.nowMs + value;
  }
  return verdicts;
}

/** Looks at a cluster; yields how many milliseconds to wait until the next look, and returns how the check came out. */
type Looks = Generator<number, Verdict, void>;

function looks(vantage: Vantage, check: Check, history: History | undefined): Looks {
  if (check.within !== undefined) return eventually(vantage, check, spanMs(check.within));
  if (check.always !== undefined) return always(vantage, check, spanMs(check.always));
  if (check.changes !== undefined) return changes(vantage, check, check.changes);
  if (check.constant !== undefined) return constant(vantage, check, check.constant);
  return never(check, history);
}

/** Whether the check holds at this moment; for the goal list that lights up as the learner works. */
export function holdsNow(cluster: Cluster, check: Check): boolean | undefined {
  const instantaneous = check.within !== undefined && check.after === undefined && 'object' in check.observe;
  return instantaneous ? judge(observe(cluster, check.observe), check).passed : undefined;
}

function judge(seen: Seen, check: Check): Verdict {
  const { objects, absent, value } = seen;
  if (absent !== undefined) return { passed: false, seen: absent, objects };
  const refutation = refute(value, check.that ?? [], (path) => tellingOf(check.observe, path));
  if (refutation === undefined) return { passed: true, seen: 'as it should be', objects };
  const query = listed(check);
  const fact = query === undefined ? refutation.seen : ofList(query, refutation, objects);
  return {
    passed: false,
    seen: `${fact}${complaint(check, value, refutation)}`,
    objects,
    refutation: placed(check, refutation),
  };
}

/** What a check asks a list of. */
function listed({ observe }: Check): ObjectQuery | undefined {
  return 'object' in observe && observe.object.name === undefined ? observe.object : undefined;
}

/** What of a list's failed assertion can be said without its path. */
function ofList(query: ObjectQuery, refutation: Refutation, objects: readonly KubeObject[]): string {
  const { path, not, equals, every, length: wanted } = refutation.assertion;
  if (path === 'items' && wanted !== undefined) {
    return `${howMany(query, objects)}, and there should be ${wanted === 0 ? 'none' : wanted}`;
  }
  if (objects.length === 0) return absence(query);
  if (path === 'items[*].metadata.name' && not !== undefined) {
    return `there is a ${query.kind} named "${not}", and there should be none`;
  }
  if (path === 'items[*].metadata.name' && typeof equals === 'string' && every !== true) {
    return absence({ ...query, selector: undefined, name: equals });
  }
  return refutation.seen.replace(/^items has no /, `among the ${pluralOf(query.kind)} there is no `);
}

/**
 * The place in the object that the learner wrote: of a list, in the item. None where the failure comes from another object
 * than the one that was looked at.
 */
function placed(check: Check, refutation: Refutation): Refutation | undefined {
  if (check.about !== undefined) return undefined;
  if (listed(check) === undefined) return refutation;
  const at = refutation.at.slice(2);
  return at.length === 0 ? undefined : { ...refutation, at };
}

/** What a command said on the side, which is where most tell why they failed; or what its exit code says. */
function complaint({ observe }: Check, value: unknown, { assertion }: Refutation): string {
  if (!('exec' in observe || 'run' in observe)) return '';
  const { exitCode, stderr } = value as { readonly exitCode: number; readonly stderr: string };
  if (exitCode === 0 || assertion.path === 'stderr') return '';
  const said = cut(stderr.replace(KUBECTLS_OWN, '').trim(), MOST_SAID);
  if (said !== '') return `; it said: ${said}`;
  const meaning = exitCodeInWords(('exec' in observe ? observe.exec : observe.run).command, exitCode);
  if (meaning !== undefined) return `; exit code ${exitCode}: ${meaning}`;
  return assertion.path === 'exitCode' ? '' : `; exit code ${exitCode}`;
}

function* eventually(vantage: Vantage, check: Check, limitMs: number): Looks {
  const deadlineMs = vantage.nowMs + limitMs;
  for (;;) {
    const verdict = judge(vantage.observe(check.observe), check);
    if (verdict.passed) return verdict;
    if (vantage.nowMs >= deadlineMs) return { ...verdict, seen: `after ${check.within}: ${verdict.seen}` };
    yield Math.min(LOOK_EVERY_MS, deadlineMs - vantage.nowMs);
  }
}

function* always(vantage: Vantage, check: Check, spanLengthMs: number): Looks {
  const startMs = vantage.nowMs;
  for (;;) {
    const verdict = judge(vantage.observe(check.observe), check);
    const elapsedMs = vantage.nowMs - startMs;
    if (!verdict.passed) return { ...verdict, seen: `${Math.round(elapsedMs / 1000)} s in: ${verdict.seen}` };
    if (elapsedMs >= spanLengthMs) return verdict;
    yield Math.min(LOOK_EVERY_MS, spanLengthMs - elapsedMs);
  }
}

function* changes(vantage: Vantage, check: Check, { path, within }: NonNullable<Check['changes']>): Looks {
  const deadlineMs = vantage.nowMs + spanMs(within);
  const first = look(vantage, check, path);
  if (!first.verdict.passed) return first.verdict;
  for (;;) {
    yield LOOK_EVERY_MS;
    const next = look(vantage, check, path);
    if (!next.verdict.passed) return next.verdict;
    if (next.shown !== first.shown) return { ...next.verdict, seen: `${path} changed` };
    if (vantage.nowMs >= deadlineMs) {
      const { did } = tellingOf(check.observe, path) ?? { did: `${path} stayed` };
      return { ...next.verdict, passed: false, seen: `${did} ${first.shown} for ${within}` };
    }
  }
}

function* constant(vantage: Vantage, check: Check, { path, over }: NonNullable<Check['constant']>): Looks {
  const deadlineMs = vantage.nowMs + spanMs(over);
  const first = look(vantage, check, path);
  for (;;) {
    if (!first.verdict.passed) return first.verdict;
    if (vantage.nowMs >= deadlineMs) return { ...first.verdict, seen: `${path} stayed as it was` };
    yield LOOK_EVERY_MS;
    const next = look(vantage, check, path);
    if (!next.verdict.passed) return next.verdict;
    if (next.shown !== first.shown) {
      const telling = tellingOf(check.observe, path);
      const change = `${first.shown}${telling === undefined ? ' to' : ', then'} ${next.shown}`;
      return { ...next.verdict, passed: false, seen: `${telling?.did ?? `${path} changed from`} ${change}` };
    }
  }
}

function look(vantage: Vantage, check: Check, path: string): { verdict: Verdict; shown: string } {
  const seen = vantage.observe(check.observe);
  const found = findAll(seen.value, parsePath(path)).map(({ value }) => value);
  const isTold = tellingOf(check.observe, path) !== undefined;
  const words = found.map((value) => (isTold ? printedInWords(String(value)) : inWords(value)));
  return { verdict: judge(seen, check), shown: words.length === 0 ? 'unset' : words.join(', ') };
}

function* never(check: Check, history: History | undefined): Looks {
  if (!('object' in check.observe)) throw new Error(`check "${check.id}": never looks at objects only`);
  if (history === undefined) throw new Error(`check "${check.id}": never needs the cluster's history`);
  try {
    return remembered(check, history.firstMatch(check.observe.object, check.that ?? []));
  } catch (error) {
    const seen = unanswered(error);
    if (seen === undefined) throw error;
    return { passed: false, seen, objects: [] };
  }
}

/** The verdict on what should never have been. */
function remembered(check: Check, match: ReturnType<History['firstMatch']>): Verdict {
  if (match === undefined) return { passed: true, seen: 'it never happened', objects: [] };
  const { object, timeMs } = match;
  return {
    passed: false,
    seen: `at ${Math.round(timeMs / 1000)} s, of the ${object.kind} "${object.metadata.name}": ${confirm(object, check.that ?? [])}`,
    objects: [object],
  };
}
