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

type List = 'requests' | 'limits';

function amountOf({ resources }: Container, list: List, resource: string): number {
  return amount(resources?.[list] as Amounts, resource) ?? 0;
}

/** Containers and sidecars together, or the hungriest init container with the sidecars that run beside it. */
function total({ spec }: Pod, list: List, resource: string): number {
  let sidecars = 0;
  let peak = 0;
  for (const container of spec.initContainers ?? []) {
    const wanted = amountOf(container, list, resource);
    if (isRestartable(container)) sidecars += wanted;
    peak = Math.max(peak, isRestartable(container) ? sidecars : sidecars + wanted);
  }
  let regular = 0;
  for (const container of spec.containers) regular += amountOf(container, list, resource);
  return Math.max(peak, regular + sidecars);
}

/**
 * What a Pod needs of a resource.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequest(pod: Pod, resource: string): number {
  const own = amount(pod.spec.resources?.requests as Amounts, resource);
  return (own ?? total(pod, 'requests', resource)) + (amount(pod.spec.overhead as Amounts, resource) ?? 0);
}

/** The most that a Pod may use; undefined as long as one of its containers has no limit. */
export function podLimit(pod: Pod, resource: string): number | undefined {
  const { initContainers, containers, resources, overhead } = pod.spec;
  const own = amount(resources?.limits as Amounts, resource);
  if (own !== undefined) return own;
  const hasNone = (container: Container): boolean => amountOf(container, 'limits', resource) === 0;
  if (initContainers?.some(hasNone) || containers.some(hasNone)) return undefined;
  return total(pod, 'limits', resource) + (amount(overhead as Amounts, resource) ?? 0);
}

/** All the resources that a Pod asks for by name. */
export function requestedResources({ spec }: Pod): Set<string> {
  const names = new Set(Object.keys(spec.resources?.requests ?? {}));
  for (const { resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const name of Object.keys(resources?.requests ?? {})) names.add(name);
  }
  return names;
}
