import type { Container, Pod } from '../api/kinds.ts';
import { milliValue, numericValue } from '../api/quantity.ts';
import { isRestartable } from './pod-format.ts';

type Amounts = { readonly [resource: string]: unknown } | undefined;

/** A request or limit in thousandths of a CPU or in whole units; undefined when none is set. */
export function amount(list: Amounts, resource: string): number | undefined {
  const value = list?.[resource] as string | number | undefined;
  if (value === undefined) return undefined;
  return resource === 'cpu' ? milliValue(value) : numericValue(value);
}

function request(container: Container, resource: string): number {
  return amount(container.resources?.requests as Amounts, resource) ?? 0;
}

/**
 * What a Pod needs of a resource: its containers and sidecars together, or its hungriest init container with the sidecars
 * that run beside it. https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequest(pod: Pod, resource: string): number {
  let sidecars = 0;
  let peak = 0;
  for (const container of pod.spec.initContainers ?? []) {
    const wanted = request(container, resource);
    if (isRestartable(container)) sidecars += wanted;
    peak = Math.max(peak, isRestartable(container) ? sidecars : sidecars + wanted);
  }
  const regular = pod.spec.containers.reduce((sum, container) => sum + request(container, resource), 0);
  return Math.max(peak, regular + sidecars) + (amount(pod.spec.overhead as Amounts, resource) ?? 0);
}
