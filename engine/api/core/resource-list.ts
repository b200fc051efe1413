import { mapValues } from '../copy-on-write.ts';
import { canonicalQuantity } from '../quantity.ts';

/** Amounts by resource name: `{ cpu: '250m', memory: '64Mi' }`. */
export type ResourceList = { [resource: string]: string | number };

function storedAmount(amount: string | number): string | number {
  return canonicalQuantity(amount, true);
}

/** The list as stored: every amount canonical, rounded up to thousandths. */
export function storedResourceList(list: ResourceList): ResourceList {
  return mapValues(list, storedAmount);
}
