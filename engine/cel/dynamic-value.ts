/** A JSON value as CEL sees it where no schema tells its type: whole numbers are ints, objects are maps. */
export function toDynamic(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toDynamic);
  if (typeof value !== 'object' || value === null) return value;
  const map = new Map<string, unknown>();
  for (const [key, each] of Object.entries(value)) if (each !== undefined) map.set(key, toDynamic(each));
  return map;
}
