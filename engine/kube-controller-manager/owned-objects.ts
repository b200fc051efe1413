import { isReady } from '../api/core/ready.ts';
import type { Pod } from '../api/kinds.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../api/label-selector.ts';
import { controllerOf, type KubeObject, objectKey } from '../api/object.ts';
import { pods, type Resource } from '../api/resources.ts';
import type { ResourceClient } from '../client/client.ts';
import type { Controller } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import { claimObjects } from './claim.ts';
import type { ControllerContext } from './controller-context.ts';
import { controlledBy, indexByController, orphansBeside } from './owner-index.ts';

/** An object that controls others, which it knows by a selector. */
export interface Owner extends KubeObject {
  readonly spec: { readonly selector?: LabelSelectorFields; readonly minReadySeconds?: number };
}

/** What became of an owned object; one that has begun to go counts as deleted. */
export type Happening = 'created' | 'changed' | 'deleted';

export interface OwnedOptions<C extends Owner, T extends KubeObject> {
  /** A finalizer that goes with being owned. */
  readonly finalizer?: string;
  /** Where it is not `spec.selector` as it stands. */
  readonly selectorOf?: (owner: C) => LabelSelectorFields | undefined;
  /** Which of the objects that nobody controls may be adopted at all; all unless told. */
  readonly mayAdopt?: (owner: C, object: T) => boolean;
}

/**
 * The objects of one kind that objects of another kind control: a ReplicaSet's Pods, a Deployment's ReplicaSets. Every
 * workload controller observes through one of these.
 */
export class OwnedObjects<C extends Owner, T extends KubeObject> {
  readonly client: ResourceClient<T>;
  readonly informer: Informer<T>;
  readonly #ownerKind: string;
  readonly #ownerClient: ResourceClient<C>;
  readonly #owners: Informer<C>;
  readonly #options: OwnedOptions<C, T>;

  constructor(
    { client, informers }: Pick<ControllerContext, 'client' | 'informers'>,
    owners: Resource<C>,
    objects: Resource<T>,
    options: OwnedOptions<C, T> = {},
  ) {
    this.client = client.resource(objects);
    this.informer = informers.for(objects);
    this.#ownerKind = owners.kind;
    this.#ownerClient = client.resource(owners);
    this.#owners = informers.for(owners);
    this.#options = options;
    indexByController(this.informer);
  }

  /** What the owner controls now, after letting go what it no longer selects and adopting what it does. */
  claim(owner: C): T[] {
    const { mayAdopt, finalizer } = this.#options;
    const orphans = orphansBeside(this.informer, owner);
    const candidates = mayAdopt === undefined ? orphans : orphans.filter((object) => mayAdopt(owner, object));
    const selector = this.#selectorOf(owner);
    return claimObjects(
      { controller: owner, selector, controllers: this.#ownerClient, objects: this.client, finalizer },
      [...controlledBy(this.informer, owner), ...candidates],
    );
  }

  /** What the cache says that it controls. */
  of(owner: KubeObject): T[] {
    return controlledBy(this.informer, owner);
  }

  ownerOf(object: T): C | undefined {
    const reference = controllerOf(object);
    if (reference?.kind !== this.#ownerKind) return undefined;
    const owner = this.#owners.lister.get(reference.name, object.metadata.namespace);
    return owner?.metadata.uid === reference.uid ? owner : undefined;
  }

  /** Hears of every change that concerns an owner: to what it controls, and to what it may want to adopt. */
  follow(notice: (owner: C, object: T, happening: Happening) => void): void {
    const tell = (object: T, happening: Happening): void => {
      const owner = this.ownerOf(object);
      if (owner !== undefined) notice(owner, object, happening);
      else if (happening !== 'deleted') this.#offer(object, notice);
    };
    this.informer.addHandlers({
      add: (object) => tell(object, 'created'),
      update: (previous, object) => {
        // One that changed hands concerns both.
        if (controllerOf(previous)?.uid !== controllerOf(object)?.uid) tell(previous, 'changed');
        tell(object, object.metadata.deletionTimestamp === undefined ? 'changed' : 'deleted');
      },
      delete: (object) => tell(object, 'deleted'),
    });
  }

  #selectorOf(owner: C): LabelSelectorFields | undefined {
    return this.#options.selectorOf === undefined ? owner.spec.selector : this.#options.selectorOf(owner);
  }

  #offer(object: T, notice: (owner: C, object: T, happening: Happening) => void): void {
    if (controllerOf(object) !== undefined) return;
    for (const owner of this.#owners.lister.list(object.metadata.namespace)) {
      if (labelSelectorOf(this.#selectorOf(owner)).matches(object.metadata.labels)) notice(owner, object, 'changed');
    }
  }
}

/** The Pods that objects of a kind control. */
export class OwnedPods<C extends Owner> extends OwnedObjects<C, Pod> {
  constructor(context: ControllerContext, owners: Resource<C>, options: OwnedOptions<C, Pod> = {}) {
    super(context, owners, pods, options);
  }

  /** Has owners looked at again when time alone makes a ready Pod available: no event will tell. */
  lookAgainWhenAvailable({ queue }: Controller): void {
    this.informer.addHandlers({
      update: (previous, pod) => {
        if (isReady(previous) || !isReady(pod)) return;
        const owner = this.ownerOf(pod);
        const seconds = owner?.spec.minReadySeconds ?? 0;
        if (owner !== undefined && seconds > 0) queue.addAfter(objectKey(owner), (seconds + 1) * 1_000);
      },
    });
  }
}
