import type { Container, Pod } from '../api/kinds.ts';
import { milliValue, numericValue } from '../api/quantity.ts';

/** Amounts as numbers: thousandths of a CPU, bytes, and whole units of extended resources. */
export interface Resources {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Extended resources such as `nvidia.com/gpu`, and huge pages. */
  scalars: ReadonlyMap<string, number>;
}

type Quantities = Readonly<Record<string, string | number>> | undefined;

/** What a container that asks for nothing is taken to need, for scoring only: otherwise such Pods would pile up. */
const DEFAULT_MILLI_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024;

/** Hardly anything asks for more than cpu and memory. */
const NO_SCALARS: ReadonlyMap<string, number> = new Map();

export function noResources(): Resources {
  return { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: NO_SCALARS };
}

function setScalar(resources: Resources, name: string, value: number): void {
  if (resources.scalars === NO_SCALARS) resources.scalars = new Map();
  (resources.scalars as Map<string, number>).set(name, value);
}

/** A resource list (requests, allocatable) as numbers. `pods` is left out. */
export function resourcesOf(quantities: Quantities): Resources {
  const resources = noResources();
  for (const [name, quantity] of Object.entries(quantities ?? {})) {
    if (name === 'cpu') resources.milliCpu = milliValue(quantity);
    else if (name === 'memory') resources.memory = numericValue(quantity);
    else if (name === 'ephemeral-storage') resources.ephemeralStorage = numericValue(quantity);
    else if (name !== 'pods') setScalar(resources, name, numericValue(quantity));
  }
  return resources;
}

/** Adds `amount` to `total`, or takes it away with `sign` -1. */
export function addResources(total: Resources, amount: Resources, sign: 1 | -1 = 1): void {
  total.milliCpu += sign * amount.milliCpu;
  total.memory += sign * amount.memory;
  total.ephemeralStorage += sign * amount.ephemeralStorage;
  for (const [name, value] of amount.scalars) setScalar(total, name, (total.scalars.get(name) ?? 0) + sign * value);
}

function raiseTo(total: Resources, amount: Resources): void {
  total.milliCpu = Math.max(total.milliCpu, amount.milliCpu);
  total.memory = Math.max(total.memory, amount.memory);
  total.ephemeralStorage = Math.max(total.ephemeralStorage, amount.ephemeralStorage);
  for (const [name, value] of amount.scalars) {
    setScalar(total, name, Math.max(total.scalars.get(name) ?? 0, value));
  }
}

function containerRequests(container: Container, nonZero: boolean): Resources {
  const requests = container.resources?.requests;
  const resources = resourcesOf(requests);
  if (nonZero) {
    if (requests?.['cpu'] === undefined) resources.milliCpu = DEFAULT_MILLI_CPU;
    if (requests?.['memory'] === undefined) resources.memory = DEFAULT_MEMORY;
  }
  return resources;
}

function addInitContainers(total: Resources, containers: readonly Container[], nonZero: boolean): void {
  const sidecars = noResources();
  const peak = noResources();
  for (const container of containers) {
    const requests = containerRequests(container, nonZero);
    if (container.restartPolicy === 'Always') {
      addResources(sidecars, requests);
      raiseTo(peak, sidecars);
    } else {
      const beside = noResources();
      addResources(beside, sidecars);
      addResources(beside, requests);
      raiseTo(peak, beside);
    }
  }
  addResources(total, sidecars);
  raiseTo(total, peak);
}

/**
 * What a Pod asks of a node: the sum over its containers and sidecars, but no less than any init container needs beside
 * the sidecars started before it; requests of the whole Pod win over that; the runtime's overhead comes on top.
 * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers, after
 * k8s.io/component-helpers/resource/helpers.go.
 *
 * @param nonZero counts 100m and 200Mi for a container that does not ask for cpu or memory.
 */
export function podRequests(pod: Pod, nonZero = false): Resources {
  const { spec } = pod;
  const total = noResources();
  for (const container of spec.containers) addResources(total, containerRequests(container, nonZero));
  if (spec.initContainers !== undefined) addInitContainers(total, spec.initContainers, nonZero);
  const whole = spec.resources?.requests;
  if (whole !== undefined) {
    const amounts = resourcesOf(whole);
    if (whole['cpu'] !== undefined) total.milliCpu = amounts.milliCpu;
    if (whole['memory'] !== undefined) total.memory = amounts.memory;
    for (const [name, value] of amounts.scalars) setScalar(total, name, value);
  }
  if (spec.overhead !== undefined) addResources(total, resourcesOf(spec.overhead));
  return total;
}
