import type { Node } from '../../api/kinds.ts';
import { readyStatus } from './node-health.ts';

/** How a zone fares as a whole. */
type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

/** `--unhealthy-zone-threshold` */
const UNHEALTHY_SHARE = 0.55;
/** `--large-cluster-size-threshold` */
const LARGE_ZONE = 50;
/** `--node-eviction-rate`: nodes a second whose Pods may be evicted. */
const EVICTIONS_PER_SECOND = 0.1;
/** `--secondary-node-eviction-rate` */
const SLOW_EVICTIONS_PER_SECOND = 0.01;

/** Nodes with the same region and zone fail together, as a rule. */
export function zoneOf({ metadata }: Node): string {
  const { labels = {} } = metadata;
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

export function zoneState(nodes: readonly Node[]): ZoneState {
  const notReady = nodes.filter((node) => readyStatus(node) !== 'True').length;
  if (notReady === nodes.length) return 'FullDisruption';
  return notReady > 2 && notReady / nodes.length >= UNHEALTHY_SHARE ? 'PartialDisruption' : 'Normal';
}

/**
 * How many nodes a second may be emptied in a zone. When much of it is not ready, the trouble is rather in the zone than
 * in its nodes: then Pods are moved slowly, or not at all where there are few nodes to move them to. When every zone is
 * down it is rather we who are cut off, and nobody is evicted.
 * https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction, after
 * `pkg/controller/nodelifecycle/node_lifecycle_controller.go` (handleDisruption).
 */
export function evictionRate(state: ZoneState, size: number, allDown: boolean): number {
  if (allDown) return 0;
  if (state !== 'PartialDisruption') return EVICTIONS_PER_SECOND;
  return size > LARGE_ZONE ? SLOW_EVICTIONS_PER_SECOND : 0;
}
