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
  /** Those filed under a name, a node or a namespace, by that: a change puts together no key to find them. */
  readonly #filed: Readonly<Record<Sort, Map<string, Set<Watcher>>>> = {
    name: new Map(),
    node: new Map(),
    namespace: new Map(),
  };

  add(watcher: Watcher): void {
    const { sort, value } = placeOf(watcher.filter);
    const key = `${sort}/${value}`;
    let filed = this.#watchers.get(key);
    if (filed === undefined) {
      filed = new Set();
      this.#watchers.set(key, filed);
      if (sort !== '') this.#filed[sort].set(value, filed);
    }
    filed.add(watcher);
  }

  delete(watcher: Watcher): void {
    const { sort, value } = placeOf(watcher.filter);
    const key = `${sort}/${value}`;
    const filed = this.#watchers.get(key);
    filed?.delete(watcher);
    if (filed?.size !== 0) return;
    this.#watchers.delete(key);
    if (sort !== '') this.#filed[sort].delete(value);
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
    const filed = this.#filed;
    tell(this.#watchers.get(EVERYTHING), event);
    if (namespace !== undefined) tell(filed.namespace.get(namespace), event);
    tell(filed.name.get(name), event);
    if (filed.node.size === 0) return;
    const node = nodeNameOf(event.object);
    if (node !== undefined) tell(filed.node.get(node), event);
    const former = event.previous === undefined ? undefined : nodeNameOf(event.previous);
    if (former !== undefined && former !== node) tell(filed.node.get(former), event);
  }
}

function tell(watchers: ReadonlySet<Watcher> | undefined, event: ObjectEvent): void {
  if (watchers === undefined) return;
  for (const watcher of watchers) watcher.offer(event);
}

type Sort = 'name' | 'node' | 'namespace';

/** Under what a watcher is filed: `sort` is empty for one that everything may concern. */
interface Place {
  readonly sort: Sort | '';
  readonly value: string;
}

const EVERYTHING = '/';

function placeOf({ fields, namespace }: ObjectFilter): Place {
  const name = fields.requiredValue('metadata.name');
  if (name !== undefined) return { sort: 'name', value: name };
  const node = fields.requiredValue('spec.nodeName');
  // An unscheduled Pod has no node to be filed under.
  if (node !== undefined && node !== '') return { sort: 'node', value: node };
  return namespace === '' ? { sort: '', value: '' } : { sort: 'namespace', value: namespace };
}

function nodeNameOf(object: KubeObject): string | undefined {
  return (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName;
}
