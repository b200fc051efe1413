import type { Cluster, KubeObject } from '@drydock/engine';
import { confirm, type Refutation, refute } from './assertion.ts';
import { type Check, type ObjectQuery, spanMs } from './exercise.ts';
import type { History } from './history.ts';
import { inWords } from './json.ts';
import { findAll, parsePath } from './object-path.ts';
import { absence, observe, type Seen } from './observe.ts';
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
const KUBECTLS_LAST = /command terminated with exit code \d+\n?$/;

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
  const refutation = refute(value, check.that ?? []);
  if (refutation === undefined) return { passed: true, seen: 'as it should be', objects };
  const query = listed(check);
  const fact = query === undefined || objects.length > 0 ? refutation.seen : nothingFound(query, refutation);
  return { passed: false, seen: `${fact}${complaint(value)}`, objects, refutation: placed(check, refutation) };
}

/** What a check asks a list of. */
function listed({ observe }: Check): ObjectQuery | undefined {
  return 'object' in observe && observe.object.name === undefined ? observe.object : undefined;
}

/** Where nothing is found, what was asked of it does not matter, but how much of it there should be does. */
function nothingFound(query: ObjectQuery, { assertion, seen }: Refutation): string {
  return assertion.path === 'items' ? `${absence(query)} (${seen})` : absence(query);
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

/** What a command said on the side, which is where most tell why they failed. */
function complaint(value: unknown): string {
  const { exitCode, stderr } = value as { readonly exitCode?: unknown; readonly stderr?: unknown };
  if (typeof exitCode !== 'number' || exitCode === 0) return '';
  const said = String(stderr).replace(KUBECTLS_LAST, '').trim().slice(0, MOST_SAID);
  return said === '' ? `; exit code ${exitCode}` : `; it said: ${said}`;
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
      return { ...next.verdict, passed: false, seen: `${path} stayed ${first.shown} for ${within}` };
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
      return { ...next.verdict, passed: false, seen: `${path} changed from ${first.shown} to ${next.shown}` };
    }
  }
}

function look(vantage: Vantage, check: Check, path: string): { verdict: Verdict; shown: string } {
  const seen = vantage.observe(check.observe);
  return {
    verdict: judge(seen, check),
    shown: findAll(seen.value, parsePath(path))
      .map((found) => inWords(found.value))
      .join(', '),
  };
}

function* never(check: Check, history: History | undefined): Looks {
  if (!('object' in check.observe)) throw new Error(`check "${check.id}": never looks at objects only`);
  if (history === undefined) throw new Error(`check "${check.id}": never needs the cluster's history`);
  const match = history.firstMatch(check.observe.object, check.that ?? []);
  if (match === undefined) return { passed: true, seen: 'it never happened', objects: [] };
  const { object, timeMs } = match;
  return {
    passed: false,
    seen: `at ${Math.round(timeMs / 1000)} s, of the ${object.kind} "${object.metadata.name}": ${confirm(object, check.that ?? [])}`,
    objects: [object],
  };
}
