/** How a value is ordered: by key, as Go marshals a map, or as it stands. */
export interface JsonOptions {
  /** Four spaces for kubectl's `-o json`; none puts everything on one line. */
  readonly indent?: string;
  /** Keys in the order in which they stand, as Go marshals a structure. */
  readonly asItStands?: boolean;
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON as Go's encoding/json writes maps, unless told: keys sorted, `<`, `>` and `&` escaped. No newline at the end. */
export function writeJson(value: unknown, options: JsonOptions = {}): string {
  return JSON.stringify(options.asItStands ? value : sortKeys(value), undefined, options.indent).replace(
    /[<>&\u2028\u2029]/g,
    (character) => HTML_ESCAPES[character]!,
  );
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object).sort();
  // Keys that look like array indices come first in any object; fromEntries is right for all others.
  return Object.fromEntries(keys.map((key) => [key, sortKeys(object[key])]));
}
