import {
  type Cluster,
  type KubeObject,
  type Resource,
  resourceOfKind,
  type Status,
  type WatchEvent,
} from '@drydock/engine';
import { type Assertion, refute } from './assertion.ts';
import type { Exercise, ObjectQuery } from './exercise.ts';
import { findObjects, unanswered } from './observe.ts';

/** Every change that a store knows of comes after it. */
const FIRST_REVISION = '1';

/** One version that an object had. */
interface Version {
  readonly timeMs: number;
  readonly object: KubeObject;
}

/**
 * Every version of the objects that an exercise's `never` checks speak of, from a revision on: what the cluster looked
 * like at each moment, not only now.
 */
export class History {
  readonly #cluster: Cluster;
  readonly #kinds = new Map<string, KindHistory>();

  /** @param fromRevision versions after this one count */
  constructor(cluster: Cluster, exercise: Exercise, fromRevision: number) {
    this.#cluster = cluster;
    const kinds = exercise.checks.flatMap(({ never, observe }) =>
      never === true && 'object' in observe ? [observe.object.kind] : [],
    );
    for (const kind of new Set(kinds)) {
      const resource = resourceOfKind(kind);
      if (resource === undefined) throw new Error(`no kind "${kind}" is served`);
      this.#kinds.set(kind, new KindHistory(cluster, resource, String(fromRevision)));
    }
  }

  /**
   * The first version of the query's objects of which all assertions hold. Where such objects are there, only what they went
   * through counts: whoever deletes what was wrong and makes it anew has not done wrong.
   *
   * @throws ConnectionError, StatusError when the API server cannot be asked
   */
  firstMatch(query: ObjectQuery, assertions: readonly Assertion[]): Version | undefined {
    const namespace = query.namespace ?? 'default';
    const present = new Set(findObjects(this.#cluster, query).map(({ metadata }) => metadata.uid));
    return this.#kinds
      .get(query.kind)
      ?.versions()
      .filter(({ object }) => object.metadata.namespace === undefined || object.metadata.namespace === namespace)
      .filter(({ object }) => query.name === undefined || object.metadata.name === query.name)
      .filter(({ object }) => present.size === 0 || present.has(object.metadata.uid))
      .find(({ object }) => refute(object, assertions) === undefined);
  }

  /** Stops listening. */
  close(): void {
    for (const kind of this.#kinds.values()) kind.close();
  }
}

/**
 * What one kind's objects looked like. A watch ends when its server does: it is gone on with once somebody asks. Where etcd
 * has another store than before, made of a backup, what was before that is not known any more, and what is there is.
 */
class KindHistory {
  readonly #cluster: Cluster;
  readonly #resource: Resource;
  readonly #versions: Version[] = [];
  #revision: string;
  #stop = (): void => {};
  #follows = false;

  constructor(cluster: Cluster, resource: Resource, fromRevision: string) {
    this.#cluster = cluster;
    this.#resource = resource;
    this.#revision = fromRevision;
    try {
      this.#catchUp();
    } catch (error) {
      if (unanswered(error) === undefined) throw error;
    }
  }

  /** @throws ConnectionError, StatusError */
  versions(): readonly Version[] {
    this.#catchUp();
    return this.#versions;
  }

  close(): void {
    this.#stop();
  }

  #catchUp(): void {
    if (this.#follows) return;
    const { metadata, items } = this.#client.list();
    if (Number(metadata.resourceVersion) < Number(this.#revision)) this.#revision = FIRST_REVISION;
    this.#watch();
    if (this.#follows) return;
    for (const object of items) this.#take(object);
    this.#watch();
  }

  /** Goes on from the last revision; where that is gone, the next time from the oldest that the store knows. */
  #watch(): void {
    const event = ({ type, object }: WatchEvent): void => {
      if (type === 'ERROR') this.#revision = oldestKnown(object as unknown as Status) ?? this.#revision;
      else this.#revision = object.metadata.resourceVersion;
      if (type === 'ADDED' || type === 'MODIFIED') this.#take(object);
    };
    const end = (): void => {
      this.#follows = false;
    };
    this.#follows = true;
    this.#stop = this.#client.watch({ resourceVersion: this.#revision }, { outside: true, event, end });
  }

  #take(object: KubeObject): void {
    this.#versions.push({ timeMs: this.#cluster.sim.nowMs, object });
  }

  get #client() {
    return this.#cluster.client.resource(this.#resource);
  }
}

/** What a 410 Gone names: `too old resource version: 406 (1000406)`. */
function oldestKnown({ message = '' }: Status): string | undefined {
  return /^too old resource version: \d+ \((\d+)\)$/.exec(message)?.[1];
}
