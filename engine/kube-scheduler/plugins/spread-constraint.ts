import type { Pod } from '../../api/kinds.ts';
import { LabelSelector, type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import { nodeMatchesPod } from '../../client/node-selector.ts';
import type { SchedulerCache } from '../cache.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { TopologyDomains } from '../topology.ts';
import { admitsByTaints } from './taint-toleration.ts';

export type WireConstraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number];

/** https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/, read once. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly domains: TopologyDomains;
  /** The Pods that count. */
  readonly selector: LabelSelector;
  readonly minDomains: number;
  /** Whether Pods on nodes that this Pod could not go to anyway are left out of the count. */
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

export function spreadConstraintOf(wire: WireConstraint, pod: Pod, cache: SchedulerCache): SpreadConstraint {
  const { maxSkew, topologyKey, labelSelector, matchLabelKeys = [], minDomains = 1 } = wire;
  const selector = labelSelectorOf(labelSelector as LabelSelectorFields | undefined);
  // The API server puts these keys into the selector; for Pods that it has not done that for, it is done here.
  const labels = pod.metadata.labels ?? {};
  const requirements = matchLabelKeys
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => ({ key, operator: 'in' as const, values: [labels[key]!] }));
  return {
    maxSkew,
    topologyKey,
    domains: cache.topology.domains(topologyKey),
    selector: requirements.length === 0 ? selector : new LabelSelector([...selector.requirements, ...requirements]),
    minDomains,
    honorsAffinity: wire.nodeAffinityPolicy !== 'Ignore',
    honorsTaints: wire.nodeTaintsPolicy === 'Honor',
  };
}

/** Whether the Pods on the node count for the constraint. */
export function counts(constraint: SpreadConstraint, { pod }: PodInfo, { node }: NodeInfo): boolean {
  if (constraint.honorsAffinity && !nodeMatchesPod(node!, pod)) return false;
  return !constraint.honorsTaints || admitsByTaints(node!, pod);
}

export function hasAllKeys(constraints: readonly SpreadConstraint[], node: NodeInfo): boolean {
  for (const { domains } of constraints) if (domains.of(node) < 0) return false;
  return true;
}

/** Calls `visit` for every node with Pods that the constraint counts, of the Pod's namespace and not terminating. */
export function forEachCounted(
  cache: SchedulerCache,
  { selector }: SpreadConstraint,
  info: PodInfo,
  visit: (node: NodeInfo, count: number) => void,
): void {
  for (const { sample, nodes, counts: counted } of cache.cohorts.inNamespace(info.pod.metadata.namespace ?? '')) {
    const { labels, deletionTimestamp } = sample.pod.metadata;
    if (deletionTimestamp !== undefined || !selector.matches(labels)) continue;
    for (let i = 0; i < nodes.length; i++) visit(nodes[i]!, counted[i]!);
  }
}

/**
 * Which Pods belong together when a Pod says nothing about its spreading: those that its Services and its owner select.
 * Undefined when nobody selects it. After `plugins/helper/spread.go`.
 */
export function defaultSelector({ metadata }: Pod, objects: ClusterObjects): LabelSelector | undefined {
  const { namespace = '', labels = {} } = metadata;
  const requirements = objects.services.list(namespace).flatMap(({ spec }) => {
    const entries = Object.entries(spec.selector ?? {});
    const selects = entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
    return selects ? entries.map(([key, value]) => ({ key, operator: 'in' as const, values: [value] })) : [];
  });
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const selector = owner === undefined ? undefined : selectorOfOwner(owner, namespace, objects);
  const owned = selector === undefined ? [] : labelSelectorOf(selector).requirements;
  const all = [...requirements, ...owned];
  return all.length === 0 ? undefined : new LabelSelector(all);
}

function selectorOfOwner(
  { kind, name }: { readonly kind: string; readonly name: string },
  namespace: string,
  objects: ClusterObjects,
): LabelSelectorFields | undefined {
  switch (kind) {
    case 'ReplicaSet':
      return objects.replicaSets.get(name, namespace)?.spec.selector as LabelSelectorFields | undefined;
    case 'StatefulSet':
      return objects.statefulSets.get(name, namespace)?.spec.selector as LabelSelectorFields | undefined;
    case 'ReplicationController':
      return { matchLabels: objects.replicationControllers.get(name, namespace)?.spec?.selector };
    default:
      return undefined;
  }
}
