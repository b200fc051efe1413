import type { Node } from '../../api/kinds.ts';
import { numericValue } from '../../api/quantity.ts';
import type { ClusterEvent } from '../cluster-event.ts';
import type { PluginFactory } from '../handle.ts';
import { CPU, FIGURE, MEMORY, type NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { podRequests, type Resources, resourcesOf } from '../pod-resources.ts';
import type { Rejection } from '../rejection.ts';
import { type ScoringStrategy, scorerOf } from './scoring-strategy.ts';

export interface NodeResourcesFitArgs {
  /** Extended resources that someone else looks after. */
  readonly ignoredResources?: readonly string[];
  /** The same by the part before the slash. */
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy: ScoringStrategy;
}

/**
 * Requests, not use, decide what fits: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 * After `plugins/noderesources/fit.go`.
 */
export const nodeResourcesFit: PluginFactory = (_handle, args) => {
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy } = args as NodeResourcesFitArgs;
  const resources = new Set(ignoredResources);
  const groups = new Set(ignoredResourceGroups);
  const isIgnored = (name: string): boolean =>
    resources.has(name) || (name.includes('/') && groups.has(name.slice(0, name.indexOf('/'))));
  const score = scorerOf(scoringStrategy);
  return {
    name: 'NodeResourcesFit',

    filter(_state, info, node) {
      const { requests } = info;
      // The usual case first, without allocating anything: it runs for every node.
      if (
        node.figure(FIGURE.podsLeft) > 0 &&
        requests.milliCpu <= node.figure(FIGURE.allocatable + CPU) - node.figure(FIGURE.requested + CPU) &&
        requests.memory <= node.figure(FIGURE.allocatable + MEMORY) - node.figure(FIGURE.requested + MEMORY) &&
        requests.ephemeralStorage <= node.figure(FIGURE.ephemeralStorageLeft) &&
        requests.scalars.size === 0
      ) {
        return undefined;
      }
      return lacking(info, node, isIgnored);
    },

    sign: ({ requests: { scalars, ...amounts } }) => [amounts, [...scalars]],

    score: (_state, info, node) => score(info, node),

    mayHelp: (event, info) => mayHelp(event, info),
  };
};

/** What may be lacking, in the order in which it is told, each with a bit of its own. */
const SHORTAGES: readonly (readonly [bit: number, reason: string])[] = [
  [1, 'Too many pods'],
  [2, 'Insufficient cpu'],
  [4, 'Insufficient memory'],
  [8, 'Insufficient ephemeral-storage'],
];
const BEYOND_THE_NODE = 16;

/** The rejection for each set of bits: in a full cluster every node gives one for every Pod. */
const SHARED: readonly Rejection[] = Array.from({ length: 2 * BEYOND_THE_NODE }, (_, bits) => ({
  reasons: SHORTAGES.filter(([bit]) => (bits & bit) !== 0).map(([, reason]) => reason),
  resolvable: (bits & BEYOND_THE_NODE) === 0,
}));

function lacking({ requests }: PodInfo, node: NodeInfo, isIgnored: (name: string) => boolean): Rejection | undefined {
  const amount = (place: number): number => node.figure(place);
  let bits = amount(FIGURE.podsLeft) > 0 ? 0 : 1;
  bits |= shortage(2, requests.milliCpu, amount(FIGURE.requested + CPU), amount(FIGURE.allocatable + CPU));
  bits |= shortage(4, requests.memory, amount(FIGURE.requested + MEMORY), amount(FIGURE.allocatable + MEMORY));
  if (requests.ephemeralStorage === 0 && requests.scalars.size === 0) return bits === 0 ? undefined : SHARED[bits];
  const { allocatable, requested } = node;
  bits |= shortage(8, requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  let scalars: string[] | undefined;
  for (const [name, wanted] of requests.scalars) {
    if (isIgnored(name)) continue;
    const lack = shortage(32, wanted, requested.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0);
    if (lack === 0) continue;
    scalars = [...(scalars ?? []), `Insufficient ${name}`];
    bits |= lack & BEYOND_THE_NODE;
  }
  const shared = SHARED[bits]!;
  if (scalars !== undefined) return { reasons: [...shared.reasons, ...scalars], resolvable: shared.resolvable };
  return bits === 0 ? undefined : shared;
}

/** The bit, with another one when it is more than the whole node has: no preemption could help. */
function shortage(bit: number, wanted: number, taken: number, capacity: number): number {
  if (wanted === 0 || wanted <= capacity - taken) return 0;
  return wanted > capacity ? bit | BEYOND_THE_NODE : bit;
}

function mayHelp(event: ClusterEvent, info: PodInfo): boolean {
  switch (event.kind) {
    case 'AssignedPodDelete':
      return true;
    case 'AssignedPodUpdate':
      return hasGrown(info, event.info.requests, event.previous.requests);
    case 'NodeAdd':
      return couldHold(event.node, info);
    case 'NodeUpdate':
      return couldHold(event.node, info) && offersMore(info, event.previous, event.node);
    case 'PodUpdate':
      return hasGrown(info, info.requests, podRequests(event.previous));
    default:
      return false;
  }
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

function offersMore(info: PodInfo, { status: before }: Node, { status: after }: Node): boolean {
  if (before?.allocatable === after?.allocatable) return false;
  if (numericValue(after?.allocatable?.['pods'] ?? 0) > numericValue(before?.allocatable?.['pods'] ?? 0)) return true;
  return hasGrown(info, resourcesOf(before?.allocatable), resourcesOf(after?.allocatable));
}

/** Whether there is more than before of anything that the Pod asks for. */
function hasGrown({ requests }: PodInfo, before: Resources, after: Resources): boolean {
  if (requests.milliCpu > 0 && after.milliCpu > before.milliCpu) return true;
  if (requests.memory > 0 && after.memory > before.memory) return true;
  if (requests.ephemeralStorage > 0 && after.ephemeralStorage > before.ephemeralStorage) return true;
  for (const [name, wanted] of requests.scalars) {
    if (wanted > 0 && (after.scalars.get(name) ?? 0) > (before.scalars.get(name) ?? 0)) return true;
  }
  return false;
}
