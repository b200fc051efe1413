import type { KubeObject } from '../api/object.ts';
import type { ServedResource } from './context.ts';

/** The Namespaces of a fresh cluster: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces */
const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Creates what is missing of what every cluster has. */
export function createSystemNamespaces({ store, kind }: ServedResource): void {
  for (const name of SYSTEM_NAMESPACES) {
    if (store.find('', name) !== undefined) continue;
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as unknown as KubeObject;
    store.create('', kind.applyDefaults?.(object) ?? object, { dryRun: false, admit: (each) => each });
  }
}
