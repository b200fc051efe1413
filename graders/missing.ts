import { findAll, type PathStep, parsePath, pathText } from './object-path.ts';

/** So many of the names are told that a list has instead. */
const MOST_NAMES = 6;

/** Says what is not there, and what is there instead where the path breaks off. */
export function missing(value: unknown, path: string): string {
  const steps = parsePath(path);
  const reached = steps.findLastIndex((_, index) => findAll(value, steps.slice(0, index + 1)).length > 0) + 1;
  const rest = steps.slice(reached);
  const before = pathText(steps.slice(0, reached));
  if (rest[0]?.kind === 'where') return lacking(value, steps, reached, rest[0]);
  if (rest[0]?.kind === 'all' || rest[0]?.kind === 'index') {
    const empty = findAll(value, steps.slice(0, reached)).every(({ value: list }) => Object(list).length === 0);
    if (empty && before !== '') return `${before} is empty`;
  }
  return reached === 0 || rest.length === 1 ? `${path} is not set` : `${before} has no ${pathText(rest)}`;
}

/** Of a list without the element that is asked for: what it has instead. */
function lacking(
  value: unknown,
  steps: readonly PathStep[],
  reached: number,
  { field, value: wanted }: Extract<PathStep, { kind: 'where' }>,
): string {
  const list = steps.slice(0, reached);
  const others = findAll(value, [...list, { kind: 'all' }])
    .map(({ value: element }) => Object(element)[field] as unknown)
    .filter((other) => typeof other === 'string');
  if (others.length === 0) return `${pathText(list)} has no "${wanted}"`;
  return `${pathText(list)} has no "${wanted}", but ${someOf([...new Set(others)])}`;
}

function someOf(names: readonly string[]): string {
  const told = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  return told.join(', ') + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '');
}
