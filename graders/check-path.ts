import { type FieldHelp, type ManifestKind, manifestFields, resourceOfKind } from '@drydock/engine';
import { CourseFileError, type CourseNode } from './course-file.ts';
import { type PathStep, parsePath } from './object-path.ts';

/** What an answer to a request, and a command that has ended, have. */
const ANSWER_FIELDS = ['status', 'headers', 'body'];
const OUTCOME_FIELDS = ['exitCode', 'stdout', 'stderr'];

/** Whether a path can be read at all. */
export function checkPath(node: CourseNode): readonly PathStep[] {
  try {
    return parsePath(node.text());
  } catch (error) {
    if (error instanceof CourseFileError) throw error;
    return node.fail((error as Error).message);
  }
}

/**
 * Whether a path can lead anywhere in what its check observes. A misspelt field would be silent otherwise: `exists: false`
 * holds of it for ever, and everything else never.
 *
 * @throws CourseFileError with what would be right.
 */
export function checkPathOf(check: CourseNode, node: CourseNode): void {
  const steps = checkPath(node);
  const observe = check.field('observe');
  if (!observe.has('object')) {
    checkFirst(node, steps, observe.has('http') ? ANSWER_FIELDS : OUTCOME_FIELDS);
    return;
  }
  const query = observe.field('object');
  const single = query.has('name') || check.has('never');
  checkFields(node, query.field('kind').text(), single ? steps : ofEachItem(node, steps));
}

function checkFirst(node: CourseNode, [first]: readonly PathStep[], known: readonly string[]): void {
  if (first?.kind !== 'field' || !known.includes(first.name)) node.fail(`begins with one of ${known.join(', ')}`);
}

/** What remains of a path into a list of objects, for each of them. */
function ofEachItem(node: CourseNode, [items, each, ...rest]: readonly PathStep[]): readonly PathStep[] {
  if (items?.kind !== 'field' || items.name !== 'items') {
    node.fail(
      'a check that observes objects without a name sees a list: begin with items, as in items[*].metadata.name',
    );
  }
  if (each === undefined) return [];
  if (each.kind === 'field') node.fail(`items is a list: write items[*].${each.name}`);
  // What stands in the brackets is looked up in the object itself.
  return each.kind === 'where' ? [each, ...rest] : rest;
}

/** Follows a path through the kind's schema as far as that goes: below a map, names are free. */
function checkFields(node: CourseNode, kind: string, steps: readonly PathStep[]): void {
  const { group, version } = resourceOfKind(kind)!;
  const at: ManifestKind = { apiVersion: group === '' ? version : `${group}/${version}`, kind };
  const names: string[] = [];
  let list = steps[0]?.kind === 'where';
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'either') {
      const instead = (name: string) => steps.with(index, { kind: 'field', name });
      for (const name of step.names) checkFields(node, kind, instead(name));
      return;
    }
    const fields = manifestFields(at, names);
    if (step.kind === 'where') checkWhere(node, step.field, fields);
    if (step.kind !== 'field') {
      if (!list) node.fail(`${names.join('.') || kind} is no list`);
      list = false;
      continue;
    }
    if (list) node.fail(`${names.join('.')} is a list: write ${names.join('.')}[*].${step.name}`);
    const field = fields.find(({ name }) => name === step.name) ?? unknown(node, [kind, ...names], step.name, fields);
    if (field.type.startsWith('map[')) return;
    names.push(step.name);
    list = field.type.startsWith('[]');
    const below = steps[index + 1];
    if (below?.kind === 'field' && !list && manifestFields(at, names).length === 0) {
      node.fail(`${names.join('.')} has no fields: it is of type ${field.type}`);
    }
  }
}

function checkWhere(node: CourseNode, name: string, fields: readonly FieldHelp[]): void {
  if (name.includes('.')) {
    node.fail(
      `[${name}=…] fits nothing: brackets compare a field that the element has itself. ` +
        `Write the object's name into observe, or [*].${name} with equals`,
    );
  }
  if (fields.length > 0 && !fields.some((field) => field.name === name)) unknown(node, [], name, fields);
}

function unknown(node: CourseNode, at: readonly string[], name: string, fields: readonly FieldHelp[]): never {
  const near = fields.find((field) => distance(field.name.toLowerCase(), name.toLowerCase()) <= 2)?.name;
  const where = at.length === 0 ? 'an element' : at.join('.');
  const help = near === undefined ? fields.map((field) => field.name).join(', ') : `${near}?`;
  return node.fail(`${where} has no field "${name}"${help === '' ? '' : `: ${help}`}`);
}

/** How many letters must be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const changed = previous[column]! + (letter === other ? 0 : 1);
      current.push(Math.min(changed, previous[column + 1]! + 1, current[column]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
