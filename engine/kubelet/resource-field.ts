import type { Container, Pod } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { findContainer } from './pod-format.ts';
import { amount } from './quantities.ts';

type ResourceFieldRef = NonNullable<
  NonNullable<NonNullable<Container['env']>[number]['valueFrom']>['resourceFieldRef']
>;

/**
 * A request or limit in units of its divisor, rounded up.
 * https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-resourceFieldRef
 *
 * @param allocatable of the node, for limits that are not set
 */
export function resourceField(
  { allocatable }: { readonly allocatable: (resource: string) => number },
  pod: Pod,
  container: Container,
  { resource, divisor, containerName }: ResourceFieldRef,
): string {
  const from = containerName === undefined ? container : findContainer(pod, containerName);
  const [list, name = ''] = resource.split('.') as ['requests' | 'limits', string?];
  const amounts = from?.resources?.[list] as Record<string, unknown> | undefined;
  const value = amount(amounts, name) ?? (list === 'limits' ? allocatable(name) : 0);
  const unit = divisor === undefined || String(divisor) === '0' ? 1 : numericOrMilli(String(divisor), name);
  return String(Math.ceil((name === 'cpu' ? value / 1000 : value) / unit));
}

function numericOrMilli(divisor: string, name: string): number {
  return name === 'cpu' && divisor.endsWith('m')
    ? Number(divisor.slice(0, -1)) / 1000
    : Math.max(1, numericValue(divisor));
}
