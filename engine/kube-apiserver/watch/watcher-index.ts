import type { KubeObject } from '../../api/object.ts';
import type { ObjectEvent } from './object-event.ts';
import type { ObjectFilter } from './object-filter.ts';
import type { Watcher } from './watcher.ts';

/**
 * The watchers of a kind, filed by what each surely requires: a name, a node, a namespace, or nothing. A change asks only
 * those whom it can concern, so 5,000 kubelets that watch the Pods of their own nodes cost a write no more than one does.
 * After the indexed triggers of k8s.io/apiserver pkg/storage/cacher/cacher.go.
 */
export class WatcherIndex {
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** How many are filed under a name, a node or a namespace: mostly none, and then there is nothing to look up. */
  readonly #filed = { name: 0, node: 0, namespace: 0 };

  add(watcher: Watcher): void {
    const key = indexKey(watcher.filter);
    const filed = this.#watchers.get(key);
    if (filed === undefined) this.#watchers.set(key, new Set([watcher]));
    else filed.add(watcher);
    if (key !== EVERYTHING) this.#filed[sortOf(key)] += 1;
  }

  delete(watcher: Watcher): void {
    const key = indexKey(watcher.filter);
    const filed = this.#watchers.get(key);
    if (filed?.delete(watcher) === true && key !== EVERYTHING) this.#filed[sortOf(key)] -= 1;
    if (filed?.size === 0) this.#watchers.delete(key);
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  *all(): Generator<Watcher, void, void> {
    for (const filed of this.#watchers.values()) yield* filed;
  }

  /** Tells every watcher whom the change may concern, each once. */
  dispatch(event: ObjectEvent): void {
    if (this.#watchers.size === 0) return;
    const { name, namespace } = event.object.metadata;
    this.#tell(EVERYTHING, event);
    const filed = this.#filed;
    if (namespace !== undefined && filed.namespace > 0) this.#tell(namespaceKey(namespace), event);
    if (filed.name > 0) this.#tell(nameKey(name), event);
    if (filed.node === 0) return;
    const node = nodeNameOf(event.object);
    if (node !== undefined) this.#tell(nodeKey(node), event);
    const former = event.previous === undefined ? undefined : nodeNameOf(event.previous);
    if (former !== undefined && former !== node) this.#tell(nodeKey(former), event);
  }

  #tell(key: string, event: ObjectEvent): void {
    const filed = this.#watchers.get(key);
    if (filed === undefined) return;
    for (const watcher of filed) watcher.offer(event);
  }
}

const EVERYTHING = '';
const nameKey = (name: string) => `name/${name}`;
const nodeKey = (node: string) => `node/${node}`;
const namespaceKey = (namespace: string) => `namespace/${namespace}`;
const sortOf = (key: string) => key.slice(0, key.indexOf('/')) as 'name' | 'node' | 'namespace';

function indexKey({ fields, namespace }: ObjectFilter): string {
  const name = fields.requiredValue('metadata.name');
  if (name !== undefined) return nameKey(name);
  const node = fields.requiredValue('spec.nodeName');
  // An unscheduled Pod has no node to be filed under.
  if (node !== undefined && node !== '') return nodeKey(node);
  return namespace === '' ? EVERYTHING : namespaceKey(namespace);
}

function nodeNameOf(object: KubeObject): string | undefined {
  return (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName;
}
