/** What a value in the configuration file must look like. */
export type Shape =
  | 'string'
  | 'integer'
  | 'boolean'
  /** Anything: looked at later, or by nobody. */
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** A configuration that cannot be used; the message is what the component prints of it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const GO_TYPES = { string: 'string', integer: 'int32', boolean: 'bool' } as const;

/**
 * Checks a value against its shape.
 *
 * @param path for messages, e.g. `KubeSchedulerConfiguration.parallelism`.
 * @param unknown paths of fields that the shape does not have are added here.
 * @throws ConfigurationError when a value has the wrong type.
 */
export function checkShape(value: unknown, shape: Shape, path: string, unknown: string[], field = ''): void {
  if (value === undefined || value === null || shape === 'any') return;
  if (typeof shape === 'string') checkScalar(value, shape, path);
  else if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch(value, path, 'slice');
    for (const [index, item] of value.entries()) checkShape(item, shape.list, path, unknown, `${field}[${index}]`);
  } else {
    if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, path, 'struct');
    for (const [key, item] of Object.entries(value)) {
      const next = field === '' ? key : `${field}.${key}`;
      if ('map' in shape) checkShape(item, shape.map, path, unknown, next);
      else if (Object.hasOwn(shape.fields, key)) checkShape(item, shape.fields[key]!, `${path}.${key}`, unknown, next);
      else unknown.push(next);
    }
  }
}

function checkScalar(value: unknown, shape: 'string' | 'integer' | 'boolean', path: string): void {
  const fits = shape === 'integer' ? Number.isInteger(value) : typeof value === shape;
  if (!fits) throw mismatch(value, path, GO_TYPES[shape]);
}

function mismatch(value: unknown, path: string, type: string): ConfigurationError {
  const is = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return new ConfigurationError(`json: cannot unmarshal ${is} into Go struct field ${path} of type ${type}`);
}
