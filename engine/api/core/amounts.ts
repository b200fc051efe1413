import { addQuantities, compareQuantities, subtractQuantities } from '../quantity.ts';

/** Amounts by resource name: `{ cpu: '250m', memory: '64Mi' }`. */
export type Amounts = Readonly<Record<string, string>>;

/** The sum of each resource. */
export function addAmounts(left: Amounts, right: Amounts): Amounts {
  return combine(left, right, (mine, other) => addQuantities(mine, other));
}

/** The difference of each resource; it may be negative. */
export function subtractAmounts(left: Amounts, right: Amounts): Amounts {
  return combine({ ...zeros(right), ...left }, right, (mine, other) => subtractQuantities(mine, other));
}

/** The larger amount of each resource. */
export function largerAmounts(left: Amounts, right: Amounts): Amounts {
  return combine(left, right, (mine, other) => (compareQuantities(other, mine) > 0 ? other : mine));
}

function combine(left: Amounts, right: Amounts, both: (mine: string, other: string) => string): Amounts {
  const total: Record<string, string> = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    total[name] = total[name] === undefined ? amount : both(total[name], amount);
  }
  return total;
}

function zeros(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.keys(amounts).map((name) => [name, '0']));
}
