import type { JsonSchema } from '../api/apiextensions/json-schema.ts';
import { sameValue } from '../api/copy-on-write.ts';
import type { KindDescriptor } from '../api/descriptor.ts';
import type { FieldError } from '../api/field-error.ts';
import { invalid } from '../api/field-errors.ts';
import { validateMetadata, validateMetadataUpdate } from '../api/metadata-validation.ts';
import type { KubeObject } from '../api/object.ts';
import { compileRules, evaluateRules, type RuleTree } from './rules.ts';
import { validateListTypes, validateValue } from './value-validation.ts';

type Kind = Pick<KindDescriptor, 'group' | 'version' | 'kind'>;

/** Errors that leave the rules of CEL without a sound object to judge. */
const BLOCKING: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED: FieldError = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/**
 * Judges the objects of one version by its schema and its rules.
 * After apiextensions-apiserver pkg/registry/customresource/{strategy,validator}.go.
 */
export class CustomResourceValidation {
  readonly #kind: Kind;
  readonly #schema: JsonSchema;
  readonly #namespaced: boolean;
  readonly #replicasPath: string | undefined;
  readonly #rules: RuleTree | undefined;

  constructor(kind: Kind, schema: JsonSchema, namespaced: boolean, replicasPath: string | undefined) {
    this.#kind = kind;
    this.#schema = schema;
    this.#namespaced = namespaced;
    this.#replicasPath = replicasPath;
    this.#rules = compileRules(schema);
  }

  create(object: KubeObject): readonly FieldError[] {
    const errors = [...this.#checkKind(object)];
    if (errors.length > 0) return errors;
    validateMetadata(errors, object.metadata, this.#namespaced, undefined, true);
    errors.push(...validateValue(this.#schema, withoutMetadata(object), ''), ...this.#checkReplicas(object));
    errors.push(...validateListTypes(this.#schema, object, ''));
    return this.#withRules(errors, object, undefined);
  }

  update(next: KubeObject, previous: KubeObject): readonly FieldError[] {
    const errors = [...this.#checkKind(next)];
    if (errors.length > 0) return errors;
    // The registry looks at metadata, and so does the kind.
    validateMetadataUpdate(errors, next, previous, true);
    validateMetadataUpdate(errors, next, previous, true);
    const found = [
      ...validateValue(this.#schema, withoutMetadata(next), ''),
      ...validateListTypes(this.#schema, next, ''),
    ];
    errors.push(...found.filter(({ field }) => !isUnchanged(field, next, previous)), ...this.#checkReplicas(next));
    return this.#withRules(errors, next, previous);
  }

  #checkKind({ kind }: KubeObject): readonly FieldError[] {
    if (kind === this.#kind.kind) return [];
    return [invalid('kind', kind, `must be ${this.#kind.kind}`)];
  }

  #checkReplicas(object: KubeObject): readonly FieldError[] {
    const path = this.#replicasPath;
    if (path === undefined) return [];
    const value = valueAt(object, path.slice(1));
    if (typeof value !== 'number' || value >= 0) return [];
    return [invalid(path, value, 'should be a non-negative integer')];
  }

  #withRules(errors: readonly FieldError[], object: KubeObject, previous: KubeObject | undefined) {
    if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, NOT_CHECKED];
    if (this.#rules === undefined) return errors;
    return [...errors, ...evaluateRules(this.#rules, object, previous)];
  }
}

/** Metadata has been checked by rules of its own. */
function withoutMetadata({ metadata: _, ...rest }: KubeObject): object {
  return rest;
}

/**
 * Old sins in fields that a change leaves alone are forgiven, so that schemas can become stricter.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting
 */
function isUnchanged(field: string, next: KubeObject, previous: KubeObject): boolean {
  if (field === '<nil>' || field === '') return false;
  const [value, before] = [valueAt(next, field), valueAt(previous, field)];
  return before !== undefined && sameValue(value, before);
}

/** The value at a path as errors print it: `spec.ports[0].name`. */
function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split(/[.[\]]+/)) {
    if (part === '') continue;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}
