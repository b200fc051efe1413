import type { NodeInfo } from './node-info.ts';

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

/**
 * The nodes in the order in which they are looked at: one of each zone in turn, so that a search that ends early has seen
 * all zones. After `backend/cache/node_tree.go`.
 */
export function inZonalTurns(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = zoneOf(node);
    const members = zones.get(zone);
    if (members === undefined) zones.set(zone, [node]);
    else members.push(node);
  }
  const lists = [...zones.values()];
  if (lists.length === 1) return lists[0]!;
  const ordered: NodeInfo[] = [];
  for (let turn = 0, more = true; more; turn++) {
    more = false;
    for (const members of lists) {
      if (turn >= members.length) continue;
      ordered.push(members[turn]!);
      more = true;
    }
  }
  return ordered;
}

export function zoneOf({ node }: NodeInfo): string {
  const labels = node?.metadata.labels;
  return `${labels?.[REGION] ?? ''}:${labels?.[ZONE] ?? ''}`;
}
