import type { KindDescriptor, WriteContext } from './descriptor.ts';
import type { FieldError } from './field-error.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata-validation.ts';
import type { KubeObject } from './object.ts';

interface Rules<T extends KubeObject> {
  readonly namespaced: boolean;
  /** The rule for names, where it is not the usual one. */
  readonly checkName?: (name: string) => readonly string[];
  /** What holds for new objects and for changed ones. */
  readonly validate: (errors: FieldError[], object: T) => void;
  /** What a change may not do. */
  readonly validateChange?: (errors: FieldError[], next: T, previous: T, context: WriteContext) => void;
}

/** Both validations of a kind whose rules are the same for new and changed objects. */
export function validation<T extends KubeObject>(
  rules: Rules<T>,
): Pick<KindDescriptor<T>, 'namespaced' | 'validateCreate' | 'validateUpdate'> {
  const { namespaced, checkName, validate, validateChange } = rules;
  return {
    namespaced,
    validateCreate(object) {
      const errors: FieldError[] = [];
      validateMetadata(errors, object.metadata, namespaced, checkName);
      validate(errors, object);
      return errors;
    },
    validateUpdate(next, previous, context) {
      const errors: FieldError[] = [];
      validateMetadataUpdate(errors, next, previous);
      validate(errors, next);
      validateChange?.(errors, next, previous, context);
      return errors;
    },
  };
}
