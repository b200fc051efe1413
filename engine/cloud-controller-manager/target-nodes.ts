import { isReady } from '../api/core/ready.ts';
import type { EndpointSlice, Node, Service } from '../api/kinds.ts';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers */
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';
const TO_BE_DELETED = 'ToBeDeletedByClusterAutoscaler';

/**
 * The nodes that can take a balancer's traffic, in the order of their names: those that are Ready and not excluded; with
 * `externalTrafficPolicy: Local` only those that have a ready endpoint, which their health check ports would tell.
 */
export function targetNodes(
  service: Service,
  nodes: readonly Node[],
  slices: readonly EndpointSlice[],
): readonly string[] {
  const local = service.spec.externalTrafficPolicy === 'Local';
  const serving = new Set(
    slices.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ nodeName, conditions }) => (conditions?.ready === false ? [] : (nodeName ?? []))),
    ),
  );
  return nodes
    .filter((node) => isFit(node) && (!local || serving.has(node.metadata.name)))
    .map(({ metadata }) => metadata.name)
    .sort();
}

function isFit(node: Node): boolean {
  const { metadata, spec } = node;
  if (metadata.labels?.[EXCLUDED] !== undefined || metadata.deletionTimestamp !== undefined) return false;
  if (spec.taints?.some(({ key }) => key === TO_BE_DELETED)) return false;
  return isReady(node);
}
