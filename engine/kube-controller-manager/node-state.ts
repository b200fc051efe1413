import type { Node } from '../api/kinds.ts';

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Whether somebody has declared the node dead: what it says of its Pods and volumes is to be believed no more. */
export function isOutOfService(node: Node): boolean {
  return node.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) ?? false;
}
