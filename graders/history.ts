import { type Cluster, type KubeObject, resourceOfKind, type WatchEvent } from '@drydock/engine';
import { type Assertion, refute } from './assertion.ts';
import type { Exercise, ObjectQuery } from './exercise.ts';
import { findObjects } from './observe.ts';

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
  readonly #versions = new Map<string, Version[]>();
  readonly #stops: (() => void)[] = [];

  /** @param fromRevision versions after this one count */
  constructor(cluster: Cluster, exercise: Exercise, fromRevision: string) {
    this.#cluster = cluster;
    const kinds = exercise.checks.flatMap(({ never, observe }) =>
      never === true && 'object' in observe ? [observe.object.kind] : [],
    );
    for (const kind of new Set(kinds)) this.#follow(kind, fromRevision);
  }

  /**
   * The first version of the query's objects of which all assertions hold. Where such objects are there, only what they went
   * through counts: whoever deletes what was wrong and makes it anew has not done wrong.
   */
  firstMatch(query: ObjectQuery, assertions: readonly Assertion[]): Version | undefined {
    const namespace = query.namespace ?? 'default';
    const present = new Set(findObjects(this.#cluster, query).map(({ metadata }) => metadata.uid));
    return this.#versions
      .get(query.kind)
      ?.filter(({ object }) => object.metadata.namespace === undefined || object.metadata.namespace === namespace)
      .filter(({ object }) => query.name === undefined || object.metadata.name === query.name)
      .filter(({ object }) => present.size === 0 || present.has(object.metadata.uid))
      .find(({ object }) => refute(object, assertions) === undefined);
  }

  /** Stops listening. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #follow(kind: string, fromRevision: string): void {
    const resource = resourceOfKind(kind);
    if (resource === undefined) throw new Error(`no kind "${kind}" is served`);
    const versions: Version[] = [];
    this.#versions.set(kind, versions);
    const { sim, client } = this.#cluster;
    const event = ({ type, object }: WatchEvent): void => {
      if (type === 'ADDED' || type === 'MODIFIED') versions.push({ timeMs: sim.nowMs, object });
    };
    this.#stops.push(client.resource(resource).watch({ resourceVersion: fromRevision }, { event, end: () => {} }));
  }
}
