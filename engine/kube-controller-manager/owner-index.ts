import { controllerOf, type KubeObject } from '../api/object.ts';
import type { Informer } from '../client/informer.ts';

const INDEX = 'controller';

/** Files objects by the uid of their controller, and those without one by namespace. */
export function indexByController<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(INDEX, (object) => [controllerOf(object)?.uid ?? orphanValue(object.metadata.namespace)]);
}

/** What `controller` controls. */
export function controlledBy<T extends KubeObject>(informer: Informer<T>, controller: KubeObject): T[] {
  return informer.lister.byIndex(INDEX, controller.metadata.uid);
}

/** What nobody controls, in the namespace of `near`. */
export function orphansBeside<T extends KubeObject>(informer: Informer<T>, near: KubeObject): T[] {
  return informer.lister.byIndex(INDEX, orphanValue(near.metadata.namespace));
}

function orphanValue(namespace: string | undefined): string {
  return `orphans in ${namespace ?? ''}`;
}
