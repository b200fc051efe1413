import { type LabelRequirement, LabelSelectorParser } from './label-selector-parser.ts';

export type { LabelRequirement } from './label-selector-parser.ts';

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors

type Labels = Readonly<Record<string, string>>;

/** The selector as objects carry it in `spec.selector`. */
export interface LabelSelectorFields {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** All requirements must hold; without any, everything is selected. */
export class LabelSelector {
  readonly requirements: readonly LabelRequirement[];

  constructor(requirements: readonly LabelRequirement[]) {
    this.requirements = requirements;
  }

  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  matches(labels: Labels | undefined): boolean {
    for (const requirement of this.requirements) {
      if (!holds(requirement, labelValue(labels, requirement.key))) return false;
    }
    return true;
  }

  /** The selector as a query parameter has it. */
  toString(): string {
    return this.requirements.map(write).join(',');
  }
}

const SELECT_ALL = new LabelSelector([]);
const SELECT_NONE = new LabelSelector([{ key: '', operator: 'in', values: [] }]);

/**
 * Reads the `labelSelector` parameter: `app=web,tier in (a,b),!canary`.
 *
 * @throws Error in the words of k8s.io/apimachinery/pkg/labels.
 */
export function parseLabelSelector(text: string): LabelSelector {
  return text === '' ? SELECT_ALL : new LabelSelector(new LabelSelectorParser(text).parse());
}

/** Reads an object's selector: absent selects nothing, empty selects everything. */
export function labelSelectorOf(fields: LabelSelectorFields | null | undefined): LabelSelector {
  if (fields === undefined || fields === null) return SELECT_NONE;
  const requirements: LabelRequirement[] = [];
  for (const key in fields.matchLabels) {
    requirements.push({ key, operator: 'in', values: [fields.matchLabels[key]!] });
  }
  for (const { key, operator, values = [] } of fields.matchExpressions ?? []) {
    requirements.push({ key, operator: OPERATORS[operator] ?? 'in', values });
  }
  // They mostly are in order.
  if (!requirements.every(({ key }, index) => index === 0 || requirements[index - 1]!.key <= key)) {
    requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }
  return requirements.length === 0 ? SELECT_ALL : new LabelSelector(requirements);
}

const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && INTEGER.test(value) && Number(value) > Number(values[0]);
    case 'lt':
      return value !== undefined && INTEGER.test(value) && Number(value) < Number(values[0]);
  }
}

/** A key may be called `constructor`: what objects inherit is no label. */
function labelValue(labels: Labels | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

const INTEGER = /^[+-]?[0-9]+$/;

function write({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'in':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${[...values].sort().join(',')})`;
    case 'notin':
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${[...values].sort().join(',')})`;
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
  }
}
