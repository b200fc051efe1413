import type { KindDescriptor } from '../api/descriptor.ts';
import type { KubeObject } from '../api/object.ts';
import type { RequestInfo } from '../api/request.ts';
import type { Lookup } from './admission/admission.ts';
import { apiVersionOf } from './decode/object-decoder.ts';
import { fromStorage } from './registry/served-form.ts';
import { storagePrefix } from './registry/storage-key.ts';
import type { Store } from './registry/store.ts';
import type { WatchCache } from './watch/watch-cache.ts';

/** One kind as it is served. */
export interface ServedResource {
  readonly kind: KindDescriptor;
  readonly store: Store;
  readonly watchCache: WatchCache;
}

/**
 * The kinds that a server serves right now. Built-in kinds are there from the start; CustomResourceDefinitions add and
 * take away others while the server runs. Routes, discovery, OpenAPI and tables all derive from this.
 */
export class ServedKinds {
  /** By `group/version/plural`; the map itself lives as long as the server. */
  readonly resources: ReadonlyMap<string, ServedResource>;
  readonly lookup: Lookup;
  readonly #resources = new Map<string, ServedResource>();
  readonly #unstored: readonly KindDescriptor[];
  readonly #serve: (kind: KindDescriptor) => ServedResource;
  /** Those of each plural, which are mostly one: built-in kinds come before custom ones of the same name. */
  readonly #byPlural = new Map<string, readonly ServedResource[]>();
  #kinds: readonly KindDescriptor[] | undefined;

  /** @param serve makes the store and the watches of a kind. */
  constructor(unstored: readonly KindDescriptor[], serve: (kind: KindDescriptor) => ServedResource) {
    this.#unstored = unstored;
    this.#serve = serve;
    this.resources = this.#resources;
    const find = (plural: string, namespace: string, name: string): KubeObject | undefined =>
      this.#storeOf(plural)?.find(namespace, name);
    this.lookup = Object.assign(find, {
      all: (plural: string, namespace?: string) => this.#storeOf(plural)?.all(namespace) ?? [],
    });
  }

  /** What a request is about; undefined where that is not served. */
  find({ group, version, resource }: RequestInfo): ServedResource | undefined {
    for (const served of this.#byPlural.get(resource) ?? []) {
      if (served.kind.version === version && served.kind.group === group) return served;
    }
    return undefined;
  }

  #storeOf(plural: string): Store | undefined {
    return this.#byPlural.get(plural)?.[0]?.store;
  }

  /** Every kind, in the order discovery lists them. Another array after every change, and only then. */
  get kinds(): readonly KindDescriptor[] {
    this.#kinds ??= [...this.#unstored, ...Array.from(this.#resources.values(), ({ kind }) => kind)];
    return this.#kinds;
  }

  add(kind: KindDescriptor): ServedResource {
    const resource = this.#serve(kind);
    this.#resources.set(resourceKey(kind), resource);
    this.#byPlural.set(kind.plural, [...(this.#byPlural.get(kind.plural) ?? []), resource]);
    this.#kinds = undefined;
    return resource;
  }

  /** Stops serving a kind: its watches end, its objects stay where they are. */
  remove(kind: Pick<KindDescriptor, 'group' | 'version' | 'plural'>): void {
    const key = resourceKey(kind);
    const resource = this.#resources.get(key);
    if (resource === undefined) return;
    this.#resources.delete(key);
    this.#byPlural.set(
      kind.plural,
      this.#byPlural.get(kind.plural)!.filter((each) => each !== resource),
    );
    this.#kinds = undefined;
    resource.watchCache.close();
  }

  /** Every version in which the objects of a kind are served. */
  sharing(kind: KindDescriptor): readonly KindDescriptor[] {
    const prefix = storagePrefix(kind);
    return this.kinds.filter((each) => each === kind || storagePrefix(each) === prefix);
  }

  /** Every object of a kind; undefined for a kind that is not served. */
  objectsOf(apiVersion: string, kind: string): readonly KubeObject[] | undefined {
    for (const { kind: served, store } of this.#resources.values()) {
      if (served.kind === kind && apiVersionOf(served) === apiVersion) {
        return store.all().map((object) => fromStorage(served, object));
      }
    }
    return undefined;
  }

  /** Stores an object of a kind past all checks. */
  write(plural: string, object: KubeObject): void {
    const store = this.#storeOf(plural);
    if (store === undefined) throw new Error(`no kind "${plural}" is served`);
    store.write(store.key(object.metadata.namespace ?? '', object.metadata.name), object);
  }

  close(): void {
    for (const { watchCache } of this.#resources.values()) watchCache.close();
  }
}

function resourceKey({ group, version, plural }: Pick<KindDescriptor, 'group' | 'version' | 'plural'>): string {
  return `${group}/${version}/${plural}`;
}
