/** A JSON value as CEL sees it where no schema tells its type: whole numbers are ints, objects are maps. */
export function toDynamic(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toDynamic);
  if (typeof value !== 'object' || value === null) return value;
  const map = new Map<string, unknown>();
  for (const [key, each] of Object.entries(value)) if (each !== undefined) map.set(key, toDynamic(each));
  return map;
}

/** A value of CEL as JSON has it; numbers that JSON cannot hold exactly lose what they must. */
export function fromDynamic(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(fromDynamic);
  if (value instanceof Map) {
    return Object.fromEntries(Array.from(value, ([key, each]) => [String(key), fromDynamic(each)] as const));
  }
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromDynamic(each)] as const));
}
