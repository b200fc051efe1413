import type { FieldError } from '../field-error.ts';
import { duplicate, invalid, nonNegative, notSupported, required, tooLong, tooMany } from '../field-errors.ts';
import type { Job } from '../kinds.ts';
import { checkQualifiedName, checkSubdomain1123 } from '../names.ts';
import { completionRanges } from './completion-ranges.ts';

// What a Job says about failure and success of single Pods and indexes, after kubernetes/kubernetes
// pkg/apis/batch/validation/validation.go.

type Spec = Job['spec'];
type FailureRule = NonNullable<Spec['podFailurePolicy']>['rules'][number];
type SuccessRule = NonNullable<Spec['successPolicy']>['rules'][number];

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_INDEX_TEXT = 64 * 1024;
const MAX_MANAGER_LENGTH = 63;
/** Beyond so many completions a Job that limits each index must be kept in bounds. */
const MANY_COMPLETIONS = 100_000;
const MAX_AMONG_MANY = 10_000;
const HTTP_PATH_TEXT = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const HTTP_PATH = new RegExp(`^${HTTP_PATH_TEXT}$`);
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];

export function validateJobPolicies(errors: FieldError[], spec: Spec, field: string): void {
  validateIndexLimits(errors, spec, field);
  validateReplacement(errors, spec, field);
  if (spec.podFailurePolicy !== undefined) validateFailurePolicy(errors, spec, field);
  if (spec.successPolicy !== undefined) validateSuccessPolicy(errors, spec, field);
  validateManager(errors, spec.managedBy, `${field}.managedBy`);
}

function validateIndexLimits(errors: FieldError[], spec: Spec, field: string): void {
  const { backoffLimitPerIndex, maxFailedIndexes, completions, completionMode, parallelism = 0 } = spec;
  nonNegative(errors, `${field}.backoffLimitPerIndex`, backoffLimitPerIndex);
  nonNegative(errors, `${field}.maxFailedIndexes`, maxFailedIndexes);
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    errors.push(required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  if (backoffLimitPerIndex !== undefined && completionMode !== 'Indexed') {
    errors.push(invalid(`${field}.backoffLimitPerIndex`, backoffLimitPerIndex, 'requires indexed completion mode'));
  }
  if (completionMode !== 'Indexed' || completions === undefined) return;
  const atMost = (name: string, value: number | undefined, max: number, when = '') => {
    if (value !== undefined && value > max) {
      errors.push(invalid(`${field}.${name}`, value, `must be less than or equal to ${max}${when}`));
    }
  };
  if (maxFailedIndexes !== undefined) {
    if (maxFailedIndexes > completions) {
      const detail = 'must be less than or equal to completions';
      errors.push(invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, detail));
    }
    atMost('maxFailedIndexes', maxFailedIndexes, MANY_COMPLETIONS);
  }
  if (backoffLimitPerIndex === undefined || completions <= MANY_COMPLETIONS) return;
  const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined) {
    errors.push(
      required(`${field}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`),
    );
  }
  atMost('maxFailedIndexes', maxFailedIndexes, MAX_AMONG_MANY, when);
  atMost('parallelism', parallelism, MAX_AMONG_MANY, when);
}

function validateReplacement(errors: FieldError[], { podReplacementPolicy, podFailurePolicy }: Spec, at: string): void {
  if (podReplacementPolicy === undefined) return;
  const policies = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (!policies.includes(podReplacementPolicy)) {
    errors.push(notSupported(`${at}.podReplacementPolicy`, podReplacementPolicy, policies));
  }
}

function validateFailurePolicy(errors: FieldError[], spec: Spec, field: string): void {
  const { restartPolicy } = spec.template?.spec ?? {};
  if (restartPolicy !== undefined && restartPolicy !== 'Never') {
    const detail = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalid(`${field}.template.spec.restartPolicy`, restartPolicy, detail));
  }
  const rules = spec.podFailurePolicy?.rules ?? [];
  const at = `${field}.podFailurePolicy.rules`;
  if (rules.length > MAX_RULES) errors.push(tooMany(at, rules.length, MAX_RULES));
  rules.forEach((rule, index) => {
    validateFailureRule(errors, spec, rule, `${at}[${index}]`);
  });
}

function validateFailureRule(errors: FieldError[], spec: Spec, rule: FailureRule, at: string): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const subject = (detail: string) => errors.push({ ...invalid(at, '', detail), message: `Invalid value: ${detail}` });
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    subject('specifying both OnExitCodes and OnPodConditions is not supported');
  }
  if (onExitCodes === undefined && onPodConditions.length === 0) {
    subject('specifying one of OnExitCodes and OnPodConditions is required');
  }
  if (!action) errors.push(required(`${at}.action`, `valid values: ${goStrings(ACTIONS)}`));
  else if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    }
  } else if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.action`, action, ACTIONS));
  if (onExitCodes !== undefined) validateExitCodes(errors, spec, onExitCodes, `${at}.onExitCodes`);
  if (onPodConditions.length > MAX_RULES) {
    errors.push(tooMany(`${at}.onPodConditions`, onPodConditions.length, MAX_RULES));
  }
  onPodConditions.forEach(({ type = '', status }, index) => {
    const pattern = `${at}.onPodConditions[${index}]`;
    for (const detail of checkQualifiedName(type)) errors.push(invalid(`${pattern}.type`, type, detail));
    if (!status) errors.push(required(`${pattern}.status`, `valid values: ${goStrings(STATUSES)}`));
    else if (!STATUSES.includes(status)) errors.push(notSupported(`${pattern}.status`, status, STATUSES));
  });
}

function goStrings(values: readonly string[]): string {
  return `[${values.map((value) => `"${value}"`).join(' ')}]`;
}

function validateExitCodes(
  errors: FieldError[],
  { template }: Spec,
  { operator, containerName, values }: NonNullable<FailureRule['onExitCodes']>,
  at: string,
): void {
  const operators = ['In', 'NotIn'];
  if (!operator) errors.push(required(`${at}.operator`, `valid values: ${goStrings(operators)}`));
  else if (!operators.includes(operator)) errors.push(notSupported(`${at}.operator`, operator, operators));
  if (containerName !== undefined) {
    const containers = [...(template?.spec?.containers ?? []), ...(template?.spec?.initContainers ?? [])];
    if (!containers.some(({ name }) => name === containerName)) {
      const detail = 'must be one of the container or initContainer names in the pod template';
      errors.push(invalid(`${at}.containerName`, containerName, detail));
    }
  }
  const codes = values ?? [];
  if (codes.length === 0) errors.push(invalid(`${at}.values`, codes, 'at least one value is required'));
  else if (codes.length > MAX_EXIT_CODES) errors.push(tooMany(`${at}.values`, codes.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  codes.forEach((code, index) => {
    const where = `${at}.values[${index}]`;
    if (operator === 'In' && code === 0) errors.push(invalid(where, code, 'must not be 0 for the In operator'));
    if (seen.has(code)) errors.push(duplicate(where, code));
    seen.add(code);
  });
  if (codes.some((code, index) => index > 0 && code < codes[index - 1]!)) {
    errors.push(invalid(`${at}.values`, codes, 'must be ordered'));
  }
}

function validateSuccessPolicy(errors: FieldError[], spec: Spec, field: string): void {
  const at = `${field}.successPolicy`;
  if (spec.completionMode !== 'Indexed') {
    errors.push(invalid(at, spec.successPolicy, 'requires indexed completion mode'));
    return;
  }
  const rules = spec.successPolicy?.rules ?? [];
  if (rules.length === 0) {
    errors.push(required(`${at}.rules`, 'at least one rules must be specified when the successPolicy is specified'));
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(`${at}.rules`, rules.length, MAX_RULES));
  rules.forEach((rule, index) => {
    validateSuccessRule(errors, spec, rule, `${at}.rules[${index}]`);
  });
}

function validateSuccessRule(errors: FieldError[], spec: Spec, rule: SuccessRule, at: string): void {
  const { succeededCount, succeededIndexes } = rule;
  const { completions = 0 } = spec;
  if (succeededCount === undefined && succeededIndexes === undefined) {
    errors.push(required(at, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let total: number | undefined;
  if (succeededIndexes !== undefined) {
    const where = `${at}.succeededIndexes`;
    if (succeededIndexes.length > MAX_INDEX_TEXT) errors.push(tooLong(where, MAX_INDEX_TEXT));
    try {
      const ranges = completionRanges(succeededIndexes, completions);
      total = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    } catch (error) {
      const detail = `error parsing succeededIndexes: ${(error as Error).message}`;
      errors.push(invalid(where, succeededIndexes, detail));
    }
  }
  if (succeededCount === undefined) return;
  const where = `${at}.succeededCount`;
  nonNegative(errors, where, succeededCount);
  if (succeededCount > completions) {
    const detail = `must be less than or equal to ${completions} (the number of specified completions)`;
    errors.push(invalid(where, succeededCount, detail));
  }
  if (total !== undefined && succeededCount > total) {
    const what = 'the number of indexes in the specified succeededIndexes field';
    errors.push(invalid(where, succeededCount, `must be less than or equal to ${total} (${what})`));
  }
}

/** A domain-prefixed path, as k8s.io/apimachinery/pkg/util/validation has it. */
function validateManager(errors: FieldError[], managedBy: string | undefined, at: string): void {
  if (managedBy === undefined) return;
  const slash = managedBy.indexOf('/');
  const [host, path] = [managedBy.slice(0, slash), managedBy.slice(slash + 1)];
  if (managedBy === '') errors.push(required(at));
  else if (slash < 1 || path === '') {
    errors.push(invalid(at, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  } else {
    for (const detail of checkSubdomain1123(host)) errors.push(invalid(at, host, detail));
    if (!HTTP_PATH.test(path)) {
      errors.push(invalid(at, path, `Invalid path (regex used for validation is '${HTTP_PATH_TEXT}')`));
    }
  }
  if (managedBy.length > MAX_MANAGER_LENGTH) errors.push(tooLong(at, MAX_MANAGER_LENGTH));
}
