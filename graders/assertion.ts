import { checkQuantity, compareQuantities } from '@drydock/engine';
import { sameImage } from './image-name.ts';
import { inWords, type Json, printedInWords, sameJson } from './json.ts';
import { meaningOf } from './meaning.ts';
import { missing } from './missing.ts';
import { type Found, findAll, parsePath } from './object-path.ts';
import { patternInWords } from './pattern-words.ts';

/**
 * What must be true of an observed value. `path` leads into it; where it leads to several values, one of them is
 * enough, unless `every` is set. Exactly one of the tests is given.
 */
export interface Assertion {
  readonly path: string;
  readonly every?: boolean;
  readonly equals?: Json;
  /** Anything but this. */
  readonly not?: Json;
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
  /** An image, however its name is spelt: `nginx:1.29` is `docker.io/library/nginx:1.29`. */
  readonly image?: string;
  /** Of a list or a text. */
  readonly length?: number;
}

export const ASSERTION_TESTS = [
  'equals',
  'not',
  'oneOf',
  'matches',
  'contains',
  'exists',
  'atLeast',
  'atMost',
  'amount',
  'image',
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

/** How a value is told that is no field of an object: `"cat /book" in the Pod "crew" printed "open", and should print "closed"`. */
export interface Telling {
  /** Who it comes from, and what they did: `port 80 of the Pod "web" answered`. */
  readonly did: string;
  /** What they should have done: `answer`. */
  readonly should: string;
}

/** The first assertion that does not hold for the value; undefined when all do. `tell` knows which paths are told, and how. */
export function refute(
  value: unknown,
  assertions: readonly Assertion[],
  tell: (path: string) => Telling | undefined = () => undefined,
): Refutation | undefined {
  for (const assertion of assertions) {
    const refutation = refuteOne(value, assertion, tell(assertion.path));
    if (refutation !== undefined) return refutation;
  }
  return undefined;
}

function refuteOne(value: unknown, assertion: Assertion, telling: Telling | undefined): Refutation | undefined {
  const { path, exists, not } = assertion;
  const found = findAll(value, parsePath(path));
  const failing = exists === undefined ? found.filter((candidate) => !holds(candidate.value, assertion)) : found;
  if (isSatisfied(assertion, found.length, failing.length)) return undefined;
  const [first] = failing;
  const at = first?.at ?? literalPath(path);
  if (first !== undefined && telling !== undefined)
    return { assertion, seen: told(first.value, assertion, telling), at };
  const fact = first === undefined ? missing(value, path) : unlike(failing, assertion);
  const meaning = exists === false || not !== undefined ? undefined : meaningOf(value, path, at);
  return { assertion, seen: meaning === undefined ? fact : `${meaning} (${fact})`, at };
}

function isSatisfied({ exists, every }: Assertion, found: number, failing: number): boolean {
  if (exists !== undefined) return found > 0 === exists;
  return every === true ? found > 0 && failing === 0 : failing < found;
}

/** What somebody did, and what they should have done. */
function told(value: unknown, assertion: Assertion, { did, should }: Telling): string {
  const { not, exists, equals } = assertion;
  const printed = typeof value === 'string' ? printedInWords(value) : inWords(value);
  const asked = () => (typeof equals === 'string' ? printedInWords(equals) : wanted(assertion));
  const instead = not !== undefined ? 'something else' : exists === false ? 'nothing' : asked();
  return `${did} ${printed}, and should ${should} ${instead}`;
}

/** What is there instead of what was asked for. */
function unlike(failing: readonly Found[], assertion: Assertion): string {
  const { path, exists, not, length } = assertion;
  const values = shownOnce(failing);
  if (exists === false) return `${path} is ${values}, and should not be set`;
  if (not !== undefined) return `${path} is ${values}, and should be something else`;
  const [first] = failing;
  if (length !== undefined && failing.length === 1 && Array.isArray(first!.value) && first!.value.length > 0) {
    return `${path} has ${counted(first!.value)}, not ${length}`;
  }
  return `${path} is ${values}, not ${wanted(assertion)}`;
}

/** How many elements, and what they are called where they have names. */
function counted(list: readonly unknown[]): string {
  const names = list.map((element) => Object(element).name ?? Object(element).metadata?.name);
  const number = `${list.length} ${list.length === 1 ? 'element' : 'elements'}`;
  return names.every((name) => typeof name === 'string') ? `${number} (${names.join(', ')})` : number;
}

/** What of a value made the assertions hold, as a sentence: `status.phase is "Failed"`. */
export function confirm(value: unknown, assertions: readonly Assertion[]): string {
  return assertions
    .map((assertion) => {
      const { path } = assertion;
      const found = findAll(value, parsePath(path)).filter((each) => assertion.exists ?? holds(each.value, assertion));
      return found.length === 0 ? missing(value, path) : `${path} is ${shownOnce(found)}`;
    })
    .join('; ');
}

/** Values, each once: of three Pods that wait, it is told that Pods wait. */
function shownOnce(found: readonly Found[]): string {
  return [...new Set(found.map(({ value }) => shown(value)))].join(', ');
}

function shown(value: unknown): string {
  return isEmpty(value) ? 'empty' : inWords(value);
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

function holds(value: unknown, assertion: Assertion): boolean {
  const { equals, not, oneOf, matches, contains, atLeast, atMost, amount, image, length } = assertion;
  if (equals !== undefined) return sameJson(value, equals);
  if (not !== undefined) return !sameJson(value, not);
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
  if (image !== undefined) return sameImage(value, image);
  return (Array.isArray(value) || typeof value === 'string') && value.length === length;
}

/** Whether a value's order to a limit is a good one; what is no amount has none. Texts are amounts beside a quantity only. */
function compared(value: unknown, limit: number | string, isGood: (order: number) => boolean): boolean {
  if (typeof value === 'number' && typeof limit === 'number') return isGood(value - limit);
  if (typeof limit === 'number' || (typeof value !== 'string' && typeof value !== 'number')) return false;
  return checkQuantity(value) === undefined && isGood(compareQuantities(value, limit));
}

function wanted(assertion: Assertion): string {
  const { equals, oneOf, matches, contains, atLeast, atMost, amount, image, length } = assertion;
  if (equals !== undefined) return inWords(equals);
  if (oneOf !== undefined) return oneOf.length === 1 ? inWords(oneOf[0]) : `one of ${oneOf.map(inWords).join(', ')}`;
  if (matches !== undefined) return patternInWords(matches) ?? `something that matches /${matches}/`;
  if (contains !== undefined) return `something with ${inWords(contains)} in it`;
  if (atLeast !== undefined) return `at least ${atLeast}`;
  if (atMost !== undefined) return `at most ${atMost}`;
  if (amount !== undefined) return `${amount}`;
  if (image !== undefined) return inWords(image);
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
