import type { ScalarType, ValueSchema } from './definitions.ts';

/** How server-side apply owns a value: as a whole, field by field, or item by item (by keys, or `[]` for a set). */
export type Topology = 'atomic' | 'fields' | readonly string[];

/**
 * The shape of a custom resource, made from the schema in its CustomResourceDefinition. Where the generated schema names
 * definitions, this holds the fields themselves, and says how values merge.
 */
export type CustomSchema =
  | ValueSchema
  | { readonly type: ScalarType }
  | { readonly type: 'list' | 'map'; readonly of: CustomSchema; readonly merge?: Topology }
  | StructSchema
  /** Anything at all, merged by what it turns out to be: objects field by field, all else as a whole. */
  | { readonly type: 'untyped' };

interface StructSchema {
  readonly type: 'struct';
  readonly fields: ReadonlyMap<string, CustomSchema>;
  /** What any other field may hold; absent where there may be none. */
  readonly rest?: CustomSchema;
  readonly merge?: Topology;
}
