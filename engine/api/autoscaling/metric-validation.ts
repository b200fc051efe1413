import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { checkQuantity, milliValue } from '../quantity.ts';

// After kubernetes/kubernetes pkg/apis/autoscaling/validation (validateMetricSpec).

const METRIC_TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const TARGET_TYPES = ['AverageValue', 'Utilization', 'Value'];
/** The order in which they are looked at. */
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;

type SourceKey = (typeof SOURCES)[number];
type Quantity = string | number;

interface Target {
  readonly type?: string;
  readonly averageUtilization?: number;
  readonly averageValue?: Quantity;
  readonly value?: Quantity;
}

/** Whatever a source may have; which of it, its type says. */
interface Source {
  readonly name?: string;
  readonly container?: string;
  readonly metric?: { readonly name?: string };
  readonly describedObject?: { readonly kind?: string; readonly name?: string };
  readonly target?: Target;
}

export function validateMetric(
  errors: FieldError[],
  metric: { readonly type?: string } & { readonly [key in SourceKey]?: unknown },
  at: string,
): void {
  const { type = '' } = metric;
  if (type === '') errors.push(required(`${at}.type`, 'must specify a metric source type'));
  else if (!METRIC_TYPES.includes(type)) errors.push(notSupported(`${at}.type`, type, METRIC_TYPES));
  const present = SOURCES.filter((key) => metric[key] !== undefined && metric[key] !== null);
  const [first] = present;
  if (first !== undefined) validateSource(errors, first, metric[first] as Source, `${at}.${first}`);
  const expected = type === '' ? '' : type[0]!.toLowerCase() + type.slice(1);
  if (METRIC_TYPES.includes(type) && !present.some((key) => key === expected))
    errors.push(required(`${at}.${expected}`, 'must populate information for the given metric source'));
  if (present.length === 1) return;
  for (const key of [...present].sort())
    if (key !== expected) errors.push(forbidden(`${at}.${key}`, 'must populate the given metric source only'));
}

function validateSource(errors: FieldError[], key: SourceKey, source: Source, at: string): void {
  const { name = '', container = '', metric, describedObject, target = {} } = source;
  if (key === 'resource' || key === 'containerResource') {
    if (name === '') errors.push(required(`${at}.name`, 'must specify a resource name'));
    if (key === 'containerResource' && container === '')
      errors.push(required(`${at}.container`, 'must specify a container'));
  } else {
    if (key === 'object') {
      for (const field of ['kind', 'name'] as const)
        if ((describedObject?.[field] ?? '') === '') errors.push(required(`${at}.describedObject.${field}`));
    }
    if ((metric?.name ?? '') === '') errors.push(required(`${at}.metric.name`, 'must specify a metric name'));
  }
  validateTarget(errors, target, `${at}.target`);
  validateChoice(errors, key, target, `${at}.target`);
}

function validateTarget(errors: FieldError[], target: Target, at: string): void {
  const { type = '', averageUtilization, averageValue, value } = target;
  if (type === '') errors.push(required(`${at}.type`, 'must specify a metric target type'));
  if (!TARGET_TYPES.includes(type))
    errors.push(invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  if (!isPositive(value)) errors.push(invalid(`${at}.value`, value, 'must be positive'));
  if (!isPositive(averageValue)) errors.push(invalid(`${at}.averageValue`, averageValue, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0'));
}

/** What is not there is not wrong, and what is no quantity has been refused before. */
function isPositive(quantity: Quantity | undefined): boolean {
  return quantity === undefined || checkQuantity(quantity) !== undefined || milliValue(quantity) > 0;
}

/** Which of the amounts a target has to have, and which may not stand together. */
function validateChoice(errors: FieldError[], key: SourceKey, target: Target, at: string): void {
  const { averageUtilization, averageValue, value } = target;
  const hasAverage = averageValue !== undefined;
  if (key === 'pods') {
    if (!hasAverage) errors.push(required(`${at}.averageValue`, 'must specify a positive target averageValue'));
  } else if (key === 'object') {
    if (!hasAverage && value === undefined)
      errors.push(required(`${at}.averageValue`, 'must set either a target value or averageValue'));
  } else if (key === 'external') {
    const or = 'a target value for metric';
    if (!hasAverage && value === undefined)
      errors.push(required(`${at}.averageValue`, `must set either ${or} or a per-pod target`));
    if (hasAverage && value !== undefined)
      errors.push(forbidden(`${at}.value`, `may not set both ${or} and a per-pod target`));
  } else {
    if (!hasAverage && averageUtilization === undefined)
      errors.push(required(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization'));
    if (hasAverage && averageUtilization !== undefined)
      errors.push(forbidden(`${at}.averageValue`, 'may not set both a target raw value and a target utilization'));
  }
}
