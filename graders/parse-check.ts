import { checkQuantity, RESOURCES, resourceOfKind } from '@drydock/engine';
import { ASSERTION_TESTS } from './assertion.ts';
import { checkPath, checkPathOf } from './check-path.ts';
import type { CourseNode } from './course-file.ts';
import type { Check } from './exercise.ts';
import { readRun, readSpan, readStep } from './parse-step.ts';

const CHECK_FIELDS = ['id', 'title', 'points', 'observe', 'after', 'that', 'blame', 'about', 'ask'];
const MODES = ['within', 'always', 'never', 'changes', 'constant'];
const OBSERVATIONS = ['object', 'http', 'exec', 'run'] as const;

/**
 * Reads a list of checks, of an exercise or a lesson whose cluster has these machines.
 *
 * @throws CourseFileError with file, line, what is wrong and what would be right. What can never hold, or never fail,
 *   because of a slip of the pen is wrong.
 */
export function parseChecks(list: CourseNode, machines: readonly string[]): readonly Check[] {
  const seen = new Set<string>();
  return list.elements().map((node) => {
    const check = parseCheck(node, machines);
    if (seen.has(check.id)) node.field('id').fail(`there is another check "${check.id}"`);
    seen.add(check.id);
    return check;
  });
}

function parseCheck(node: CourseNode, machines: readonly string[]): Check {
  node.only([...CHECK_FIELDS, ...MODES]);
  const modes = MODES.filter((mode) => node.has(mode));
  if (modes.length !== 1) node.fail(`needs exactly one of ${MODES.join(', ')}`);
  for (const mode of ['within', 'always'] as const) if (node.has(mode)) readSpan(node.field(mode));
  checkObservation(node.field('observe'), machines);
  if (node.has('never')) checkNever(node);
  if (node.has('that')) for (const assertion of node.field('that').elements()) checkAssertion(node, assertion);
  else if (!node.has('changes') && !node.has('constant')) node.fail('says nothing to check: add `that`');
  for (const [mode, span] of [
    ['changes', 'within'],
    ['constant', 'over'],
  ] as const) {
    if (!node.has(mode)) continue;
    node.field(mode).only(['path', span]);
    checkPathOf(node, node.field(mode).field('path'));
    readSpan(node.field(mode).field(span));
  }
  if (node.has('after')) for (const step of node.field('after').elements()) readStep(step, machines);
  if (node.has('blame')) checkPath(node.field('blame'));
  if (node.has('about')) checkQuery(node.field('about'));
  node.field('id').text();
  node.field('title').text();
  if (node.field('points').number() <= 0) node.field('points').fail('a check is worth something: 1 or more');
  node.field('ask').text();
  return node.data() as Check;
}

function checkObservation(node: CourseNode, machines: readonly string[]): void {
  node.only(OBSERVATIONS);
  const [what, another] = OBSERVATIONS.filter((each) => node.has(each));
  if (what === undefined || another !== undefined) node.fail(`needs exactly one of ${OBSERVATIONS.join(', ')}`);
  const query = node.field(what!);
  if (what === 'object') checkQuery(query);
  else if (what === 'http') {
    query.only(['pod', 'namespace', 'port', 'path']);
    query.field('pod').text();
    query.field('port').number();
  } else if (what === 'exec') {
    query.only(['pod', 'namespace', 'container', 'command']);
    query.field('pod').text();
    query.field('command').words();
  } else readRun(query, machines);
}

/** An object by kind and name or labels. */
function checkQuery(query: CourseNode): void {
  query.only(['kind', 'namespace', 'name', 'selector']);
  const kind = query.field('kind').text();
  if (resourceOfKind(kind) === undefined) {
    const near = RESOURCES.find((each) => each.kind.toLowerCase() === kind.toLowerCase() || each.plural === kind);
    query.field('kind').fail(`no kind "${kind}" is served${near === undefined ? '' : `; write ${near.kind}`}`);
  }
  if (query.has('name') && query.has('selector')) query.fail('either name or selector: a name says which one it is');
  for (const field of ['namespace', 'name', 'selector']) if (query.has(field)) query.field(field).text();
}

function checkNever(node: CourseNode): void {
  if (node.field('never').data() !== true) node.field('never').fail('can only be true; leave it out otherwise');
  if (!node.field('observe').has('object')) node.field('observe').fail('never looks at objects only');
}

function checkAssertion(check: CourseNode, node: CourseNode): void {
  node.only(['path', 'every', ...ASSERTION_TESTS]);
  const [test, another] = ASSERTION_TESTS.filter((each) => node.has(each));
  if (test === undefined || another !== undefined) node.fail(`needs exactly one of ${ASSERTION_TESTS.join(', ')}`);
  checkPathOf(check, node.field('path'));
  if (test === 'image') node.field('image').text();
  else if (check.field('observe').has('object')) checkOtherThanImage(node, test!);
  for (const flag of ['every', 'exists']) {
    if (node.has(flag) && typeof node.field(flag).data() !== 'boolean') node.field(flag).fail('can be true or false');
  }
  if (node.has('length')) node.field('length').number();
  for (const limit of ['atLeast', 'atMost', 'amount']) if (node.has(limit)) checkAmount(node.field(limit));
  if (node.has('oneOf')) node.field('oneOf').elements();
  if (node.has('matches')) checkExpression(node.field('matches'));
}

/** An image has several names, and a learner may choose any of them. */
function checkOtherThanImage(node: CourseNode, test: string): void {
  if (!/\.image$/.test(node.field('path').text()) || !['equals', 'oneOf', 'matches'].includes(test)) return;
  node.field(test).fail('the same image may be written with its registry, too: write image: nginx:1.29');
}

/** A number or a quantity. */
function checkAmount(node: CourseNode): void {
  const amount = node.data();
  if (typeof amount !== 'number' && (typeof amount !== 'string' || checkQuantity(amount) !== undefined)) {
    node.fail('write a number, or a quantity such as 32Mi');
  }
}

function checkExpression(node: CourseNode): void {
  const text = node.text();
  try {
    new RegExp(text, 's');
  } catch (error) {
    node.fail((error as Error).message);
  }
}
