import type { JsonSchema, ValidationRule } from '../api/apiextensions/json-schema.ts';
import { sameValue } from '../api/copy-on-write.ts';
import type { FieldError } from '../api/field-error.ts';
import { forbidden, invalid, required } from '../api/field-errors.ts';
import { type Budget, CelBudgetError, CelEvaluationError, type Program } from '../cel/index.ts';
import { isObject } from './decode.ts';
import { compileRule, mentions, RuleEnvironment } from './rule-compiler.ts';

/** What all rules of one object may cost together, and each evaluation alone. */
const OBJECT_BUDGET = 10_000_000;
const CALL_BUDGET = 1_000_000;

interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: Program;
  readonly message: Program | undefined;
  readonly usesOldSelf: boolean;
}

/** The rules of a schema and of all below it; parts without rules are left out. */
export interface RuleTree {
  readonly schema: JsonSchema;
  readonly environment: RuleEnvironment | undefined;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly items: RuleTree | undefined;
  readonly values: RuleTree | undefined;
}

/** Compiles what validation has found to be sound. Undefined for a schema without rules. */
export function compileRules(schema: JsonSchema, isRoot = true): RuleTree | undefined {
  const { items, additionalProperties, properties = {} } = schema;
  const trees = new Map<string, RuleTree>();
  for (const key of Object.keys(properties)) {
    const tree = compileRules(properties[key]!, false);
    if (tree !== undefined) trees.set(key, tree);
  }
  const own = schema['x-kubernetes-validations'] ?? [];
  const environment = own.length === 0 ? undefined : new RuleEnvironment(schema, isRoot);
  const tree: RuleTree = {
    schema,
    environment,
    rules: environment === undefined ? [] : own.map((rule) => compile(environment, rule)),
    properties: trees,
    items: items === undefined ? undefined : compileRules(items, false),
    values: typeof additionalProperties === 'object' ? compileRules(additionalProperties, false) : undefined,
  };
  const isEmpty = tree.rules.length === 0 && trees.size === 0 && tree.items === undefined && tree.values === undefined;
  return isEmpty ? undefined : tree;
}

function compile(environment: RuleEnvironment, rule: ValidationRule): CompiledRule {
  const { messageExpression } = rule;
  return {
    rule,
    program: compileRule(environment, rule, rule.rule, 'bool'),
    message: messageExpression === undefined ? undefined : compileRule(environment, rule, messageExpression, 'string'),
    usesOldSelf: mentions(rule.rule, 'oldSelf'),
  };
}

interface Run {
  readonly errors: FieldError[];
  /** What is left for the whole object; rules stop below zero. */
  readonly budget: Budget;
}

/** The rules that a value breaks. @param old the value before, for rules that speak of it. */
export function evaluateRules(tree: RuleTree, value: unknown, old: unknown): readonly FieldError[] {
  const run: Run = { errors: [], budget: { left: OBJECT_BUDGET } };
  visit(run, tree, value, old, '');
  return run.errors;
}

function visit(run: Run, tree: RuleTree, value: unknown, old: unknown, path: string): void {
  if (value === undefined || value === null || run.budget.left < 0) return;
  // What has not changed was judged when it came.
  const isSame = old !== undefined && sameValue(value, old);
  for (const compiled of tree.rules) {
    if (run.budget.left < 0) return;
    if (!isSame || compiled.usesOldSelf) apply(run, tree, compiled, value, old, path);
  }
  if (Array.isArray(value)) {
    const { items } = tree;
    if (items === undefined) return;
    const previous = correlate(tree.schema, old);
    value.forEach((item, index) => {
      visit(run, items, item, previous(item), `${path}[${index}]`);
    });
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const child = tree.properties.get(key) ?? tree.values;
      if (child === undefined) continue;
      const before = isObject(old) && Object.hasOwn(old, key) ? old[key] : undefined;
      visit(run, child, value[key], before, path === '' ? key : `${path}.${key}`);
    }
  }
}

/** Finds what an item was before: only items of lists that are maps can be told apart. */
function correlate(schema: JsonSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys === undefined || !Array.isArray(old)) return () => undefined;
  const identity = (item: unknown) => JSON.stringify(keys.map((key) => (isObject(item) ? item[key] : undefined)));
  const byKeys = new Map(old.map((item) => [identity(item), item] as const));
  return (item) => byKeys.get(identity(item));
}

function apply(run: Run, tree: RuleTree, compiled: CompiledRule, value: unknown, old: unknown, path: string): void {
  const { rule, program, usesOldSelf } = compiled;
  const isOptional = rule.optionalOldSelf === true;
  if (usesOldSelf && old === undefined && !isOptional) return;
  const variables = tree.environment!.variables(value, old, isOptional);
  const budget: Budget = { left: Math.min(CALL_BUDGET, run.budget.left) };
  const before = budget.left;
  try {
    const verdict = program.evaluate(variables, budget);
    if (verdict !== true) run.errors.push(violation(compiled, variables, value, path));
  } catch (error) {
    if (!(error instanceof CelEvaluationError)) throw error;
    run.errors.push(invalidAt(path, value, evaluationWords(error, rule)));
    if (error instanceof CelBudgetError) run.budget.left = -1;
  }
  run.budget.left -= before - Math.max(budget.left, 0);
}

function evaluationWords(error: CelEvaluationError, rule: ValidationRule): string {
  const shown = (rule.message ?? rule.rule).trim();
  if (error instanceof CelBudgetError) {
    return `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`;
  }
  if (error.message.startsWith('no such overload') || error.message.startsWith('found no matching overload')) {
    return `'no such overload': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`;
  }
  return `${error.message} evaluating rule: ${shown}`;
}

function violation(
  { rule, message }: CompiledRule,
  variables: Readonly<Record<string, unknown>>,
  value: unknown,
  path: string,
): FieldError {
  const words = messageOf(rule, message, variables);
  const field = path + (rule.fieldPath ?? '');
  const place = (path === '' ? field.replace(/^\./, '') : field) || '<nil>';
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(place, words);
    case 'FieldValueRequired':
      return required(place, words);
    case 'FieldValueDuplicate':
      return { type: 'FieldValueDuplicate', field: place, message: `Duplicate value: ${JSON.stringify(value)}` };
    default:
      return invalidAt(place, value, words);
  }
}

/** Objects and lists are not repeated in the error. */
function invalidAt(path: string, value: unknown, words: string): FieldError {
  const place = path === '' ? '<nil>' : path;
  if (typeof value !== 'object' || value === null) return invalid(place, value, words);
  return { type: 'FieldValueInvalid', field: place, message: `Invalid value: ${words}` };
}

function messageOf(
  rule: ValidationRule,
  program: Program | undefined,
  variables: Readonly<Record<string, unknown>>,
): string {
  if (program !== undefined) {
    try {
      const words = program.evaluate(variables, { left: CALL_BUDGET });
      if (typeof words === 'string' && words.trim() !== '' && !words.includes('\n')) return words;
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
    }
  }
  return rule.message !== undefined && rule.message !== '' ? rule.message : `failed rule: ${rule.rule.trim()}`;
}
