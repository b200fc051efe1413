/** The kinds of k8s.io/apimachinery field errors; the value is the cause's `reason` on the wire. */
type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError';

/** One thing wrong with one field. `detail` is the whole sentence after the path, as the real server words it. */
export interface FieldError {
  readonly type: FieldErrorType;
  /** Dotted, with indices: `spec.containers[0].name`. */
  readonly field: string;
  /** E.g. `Required value`, `Invalid value: "x": must be …`. */
  readonly message: string;
}
