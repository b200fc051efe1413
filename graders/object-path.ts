/** One step of a path: a field, one of several fields, a position, every element, or the elements whose field has a value. */
export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'either'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'where'; readonly field: string; readonly value: string };

const STEP =
  /^(?:\.?([A-Za-z_$][\w$-]*|"[^"]*")|\.?\(([\w$-]+(?:\|[\w$-]+)+)\)|\[(\d+)\]|\[(\*)\]|\[([\w.-]+)=([^\]]*)\])/;

/**
 * Parses a path into an object: `spec.containers[name=web].ports[*].containerPort`,
 * `metadata.labels."app.kubernetes.io/name"`, `spec.(containers|initContainers)[name=web]` where it may be in either.
 *
 * @throws Error that points at the place which cannot be read.
 */
export function parsePath(path: string): readonly PathStep[] {
  const steps: PathStep[] = [];
  let rest = path;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) throw new Error(`cannot read the path "${path}" at "${rest}"`);
    const [whole, name, names, index, all, field, value] = match;
    if (name !== undefined) steps.push({ kind: 'field', name: name.replaceAll('"', '') });
    else if (names !== undefined) steps.push({ kind: 'either', names: names.split('|') });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (all !== undefined) steps.push({ kind: 'all' });
    else steps.push({ kind: 'where', field: field!, value: value! });
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** The steps as they are written. */
export function pathText(steps: readonly PathStep[]): string {
  return steps.reduce((path, step) => {
    if (step.kind === 'index') return `${path}[${step.index}]`;
    if (step.kind === 'all') return `${path}[*]`;
    if (step.kind === 'where') return `${path}[${step.field}=${step.value}]`;
    const name = step.kind === 'either' ? `(${step.names.join('|')})` : quotedIfNeeded(step.name);
    return path === '' ? name : `${path}.${name}`;
  }, '');
}

function quotedIfNeeded(name: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(name) ? name : `"${name}"`;
}

/** A value found, and the exact way to it: field names and positions. */
export interface Found {
  readonly value: unknown;
  readonly at: readonly (string | number)[];
}

/** Everything a path leads to; nothing where a field is absent. */
export function findAll(object: unknown, steps: readonly PathStep[]): readonly Found[] {
  let found: Found[] = [{ value: object, at: [] }];
  for (const step of steps) found = found.flatMap((from) => follow(from, step));
  return found;
}

function follow({ value, at }: Found, step: PathStep): Found[] {
  if (step.kind === 'field') {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step.name)) return [];
    return [{ value: (value as Record<string, unknown>)[step.name], at: [...at, step.name] }];
  }
  if (step.kind === 'either') return step.names.flatMap((name) => follow({ value, at }, { kind: 'field', name }));
  if (!Array.isArray(value)) return [];
  const elements = value.map((element, index) => ({ value: element as unknown, at: [...at, index] }));
  if (step.kind === 'all') return elements;
  if (step.kind === 'index') return elements.slice(step.index, step.index + 1);
  return elements.filter(
    ({ value: element }) => String((element as Record<string, unknown> | null)?.[step.field]) === step.value,
  );
}
