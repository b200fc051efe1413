import type { NodeInfo } from './node-info.ts';
import type { Rejection } from './rejection.ts';

/** What was found out about the nodes when none would do. The three lists run in step: a node, why not, and who says so. */
export interface Diagnosis {
  readonly nodeCount: number;
  readonly nodes: readonly NodeInfo[];
  readonly rejections: readonly Rejection[];
  readonly rejectors: readonly string[];
  /** The plugins that limited the search to nodes they named; empty when all nodes were looked at. */
  readonly naming: readonly string[];
  /** What a plugin said before any node was looked at. */
  readonly preFilter?: { readonly rejection: Rejection; readonly plugin: string };
  /** The plugins to blame: events they wait for bring the Pod back. */
  readonly plugins: ReadonlySet<string>;
}

/** The reason of a node that was never looked at. */
export function notNamedReason(naming: readonly string[]): string {
  return `node(s) didn't satisfy plugin(s) [${naming.join(' ')}]`;
}
