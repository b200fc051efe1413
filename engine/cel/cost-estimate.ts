import type { ASTNode } from '@marcbachmann/cel-js';
import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { maxSize } from './schema-size.ts';

// What an expression may cost at worst, told from its text and the schema alone: a definition whose rules might take
// forever is refused. After cel-go checker/cost.go and apiserver pkg/cel/library/cost.go, in coarser steps.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions

/** What one rule may cost, with all the values it is evaluated on. */
export const RULE_COST_LIMIT = 10_000_000;
/** What all rules of a schema may cost together. */
export const TOTAL_COST_LIMIT = 100_000_000;

const LIST_BASE = 10;
const MAP_BASE = 30;
const PER_CHARACTER = 0.1;
const PER_PATTERN_CHARACTER = 0.25;

interface Estimate {
  readonly cost: number;
  /** Elements or characters of the value; infinite when nothing is known of it. */
  readonly size: number;
  readonly schema?: JsonSchema | undefined;
}

type Scope = Readonly<Record<string, Estimate>>;

/** The cost of one evaluation, at most. @param variables the schemas of what the expression may name. */
export function estimateCost(ast: ASTNode, variables: Readonly<Record<string, JsonSchema>>): number {
  const scope: Record<string, Estimate> = {};
  for (const [name, schema] of Object.entries(variables)) scope[name] = ofSchema(schema, 1);
  return estimate(ast, scope).cost;
}

function ofSchema(schema: JsonSchema | undefined, cost: number): Estimate {
  return { cost, size: schema === undefined ? Number.POSITIVE_INFINITY : maxSize(schema), schema };
}

function estimate(node: ASTNode, scope: Scope): Estimate {
  switch (node.op) {
    case 'value':
      return { cost: 0, size: typeof node.args === 'string' ? node.args.length : 1 };
    case 'id':
      return Object.hasOwn(scope, node.args) ? scope[node.args]! : ofSchema(undefined, 1);
    case '.':
    case '.?':
      return field(estimate(node.args[0], scope), node.args[1]);
    case '[]':
    case '[?]': {
      const list = estimate(node.args[0], scope);
      return ofSchema(elementSchema(list.schema), list.cost + estimate(node.args[1], scope).cost + 1);
    }
    case 'list':
      return aggregate(node.args, scope, LIST_BASE);
    case 'map':
      return aggregate(node.args.flat(), scope, MAP_BASE);
    case '?:': {
      const [condition, left, right] = node.args.map((each) => estimate(each, scope)) as [Estimate, Estimate, Estimate];
      const size = Math.max(left.size, right.size);
      return { cost: condition.cost + Math.max(left.cost, right.cost), size, schema: left.schema };
    }
    case '!_':
    case '-_':
      return { cost: estimate(node.args, scope).cost + 1, size: 1 };
    case 'call':
      return call(node.args[0], undefined, node.args[1], scope);
    case 'rcall':
      return call(node.args[0], node.args[1], node.args[2], scope);
    default:
      return binary(node.op, estimate(node.args[0], scope), estimate(node.args[1], scope));
  }
}

function field({ schema, cost }: Estimate, name: string): Estimate {
  const properties = schema?.properties;
  if (properties !== undefined && Object.hasOwn(properties, name)) return ofSchema(properties[name], cost + 1);
  return ofSchema(elementSchema(schema), cost + 1);
}

function elementSchema(schema: JsonSchema | undefined): JsonSchema | undefined {
  if (schema?.type === 'array') return schema.items;
  return typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

function aggregate(nodes: readonly ASTNode[], scope: Scope, base: number): Estimate {
  const cost = nodes.reduce((sum, each) => sum + estimate(each, scope).cost, base);
  return { cost, size: nodes.length };
}

function binary(op: string, left: Estimate, right: Estimate): Estimate {
  const cost = left.cost + right.cost;
  switch (op) {
    case '&&':
    case '||':
      return { cost, size: 1 };
    case '+': {
      const isNumber = left.size === 1 && right.size === 1;
      const size = left.size + right.size;
      return isNumber ? { cost: cost + 1, size: 1 } : { cost: cost + size * PER_CHARACTER, size };
    }
    case 'in':
      return { cost: cost + right.size, size: 1 };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { cost: cost + Math.max(1, Math.min(left.size, right.size) * PER_CHARACTER), size: 1 };
    default:
      return { cost: cost + 1, size: 1 };
  }
}

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const OF_ONE: ReadonlySet<string> = new Set([
  'has',
  'size',
  'int',
  'double',
  'bool',
  'type',
  'isSorted',
  'indexOf',
  'lastIndexOf',
  'sum',
  'min',
  'max',
]);

function call(name: string, receiver: ASTNode | undefined, args: readonly ASTNode[], scope: Scope): Estimate {
  if (receiver !== undefined && LOOPS.has(name) && args.length > 1) return loop(name, receiver, args, scope);
  const target = receiver === undefined ? undefined : estimate(receiver, scope);
  const given = args.map((each) => estimate(each, scope));
  const paid = given.reduce((sum, each) => sum + each.cost, target?.cost ?? 0);
  const subject = target ?? given[0] ?? { cost: 0, size: 1 };
  const other = (target === undefined ? given[1] : given[0])?.size ?? 1;
  switch (name) {
    case 'matches':
      return { cost: paid + (subject.size + 1) * PER_CHARACTER * other * PER_PATTERN_CHARACTER, size: 1 };
    case 'find':
    case 'findAll':
      return { cost: paid + (subject.size + 1) * PER_CHARACTER * other * PER_PATTERN_CHARACTER, size: subject.size };
    case 'contains':
      return { cost: paid + subject.size * PER_CHARACTER * other * PER_CHARACTER, size: 1 };
    case 'startsWith':
    case 'endsWith':
      return { cost: paid + other * PER_CHARACTER, size: 1 };
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
    case 'split':
    case 'replace':
    case 'join':
      return { cost: paid + subject.size * PER_CHARACTER, size: subject.size, schema: subject.schema };
    case 'string':
      // Of the length of anything but a string nothing is known.
      return subject.schema?.type === 'string'
        ? { ...subject, cost: paid + subject.size * PER_CHARACTER }
        : { cost: paid + 1, size: Number.POSITIVE_INFINITY };
    case 'isSorted':
    case 'sum':
    case 'min':
    case 'max':
    case 'indexOf':
    case 'lastIndexOf':
      return { cost: paid + subject.size, size: 1 };
    case 'orValue':
    case 'value':
      return { ...subject, cost: paid + 1 };
    default:
      return { cost: paid + 1, size: OF_ONE.has(name) ? 1 : subject.size, schema: subject.schema };
  }
}

function loop(name: string, receiver: ASTNode, args: readonly ASTNode[], scope: Scope): Estimate {
  const range = estimate(receiver, scope);
  const element = range.schema?.type === 'array' ? range.schema.items : undefined;
  const inner: Scope = { ...scope, [String(args[0]!.args)]: ofSchema(element, 1) };
  const step = args.slice(1).reduce((sum, each) => sum + estimate(each, inner).cost, 0);
  const makesList = name === 'map' || name === 'filter';
  const cost = range.cost + range.size * (step + (makesList ? LIST_BASE + 1 : 1));
  if (!makesList) return { cost, size: 1 };
  return { cost, size: range.size, schema: name === 'filter' ? range.schema : undefined };
}
