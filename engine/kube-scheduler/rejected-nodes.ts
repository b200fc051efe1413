import type { NodeInfo } from './node-info.ts';
import type { Rejection } from './rejection.ts';

/** Three lists in step: a node, why not, and which plugin or extender says so. */
export interface RejectedNodes {
  readonly nodes: NodeInfo[];
  readonly rejections: Rejection[];
  readonly rejectors: string[];
}

export function noneRejected(): RejectedNodes {
  return { nodes: [], rejections: [], rejectors: [] };
}
