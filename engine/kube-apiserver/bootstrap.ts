import type { KubeObject } from '../api/object.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../api/scheduling/priority-class.ts';
import type { ServerContext } from './context.ts';
import { apiVersionOf } from './decode/object-decoder.ts';
import type { ServedResource } from './served-kinds.ts';

/** The Namespaces of a fresh cluster: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces */
const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Creates what is missing of what every cluster has. */
export function createSystemObjects({ resources, sim }: ServerContext): void {
  const make = (path: string, key: string, objects: readonly object[]) => {
    const resource = resources.get(path);
    if (resource === undefined) return;
    sim.trace.during({ component: 'kube-apiserver', key }, () => createMissing(resource, objects));
  };
  const namespaces = SYSTEM_NAMESPACES.map((name) => ({ metadata: { name } }));
  make('/v1/namespaces', 'system-namespaces', namespaces);
  const classes = SYSTEM_PRIORITY_CLASSES.map(({ name, ...rest }) => ({ metadata: { name }, ...rest }));
  make('scheduling.k8s.io/v1/priorityclasses', 'system-priority-classes', classes);
}

function createMissing({ store, kind }: ServedResource, objects: readonly object[]): void {
  for (const each of objects) {
    const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...each } as KubeObject;
    if (store.find('', object.metadata.name) !== undefined) continue;
    store.create('', kind.applyDefaults?.(object) ?? object, { dryRun: false, admit: (same) => same });
  }
}
