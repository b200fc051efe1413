import type { Plugin } from './framework.ts';
import type { PodInfo } from './pod-info.ts';

/**
 * What the filters ask of a Pod, as text: Pods with the same one get the same answers from the same node. Undefined when
 * a filter looks at more than a Pod and a node. (The real scheduler signs Pods for the same reason, to place many alike
 * in one go: KEP-5598, `framework/signature.go`.)
 */
export function podSignature(info: PodInfo, filters: readonly Plugin[]): string | undefined {
  // Which nominated Pods go before it is decided by priority.
  const parts: unknown[] = [info.priority];
  for (const { name, sign } of filters) {
    if (sign === undefined) return undefined;
    parts.push([name, sign(info)]);
  }
  return JSON.stringify(parts);
}
