import type { Container, Pod } from '../kinds.ts';
import { compareQuantities, numericValue } from '../quantity.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'] as const;

function isSet(amount: string | number | undefined): amount is string | number {
  return amount !== undefined && numericValue(amount) > 0;
}

/**
 * By what is said for the Pod as a whole, else by its containers: Guaranteed when every container limits CPU and memory and requests just as much; BestEffort when none asks for any.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
 */
export function qosClass(spec: Pod['spec']): QosClass {
  const containers: readonly Pick<Container, 'resources'>[] =
    spec.resources === undefined
      ? [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
      : [{ resources: spec.resources }];
  let anything = false;
  let guaranteed = true;
  for (const { resources } of containers) {
    for (const name of COMPUTE) {
      const request = resources?.requests?.[name] as string | undefined;
      const limit = resources?.limits?.[name] as string | undefined;
      if (isSet(request) || isSet(limit)) anything = true;
      if (!isSet(limit) || (request !== undefined && compareQuantities(request, limit) !== 0)) guaranteed = false;
    }
  }
  if (!anything) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
