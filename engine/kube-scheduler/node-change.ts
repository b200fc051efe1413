import type { Node } from '../api/kinds.ts';

/** Whether anything changed that scheduling asks about; heartbeats and the like are nothing to it. */
export function isRelevantNodeChange(previous: Node, node: Node): boolean {
  return (
    previous.spec !== node.spec ||
    previous.metadata.labels !== node.metadata.labels ||
    previous.metadata.annotations !== node.metadata.annotations ||
    previous.status?.allocatable !== node.status?.allocatable ||
    readiness(previous) !== readiness(node)
  );
}

function readiness({ status }: Node): string {
  return (status?.conditions ?? []).map(({ type, status: state }) => `${type}=${state}`).join();
}
