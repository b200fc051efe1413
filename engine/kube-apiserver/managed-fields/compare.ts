import { sameValue } from '../../api/copy-on-write.ts';
import { type FieldSet, FieldSetBuilder } from './field-set.ts';
import {
  childType,
  type FieldType,
  isObject,
  isUnmanaged,
  itemElement,
  itemType,
  type JsonObject,
  rootType,
  type TypedKind,
  topology,
} from './typed-value.ts';

/** How one state of an object differs from another, by paths. */
export interface Comparison {
  /** Paths that are new or have another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

interface Walk {
  readonly path: string[];
  readonly changed: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
  /** The root field that the endpoint resets, e.g. `status`. */
  readonly reset: string;
}

/** Structs that Go cannot leave out, and lists it writes as null: they come into being with what contains them. */
const ALWAYS_PRESENT: ReadonlySet<string> = new Set([
  'DeploymentSpec.template',
  'DeploymentSpec.strategy',
  'ReplicaSetSpec.template',
  'StatefulSetSpec.template',
  'StatefulSetSpec.updateStrategy',
  'DaemonSetSpec.template',
  'DaemonSetSpec.updateStrategy',
  'JobSpec.template',
  'CronJobSpec.jobTemplate',
  'PodTemplate.template',
  'PodTemplateSpec.metadata',
  'PodTemplateSpec.spec',
  'JobTemplateSpec.metadata',
  'JobTemplateSpec.spec',
  'PodSpec.containers',
  'ServiceStatus.loadBalancer',
  'IngressStatus.loadBalancer',
  'PersistentVolumeClaimSpec.resources',
  'NodeStatus.daemonEndpoints',
  'NodeDaemonEndpoints.kubeletEndpoint',
  'NodeStatus.nodeInfo',
  'Event.source',
  'CustomResourceDefinitionSpec.names',
  'CustomResourceDefinitionStatus.acceptedNames',
  'CustomResourceDefinitionStatus.conditions',
]);
const ROOT_STRUCTS: ReadonlySet<string> = new Set(['metadata', 'spec', 'status']);
const ZERO = Object.freeze({});

/**
 * Compares two objects of a kind the way owners of fields are found. Shared parts cost nothing, so the cost is that of
 * the difference. After sigs.k8s.io/structured-merge-diff typed/compare.go.
 */
export function compareObjects(kind: TypedKind, left: object, right: object, reset = ''): Comparison {
  const walk: Walk = { path: [], changed: new FieldSetBuilder(), removed: new FieldSetBuilder(), reset };
  compareFields(walk, rootType(kind), left as JsonObject, right as JsonObject);
  return { changed: walk.changed.build(), removed: walk.removed.build() };
}

function compareValues(walk: Walk, type: FieldType, left: unknown, right: unknown): void {
  if (left === right) return;
  const how = topology(type);
  if (how === 'atomic' || (isNothing(left) && isNothing(right)) || isUntypedScalar(type, left, right)) {
    if (left === undefined) walk.changed.insert(walk.path);
    else if (right === undefined) walk.removed.insert(walk.path);
    else if (!sameValue(left, right)) walk.changed.insert(walk.path);
    return;
  }
  if (how === 'fields') compareFields(walk, type, asObject(left), asObject(right));
  else compareItems(walk, type, how, asList(left), asList(right));
  if (left === undefined) walk.changed.insert(walk.path);
  else if (right === undefined) walk.removed.insert(walk.path);
}

function compareFields(walk: Walk, type: FieldType, left: JsonObject | undefined, right: JsonObject | undefined): void {
  for (const key in left) compareField(walk, type, left, right, key);
  for (const key in right)
    if (left === undefined || !Object.hasOwn(left, key)) compareField(walk, type, left, right, key);
}

function compareField(
  walk: Walk,
  type: FieldType,
  left: JsonObject | undefined,
  right: JsonObject | undefined,
  key: string,
): void {
  const child = childType(type, key);
  if (child === undefined || isUnmanaged(walk.path, key, walk.reset)) return;
  const empty = emptyWhereAlwaysThere(type, child, key, walk.path.length === 0);
  walk.path.push(`f:${key}`);
  compareValues(walk, child, fieldValue(left, key, empty), fieldValue(right, key, empty));
  walk.path.pop();
}

const NOTHING: readonly unknown[] = Object.freeze([]);

/** What a field holds that comes into being with what contains it; undefined for all others. */
export function emptyWhereAlwaysThere(parent: FieldType, child: FieldType, key: string, atRoot: boolean): unknown {
  const isThere = atRoot ? isRootStruct(parent, key) : ALWAYS_PRESENT.has(child.place);
  if (!isThere) return undefined;
  return child.schema.type === 'list' ? NOTHING : ZERO;
}

function fieldValue(object: JsonObject | undefined, key: string, empty: unknown): unknown {
  if (object === undefined) return undefined;
  return (Object.hasOwn(object, key) ? object[key] : undefined) ?? empty;
}

function compareItems(
  walk: Walk,
  type: FieldType,
  keys: readonly string[],
  left: readonly unknown[],
  right: readonly unknown[],
): void {
  const before = itemsByElement(keys, left);
  const after = itemsByElement(keys, right);
  const of = itemType(type);
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    walk.path.push(element);
    compareValues(walk, of, before.get(element), after.get(element));
    walk.path.pop();
  }
}

/** The items of a list by their path elements; those without keys belong to nobody. */
export function itemsByElement(keys: readonly string[], items: readonly unknown[]): Map<string, unknown> {
  const byElement = new Map<string, unknown>();
  for (const item of items) {
    const element = itemElement(keys, item);
    if (element !== undefined) byElement.set(element, item);
  }
  return byElement;
}

/** Custom resources have whatever their definition says; only metadata is always there. */
function isRootStruct({ schema }: FieldType, key: string): boolean {
  return schema.type === 'object' ? ROOT_STRUCTS.has(key) : key === 'metadata';
}

/** Lists and scalars of which no schema speaks are compared as a whole. */
export function isUntypedScalar({ schema }: FieldType, left: unknown, right: unknown): boolean {
  if (schema.type !== 'untyped') return false;
  return !((left === undefined || isObject(left)) && (right === undefined || isObject(right)));
}

export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
}

function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING;
}
