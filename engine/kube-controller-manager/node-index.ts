import type { Pod } from '../api/kinds.ts';
import type { Informer } from '../client/informer.ts';

const INDEX = 'spec.nodeName';

/** Files Pods by the node they run on. */
export function indexByNode(pods: Informer<Pod>): void {
  pods.addIndex(INDEX, ({ spec }) => (spec.nodeName ? [spec.nodeName] : []));
}

export function podsOnNode(pods: Informer<Pod>, nodeName: string): Pod[] {
  return pods.lister.byIndex(INDEX, nodeName);
}
