import type { Node } from '../../api/kinds.ts';
import { numericValue } from '../../api/quantity.ts';
import { MAX_SCORE, type Plugin, type Rejection } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { type Resources, resourcesOf } from '../pod-resources.ts';

/**
 * Requests, not use, decide what fits: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 * Scores by LeastAllocated: the emptier the node would still be, the better.
 * After `plugins/noderesources/fit.go` and `least_allocated.go`.
 */
export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',

  filter(info, node) {
    const { requests } = info;
    const { allocatable, requested } = node;
    // The usual case first, without allocating anything: it runs for every node.
    if (
      node.pods.size < node.allowedPods &&
      requests.milliCpu <= allocatable.milliCpu - requested.milliCpu &&
      requests.memory <= allocatable.memory - requested.memory &&
      requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage &&
      requests.scalars.size === 0
    ) {
      return undefined;
    }
    return lacking(info, node);
  },

  score({ nonZeroRequests }, { allocatable, nonZeroRequested }) {
    const cpu = leastAllocated(nonZeroRequested.milliCpu + nonZeroRequests.milliCpu, allocatable.milliCpu);
    const memory = leastAllocated(nonZeroRequested.memory + nonZeroRequests.memory, allocatable.memory);
    const counted = (allocatable.milliCpu > 0 ? 1 : 0) + (allocatable.memory > 0 ? 1 : 0);
    return counted === 0 ? 0 : Math.floor((cpu + memory) / counted);
  },

  mayHelp(event, info) {
    switch (event.kind) {
      case 'AssignedPodDelete':
        return true;
      case 'NodeAdd':
        return couldHold(event.node, info);
      case 'NodeUpdate':
        return couldHold(event.node, info) && hasGrown(event.previous, event.node);
      case 'PodUpdate':
        return event.previous.spec.containers !== info.pod.spec.containers;
    }
  },
};

function lacking({ requests }: PodInfo, node: NodeInfo): Rejection | undefined {
  const { allocatable, requested } = node;
  const reasons: string[] = [];
  let resolvable = true;
  const check = (name: string, wanted: number, taken: number, capacity: number): void => {
    if (wanted === 0 || wanted <= capacity - taken) return;
    reasons.push(`Insufficient ${name}`);
    // More than the whole node has: no preemption could help.
    if (wanted > capacity) resolvable = false;
  };
  if (node.pods.size + 1 > node.allowedPods) reasons.push('Too many pods');
  check('cpu', requests.milliCpu, requested.milliCpu, allocatable.milliCpu);
  check('memory', requests.memory, requested.memory, allocatable.memory);
  check('ephemeral-storage', requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  for (const [name, wanted] of requests.scalars) {
    check(name, wanted, requested.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0);
  }
  return reasons.length === 0 ? undefined : { reasons, resolvable };
}

function leastAllocated(requested: number, capacity: number): number {
  if (capacity === 0 || requested > capacity) return 0;
  return Math.floor(((capacity - requested) * MAX_SCORE) / capacity);
}

/** Whether the node could hold the Pod if it were empty. */
function couldHold(node: Node, { requests }: PodInfo): boolean {
  const allocatable = resourcesOf(node.status?.allocatable);
  if (numericValue(node.status?.allocatable?.['pods'] ?? 0) < 1) return false;
  if (requests.milliCpu > allocatable.milliCpu || requests.memory > allocatable.memory) return false;
  if (requests.ephemeralStorage > allocatable.ephemeralStorage) return false;
  for (const [name, wanted] of requests.scalars) if (wanted > (allocatable.scalars.get(name) ?? 0)) return false;
  return true;
}

function hasGrown(previous: Node, node: Node): boolean {
  if (previous.status?.allocatable === node.status?.allocatable) return false;
  const before: Resources = resourcesOf(previous.status?.allocatable);
  const after = resourcesOf(node.status?.allocatable);
  if (after.milliCpu > before.milliCpu || after.memory > before.memory) return true;
  if (after.ephemeralStorage > before.ephemeralStorage) return true;
  if (
    numericValue(node.status?.allocatable?.['pods'] ?? 0) > numericValue(previous.status?.allocatable?.['pods'] ?? 0)
  ) {
    return true;
  }
  for (const [name, value] of after.scalars) if (value > (before.scalars.get(name) ?? 0)) return true;
  return false;
}
