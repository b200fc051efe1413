import { checkQuantity, compareQuantities } from '@drydock/engine';
import { inWords, type Json, sameJson } from './json.ts';
import { findAll, parsePath } from './object-path.ts';

/**
 * What must be true of an observed value. `path` leads into it; where it leads to several values, one of them is
 * enough, unless `every` is set. Exactly one of the tests is given.
 */
export interface Assertion {
  readonly path: string;
  readonly every?: boolean;
  readonly equals?: Json;
  readonly oneOf?: readonly Json[];
  /** A JavaScript regular expression over the value as text. */
  readonly matches?: string;
  /** A substring of a text, or an element of a list. */
  readonly contains?: Json;
  readonly exists?: boolean;
  /** A number, or a quantity (`32Mi`) that is compared as one. */
  readonly atLeast?: number | string;
  readonly atMost?: number | string;
  /** A quantity, however it is written: `1Gi` is `1024Mi` is `"1073741824"`. */
  readonly amount?: number | string;
  /** Of a list or a text. */
  readonly length?: number;
}

export const ASSERTION_TESTS = [
  'equals',
  'oneOf',
  'matches',
  'contains',
  'exists',
  'atLeast',
  'atMost',
  'amount',
  'length',
] as const;

/** What was found where an assertion did not hold. */
export interface Refutation {
  readonly assertion: Assertion;
  /** A sentence: what is there instead of what was asked for. */
  readonly seen: string;
  /** The exact way to the value (or as far as it goes), for finding the line in the manifest. */
  readonly at: readonly (string | number)[];
}

/** The first assertion that does not hold for the value; undefined when all do. */
export function refute(value: unknown, assertions: readonly Assertion[]): Refutation | undefined {
  for (const assertion of assertions) {
    const refutation = refuteOne(value, assertion);
    if (refutation !== undefined) return refutation;
  }
  return undefined;
}

function refuteOne(value: unknown, assertion: Assertion): Refutation | undefined {
  const found = findAll(value, parsePath(assertion.path));
  if (assertion.exists !== undefined) {
    if (found.length > 0 === assertion.exists) return undefined;
    const seen = assertion.exists ? missing(value, assertion.path) : `${assertion.path} is ${inWords(found[0]!.value)}`;
    return { assertion, seen, at: found[0]?.at ?? literalPath(assertion.path) };
  }
  const failing = found.filter((candidate) => !holds(candidate.value, assertion));
  const satisfied = assertion.every === true ? found.length > 0 && failing.length === 0 : failing.length < found.length;
  if (satisfied) return undefined;
  const [first] = failing;
  const values = failing.map(({ value }) => (isEmpty(value) ? 'empty' : inWords(value))).join(', ');
  const seen =
    first === undefined ? missing(value, assertion.path) : `${assertion.path} is ${values}, not ${wanted(assertion)}`;
  return { assertion, seen, at: first?.at ?? literalPath(assertion.path) };
}

/** Says what is not there; of a list that lacks the element with a name, what it has instead. */
function missing(value: unknown, path: string): string {
  const steps = parsePath(path);
  const at = steps.findIndex((step) => step.kind === 'where');
  const step = steps[at];
  if (step?.kind !== 'where' || step.field !== 'name') return `there is no ${path}`;
  const names = findAll(value, [...steps.slice(0, at), { kind: 'all' }])
    .map(({ value: element }) => Object(element).name as unknown)
    .filter((name) => typeof name === 'string');
  if (names.length === 0 || names.includes(step.value)) return `there is no ${path}`;
  const list = path.slice(0, path.indexOf('[name='));
  return `${list} has no "${step.value}", but ${names.map((name) => `"${name}"`).join(', ')}`;
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

function holds(value: unknown, assertion: Assertion): boolean {
  const { equals, oneOf, matches, contains, atLeast, atMost, amount, length } = assertion;
  if (equals !== undefined) return sameJson(value, equals);
  if (oneOf !== undefined) return oneOf.some((candidate) => sameJson(value, candidate));
  if (matches !== undefined) return new RegExp(matches, 's').test(String(value));
  if (contains !== undefined) {
    return Array.isArray(value)
      ? value.some((element) => sameJson(element, contains))
      : String(value).includes(String(contains));
  }
  if (atLeast !== undefined) return compared(value, atLeast, (order) => order >= 0);
  if (atMost !== undefined) return compared(value, atMost, (order) => order <= 0);
  if (amount !== undefined) return compared(value, amount, (order) => order === 0);
  return (Array.isArray(value) || typeof value === 'string') && value.length === length;
}

/** Whether a value's order to a limit is a good one; what is no amount has none. Texts are amounts beside a quantity only. */
function compared(value: unknown, limit: number | string, isGood: (order: number) => boolean): boolean {
  if (typeof value === 'number' && typeof limit === 'number') return isGood(value - limit);
  if (typeof limit === 'number' || (typeof value !== 'string' && typeof value !== 'number')) return false;
  return checkQuantity(value) === undefined && isGood(compareQuantities(value, limit));
}

function wanted(assertion: Assertion): string {
  const { equals, oneOf, matches, contains, atLeast, atMost, amount, length } = assertion;
  if (equals !== undefined) return inWords(equals);
  if (oneOf !== undefined) return `one of ${oneOf.map(inWords).join(', ')}`;
  if (matches !== undefined) return `something that matches /${matches}/`;
  if (contains !== undefined) return `something with ${inWords(contains)} in it`;
  if (atLeast !== undefined) return `at least ${atLeast}`;
  if (atMost !== undefined) return `at most ${atMost}`;
  if (amount !== undefined) return `${amount}`;
  return `of length ${length}`;
}

/** The part of a path that names fields only: where a missing value would have stood. */
function literalPath(path: string): readonly (string | number)[] {
  const literal: (string | number)[] = [];
  for (const step of parsePath(path)) {
    if (step.kind === 'field') literal.push(step.name);
    else if (step.kind === 'index') literal.push(step.index);
    else break;
  }
  return literal;
}
