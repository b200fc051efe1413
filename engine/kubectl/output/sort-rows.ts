import { checkQuantity, compareQuantities } from '../../api/quantity.ts';
import { JsonPath, relaxedJsonPath } from './jsonpath.ts';

/**
 * Sorts by the value at `--sort-by`'s path. Objects without it come first; when nobody has it there is nothing to show.
 *
 * @param objectOf the API object that stands for an item
 * @throws CommandError for a path that cannot be parsed
 */
export function sortByPath<T>(items: readonly T[], expression: string, objectOf: (item: T) => unknown): readonly T[] {
  const path = new JsonPath(relaxedJsonPath(expression));
  const keyed = items.map((item) => ({ item, key: path.find(objectOf(item), { allowMissing: true }).flat()[0] }));
  if (keyed.every(({ key }) => key === undefined)) return [];
  return keyed.sort((left, right) => compareValues(left.key, right.key)).map(({ item }) => item);
}

function compareValues(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (left === undefined || left === null) return -1;
  if (right === undefined || right === null) return 1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  const [a, b] = [String(left), String(right)];
  if (checkQuantity(a) === undefined && checkQuantity(b) === undefined) return compareQuantities(a, b);
  return naturalCompare(a, b);
}

/** `pod-2` before `pod-10`. */
function naturalCompare(left: string, right: string): number {
  const [a, b] = [left.match(/\d+|\D+/g) ?? [], right.match(/\d+|\D+/g) ?? []];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index]!, b[index]!];
    if (x === y) continue;
    const numbers = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : 0;
    return numbers !== 0 ? numbers : x < y ? -1 : 1;
  }
  return a.length - b.length;
}
