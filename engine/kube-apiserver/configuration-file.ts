import { ConfigurationError, checkShape, type Shape } from '../api/config-shape.ts';
import type { FieldError } from '../api/field-error.ts';
import { BodySyntaxError, readBody } from './decode/request-body.ts';

/** What a file that a flag names should hold. */
export interface ConfigurationFormat {
  /** Kinds, by `apiVersion`. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  readonly shape: Shape;
  /** Where the component's own code registers them. */
  readonly scheme: string;
  /** What stands before a reason in the component's words. */
  readonly failure?: string;
}

/** A file's object, and the fields that it should not have: `unknown field "rules[0].verb"`. */
export interface DecodedConfiguration<T> {
  readonly value: T;
  readonly unknown: readonly string[];
}

/**
 * Reads YAML as k8s.io/apimachinery's decoders do it: which kind is it, do its fields have the right types.
 *
 * @throws ConfigurationError in those decoders' words
 */
export function decodeConfiguration<T>(text: string, format: ConfigurationFormat): DecodedConfiguration<T> {
  const { failure = '' } = format;
  try {
    const { value, duplicates } = readBody({ method: 'POST', path: '', headers: YAML, body: text });
    const unknown: string[] = [];
    checkShape(value, format.shape, checkKind(value, format), unknown);
    return {
      value: value as T,
      unknown: [...duplicates(), ...unknown.map((field) => `unknown field ${JSON.stringify(field)}`)],
    };
  } catch (error) {
    if (!(error instanceof BodySyntaxError || error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${failure}${error.message}`);
  }
}

const YAML = { 'content-type': 'application/yaml' };

function checkKind(value: unknown, { kinds, scheme }: ConfigurationFormat): string {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const { kind = '', apiVersion = '' } = (isObject ? value : {}) as { kind?: unknown; apiVersion?: unknown };
  const text = JSON.stringify(value ?? null);
  if (kind === '') throw new ConfigurationError(`Object 'Kind' is missing in '${text}'`);
  if (apiVersion === '') throw new ConfigurationError(`Object 'apiVersion' is missing in '${text}'`);
  if (kinds[String(apiVersion)]?.includes(String(kind)) === true) return String(kind);
  throw new ConfigurationError(`no kind "${kind}" is registered for version "${apiVersion}" in scheme "${scheme}"`);
}

/** Several problems of fields as one: `[a: Required value, b: Invalid value: …]`. */
export function fieldProblems(errors: readonly FieldError[]): string {
  const sentences = [...new Set(errors.map(({ field, message }) => `${field}: ${message}`))];
  return sentences.length === 1 ? sentences[0]! : `[${sentences.join(', ')}]`;
}
