/** A count, or a share of a total such as `25%`. */
export type IntOrString = number | string;

const percent = /^[0-9]{1,9}%$/;

/** The sentence for a text that is no percentage; undefined when it is one. */
export function checkPercent(text: string): string | undefined {
  return percent.test(text)
    ? undefined
    : "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
}

/** The number before the `%`; undefined for a plain count or anything else. */
export function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && percent.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/**
 * The count that a value means out of `total`. Percentages round up for maxSurge and down for maxUnavailable.
 * Throws on a text that is no percentage (validation keeps those out).
 * After k8s.io/apimachinery/pkg/util/intstr GetScaledValueFromIntOrPercent.
 */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  const share = percentOf(value);
  if (share === undefined) throw new Error(`invalid value for IntOrString: invalid type: string is not a percentage`);
  const exact = (share * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
