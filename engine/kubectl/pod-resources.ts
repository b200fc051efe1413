import type { Container, Pod } from '../api/kinds.ts';
import { addQuantities, compareQuantities } from '../api/quantity.ts';

type Amounts = Readonly<Record<string, string>>;

/**
 * What a Pod asks for: its containers together, or its largest init container, plus overhead. Restartable init
 * containers (sidecars) count with the containers.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequestsAndLimits({ spec }: Pod): { readonly requests: Amounts; readonly limits: Amounts } {
  const all = (field: 'requests' | 'limits') => {
    const amountsOf = (container: Container) => (container.resources?.[field] ?? {}) as Amounts;
    const init = spec.initContainers ?? [];
    const sidecars = init.filter(({ restartPolicy }) => restartPolicy === 'Always');
    let total = [...spec.containers, ...sidecars].map(amountsOf).reduce(add, {});
    let sidecarsSoFar: Amounts = {};
    for (const container of init) {
      const atOnce = add(sidecarsSoFar, amountsOf(container));
      if (container.restartPolicy === 'Always') sidecarsSoFar = atOnce;
      total = largest(total, atOnce);
    }
    return total;
  };
  const overhead = (spec.overhead ?? {}) as Amounts;
  const limits = all('limits');
  const limited = Object.fromEntries(Object.entries(overhead).filter(([name]) => name in limits));
  return { requests: add(all('requests'), overhead), limits: add(limits, limited) };
}

function add(left: Amounts, right: Amounts): Amounts {
  const total: Record<string, string> = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    total[name] = total[name] === undefined ? amount : addQuantities(total[name], amount);
  }
  return total;
}

function largest(left: Amounts, right: Amounts): Amounts {
  const total: Record<string, string> = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    const other = total[name];
    if (other === undefined || compareQuantities(amount, other) > 0) total[name] = amount;
  }
  return total;
}
