import { sameValue } from '../../api/copy-on-write.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Topology } from '../../api/schema/custom-schema.ts';
import { emptyWhereAlwaysThere, isNothing, isUntypedScalar, itemsByElement } from './compare.ts';
import { type FieldSet, isMember, MEMBER, makeNode, NO_FIELDS } from './field-set.ts';
import {
  childType,
  type FieldType,
  isObject,
  isUnmanaged,
  itemType,
  type JsonObject,
  rootType,
  type TypedKind,
  topology,
} from './typed-value.ts';

/** A field of a definition, with what would be worked out again for every object that has it. */
interface Field {
  readonly element: string;
  readonly type: FieldType;
  readonly how: Topology;
}

type Children = [element: string, fields: FieldSet][];

const ROOT: readonly string[] = [];
const IN_METADATA: readonly string[] = ['f:metadata'];
const DEEPER: readonly string[] = ['f:spec', ''];

/**
 * Which fields a new object's creator comes to own: what `compareObjects` finds between nothing and the object. Objects of a kind
 * mostly have the same fields as the one before, so what is the same is shared: it costs neither a tree nor memory.
 */
export class CreationFields {
  /** By definition and name. */
  readonly #fields = new Map<string, Map<string, Field>>();
  /** What was found last. */
  readonly #last = new WeakMap<TypedKind, FieldSet>();

  /** @param reset the root field that the endpoint resets: nobody comes to own it there */
  of(kind: TypedKind, object: KubeObject, reset: string): FieldSet {
    const children: Children = [];
    const before = this.#last.get(kind) ?? NO_FIELDS;
    this.#collect(children, rootType(kind), object as unknown as JsonObject, ROOT, reset, before);
    const fields = children.length === 0 ? NO_FIELDS : asBefore(children, false, before);
    this.#last.set(kind, fields);
    return fields;
  }

  #collect(
    children: Children,
    type: FieldType,
    object: JsonObject,
    path: readonly string[],
    reset: string,
    before: FieldSet,
  ): void {
    for (const key in object) {
      if (path !== DEEPER && isUnmanaged(path, key, reset)) continue;
      const field = this.#field(type, key);
      if (field === undefined) continue;
      const within = path === ROOT && key === 'metadata' ? IN_METADATA : DEEPER;
      const empty = emptyWhereAlwaysThere(type, field.type, key, path.length === 0);
      const fields = this.#value(field, object[key] ?? empty, empty, within, before[field.element]);
      if (fields !== undefined) children.push([field.element, fields]);
    }
  }

  /** @param empty what was there before the object was; undefined for nothing */
  #value(
    { type, how }: Field,
    value: unknown,
    empty: unknown,
    path: readonly string[],
    before: FieldSet = NO_FIELDS,
  ): FieldSet | undefined {
    if (value === empty) return undefined;
    if (how === 'atomic' || isNothing(value) || isUntypedScalar(type, undefined, value))
      return empty !== undefined && sameValue(empty, value) ? undefined : MEMBER;
    const children: Children = [];
    if (how !== 'fields') this.#collectItems(children, type, how, value, before);
    else if (isObject(value)) this.#collect(children, type, value, path, '', before);
    if (children.length > 0) return asBefore(children, empty === undefined, before);
    return empty === undefined ? MEMBER : undefined;
  }

  #collectItems(children: Children, type: FieldType, keys: readonly string[], value: unknown, before: FieldSet): void {
    if (!Array.isArray(value)) return;
    const of = itemType(type);
    const how = topology(of);
    for (const [element, item] of itemsByElement(keys, value)) {
      const fields = this.#value({ element, type: of, how }, item, undefined, DEEPER, before[element]);
      if (fields !== undefined) children.push([element, fields]);
    }
  }

  #field(parent: FieldType, key: string): Field | undefined {
    const { schema } = parent;
    // Only definitions have a limited number of fields.
    if (schema.type !== 'object') return fieldOf(parent, key);
    let fields = this.#fields.get(schema.definition);
    if (fields === undefined) {
      fields = new Map();
      this.#fields.set(schema.definition, fields);
    }
    let field = fields.get(key);
    if (field === undefined) {
      field = fieldOf(parent, key);
      if (field !== undefined) fields.set(key, field);
    }
    return field;
  }
}

function fieldOf(parent: FieldType, key: string): Field | undefined {
  const type = childType(parent, key);
  return type && { element: `f:${key}`, type, how: topology(type) };
}

/** The node with these children: the one from before where that has the very same. */
function asBefore(children: Children, member: boolean, before: FieldSet): FieldSet {
  let left = children.length + (member ? 1 : 0);
  for (const _ in before) left -= 1;
  if (left === 0 && isMember(before) === member && children.every(([element, fields]) => before[element] === fields))
    return before;
  return makeNode(children, member);
}
