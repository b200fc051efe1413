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

type Ask = (container: Container) => number;

/** Containers and sidecars together, or the hungriest init container with the sidecars that run beside it. */
function total({ spec }: Pod, ask: Ask): number {
  let sidecars = 0;
  let peak = 0;
  for (const container of spec.initContainers ?? []) {
    const wanted = ask(container);
    if (isRestartable(container)) sidecars += wanted;
    peak = Math.max(peak, isRestartable(container) ? sidecars : sidecars + wanted);
  }
  const regular = spec.containers.reduce((sum, container) => sum + ask(container), 0);
  return Math.max(peak, regular + sidecars);
}

/**
 * What a Pod needs of a resource.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequest(pod: Pod, resource: string): number {
  const own = amount(pod.spec.resources?.requests as Amounts, resource);
  const ask: Ask = ({ resources }) => amount(resources?.requests as Amounts, resource) ?? 0;
  return (own ?? total(pod, ask)) + (amount(pod.spec.overhead as Amounts, resource) ?? 0);
}

/** The most that a Pod may use; undefined as long as one of its containers has no limit. */
export function podLimit(pod: Pod, resource: string): number | undefined {
  const own = amount(pod.spec.resources?.limits as Amounts, resource);
  if (own !== undefined) return own;
  const of: (container: Container) => number | undefined = ({ resources }) =>
    amount(resources?.limits as Amounts, resource);
  const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  if (all.some((container) => (of(container) ?? 0) === 0)) return undefined;
  return total(pod, (container) => of(container) ?? 0) + (amount(pod.spec.overhead as Amounts, resource) ?? 0);
}

/** All the resources that a Pod asks for by name. */
export function requestedResources({ spec }: Pod): Set<string> {
  const names = new Set(Object.keys(spec.resources?.requests ?? {}));
  for (const { resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const name of Object.keys(resources?.requests ?? {})) names.add(name);
  }
  return names;
}
