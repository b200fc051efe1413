import type { Container, Pod, PodSpec } from '../kinds.ts';
import { type Amounts, addAmounts, largerAmounts } from './amounts.ts';

type Field = 'requests' | 'limits';

/**
 * What a Pod asks for: its containers together, or its largest init container, plus overhead; what is said for the Pod as
 * a whole wins. https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequestsAndLimits({ spec }: Pod): { readonly requests: Amounts; readonly limits: Amounts } {
  const all = (field: Field): Amounts => ({
    ...containerAmounts(spec, field),
    ...(spec.resources?.[field] as Amounts | undefined),
  });
  const overhead = (spec.overhead ?? {}) as Amounts;
  const limits = all('limits');
  const limited = Object.fromEntries(Object.entries(overhead).filter(([name]) => Object.hasOwn(limits, name)));
  return { requests: addAmounts(all('requests'), overhead), limits: addAmounts(limits, limited) };
}

/** What the containers of a Pod come to. Restartable init containers (sidecars) count with the containers. */
export function containerAmounts(spec: PodSpec, field: Field): Amounts {
  const amountsOf = (container: Container) => (container.resources?.[field] ?? {}) as Amounts;
  const init = spec.initContainers ?? [];
  const sidecars = init.filter(({ restartPolicy }) => restartPolicy === 'Always');
  let total = [...(spec.containers ?? []), ...sidecars].map(amountsOf).reduce(addAmounts, {});
  let sidecarsSoFar: Amounts = {};
  for (const container of init) {
    const atOnce = addAmounts(sidecarsSoFar, amountsOf(container));
    if (container.restartPolicy === 'Always') sidecarsSoFar = atOnce;
    total = largerAmounts(total, atOnce);
  }
  return total;
}
