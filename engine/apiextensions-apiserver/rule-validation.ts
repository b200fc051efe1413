import type { JsonSchema, ValidationRule } from '../api/apiextensions/json-schema.ts';
import type { FieldError } from '../api/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../api/field-errors.ts';
import { CelCompileError, estimateCost, type Program, RULE_COST_LIMIT, TOTAL_COST_LIMIT } from '../cel/index.ts';
import { maxSize } from '../cel/schema-size.ts';
import { schemaAtPath } from './json-path.ts';
import { mentions, RuleEnvironment } from './rule-compiler.ts';

/** Judges the rules of a schema and of all below it. */
export type CheckRules = (errors: FieldError[], schema: JsonSchema, path: string) => void;

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const HINT =
  'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** How often the rules here may be evaluated on one object. */
  readonly times: number;
  /** Where the nearest list stands whose items cannot be told apart; rules below it cannot speak of the value before. */
  readonly uncorrelated: string | undefined;
}

interface Costs {
  total: number;
  /** Every rule or message with its cost. */
  readonly parts: { readonly place: string; readonly cost: number }[];
}

export const checkRules: CheckRules = (errors, schema, path) => {
  const costs: Costs = { total: 0, parts: [] };
  checkSchema(errors, costs, schema, { path, isRoot: true, times: 1, uncorrelated: undefined });
  if (costs.total <= TOTAL_COST_LIMIT) return;
  for (const { place, cost } of costs.parts) {
    if (cost < TOTAL_COST_LIMIT / 100) continue;
    errors.push(
      forbidden(place, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
    );
  }
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  errors.push(forbidden(path, exceeds(what, costs.total / TOTAL_COST_LIMIT)));
};

function checkSchema(errors: FieldError[], costs: Costs, schema: JsonSchema, place: Place): void {
  const { items, properties = {}, additionalProperties } = schema;
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length > 0) {
    const environment = new RuleEnvironment(schema, place.isRoot);
    rules.forEach((rule, index) => {
      const at = `${place.path}.x-kubernetes-validations[${index}]`;
      checkWords(errors, schema, rule, at);
      checkRule(errors, costs, environment, schema, rule, { ...place, path: at });
    });
  }
  const inside = (child: JsonSchema, path: string, more: Partial<Place> = {}) =>
    checkSchema(errors, costs, child, { ...place, isRoot: false, ...more, path: `${place.path}.${path}` });
  for (const key of Object.keys(properties).sort()) inside(properties[key]!, `properties[${key}]`);
  const times = place.times * maxSize(schema);
  if (typeof additionalProperties === 'object') inside(additionalProperties, 'additionalProperties', { times });
  if (items === undefined) return;
  const uncorrelated =
    schema['x-kubernetes-list-type'] === 'map' ? place.uncorrelated : (place.uncorrelated ?? place.path);
  inside(items, 'items', { times, uncorrelated });
}

function checkWords(errors: FieldError[], schema: JsonSchema, rule: ValidationRule, path: string): void {
  const { message, messageExpression, reason, fieldPath } = rule;
  if ((rule.rule ?? '').trim() === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  if (message !== undefined && message !== '' && message.trim() === '') {
    errors.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'));
  } else if (message?.trim().includes('\n') === true) {
    errors.push(invalid(`${path}.message`, message, 'message must not contain line breaks'));
  }
  if (messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(`${path}.messageExpression`, 'must be non-empty if specified'));
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath === undefined || fieldPath === '') return;
  if (!fieldPath.startsWith('.') || schemaAtPath(schema, fieldPath) === undefined) {
    const why = 'fieldPath must be a valid path: does not refer to a valid field';
    errors.push(invalid(`${path}.fieldPath`, fieldPath, why));
  }
}

function checkRule(
  errors: FieldError[],
  costs: Costs,
  environment: RuleEnvironment,
  schema: JsonSchema,
  rule: ValidationRule,
  place: Place,
): void {
  if ((rule.rule ?? '').trim() === '') return;
  const { path, uncorrelated } = place;
  const program = compile(errors, environment, rule, rule.rule, 'bool', `${path}.rule`, 'compilation failed');
  if (program !== undefined) addCost(errors, costs, program, schema, place, 'rule');
  if (mentions(rule.rule, 'oldSelf') && uncorrelated !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
    errors.push(invalid(`${path}.rule`, rule.rule, why));
  }
  if (rule.optionalOldSelf !== undefined && !mentions(rule.rule, 'oldSelf')) {
    errors.push(
      invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
    );
  }
  const words = rule.messageExpression ?? '';
  if (words.trim() === '') return;
  const failed = 'messageExpression compilation failed';
  const message = compile(errors, environment, rule, words, 'string', `${path}.messageExpression`, failed);
  if (message !== undefined) addCost(errors, costs, message, schema, place, 'messageExpression');
}

function compile(
  errors: FieldError[],
  environment: RuleEnvironment,
  rule: ValidationRule,
  expression: string,
  result: 'bool' | 'string',
  field: string,
  failed: string,
): Program | undefined {
  try {
    return environment.compile(rule, expression, result);
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    const isTyped = error.message === `must evaluate to ${result}`;
    const subject =
      result === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string';
    errors.push(invalid(field, internalRule(rule), isTyped ? subject : `${failed}: ${error.message}`));
    return undefined;
  }
}

/** A rule as the server prints it in errors. */
function internalRule({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: ValidationRule) {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}

function addCost(
  errors: FieldError[],
  costs: Costs,
  program: Program,
  schema: JsonSchema,
  { path, times }: Place,
  part: 'rule' | 'messageExpression',
): void {
  const cost = times * estimateCost(program.ast, { self: schema, oldSelf: schema });
  const place = `${path}.${part}`;
  costs.total += cost;
  costs.parts.push({ place, cost });
  if (cost > RULE_COST_LIMIT) errors.push(forbidden(place, exceeds(`estimated ${part} cost`, cost / RULE_COST_LIMIT)));
}

function exceeds(what: string, factor: number): string {
  const by = factor > 100 ? 'more than 100x' : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${by} (${HINT})`;
}
