import type { KubeObject, OwnerReference } from '../../api/object.ts';
import type { Resource } from '../../api/resources.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** Which object a vertex stands for. */
export interface Identity {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly uid: string;
}

/** An object in the graph of owners and dependents. */
export interface Vertex {
  readonly identity: Identity;
  owners: readonly OwnerReference[];
  readonly dependents: Set<Vertex>;
  /** It has a deletionTimestamp. */
  isDeleting: boolean;
  /** It waits, with the finalizer `foregroundDeletion`, for its dependents to go. */
  isDeletingDependents: boolean;
  /** It shall leave its dependents behind: finalizer `orphan`. */
  isOrphaning: boolean;
}

/** What a change in the graph calls for. */
export interface Consequences {
  /** Vertices whose right to exist should be looked at. */
  readonly examine: readonly Vertex[];
  /** Vertices whose dependents are to be let go. */
  readonly orphan: readonly Vertex[];
}

const NOTHING: Consequences = { examine: [], orphan: [] };

/**
 * Who owns whom, as far as the informers have told. An owner may be referred to before it has been seen, or not exist
 * at all: dependents are kept by the owner's uid until it comes.
 * After `pkg/controller/garbagecollector/graph_builder.go`.
 */
export class OwnerGraph {
  readonly #vertices = new Map<string, Vertex>();
  /** Dependents by the uid of owners not seen yet. */
  readonly #waiting = new Map<string, Set<Vertex>>();

  get(uid: string): Vertex | undefined {
    return this.#vertices.get(uid);
  }

  /** All objects of a kind. */
  ofResource({ group, plural }: Resource): Identity[] {
    const identities = Array.from(this.#vertices.values(), ({ identity }) => identity);
    return identities.filter(({ resource }) => resource.group === group && resource.plural === plural);
  }

  /** An object has come or changed. */
  set(resource: Resource, object: KubeObject): Consequences {
    const { uid, name, namespace, deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    const isDeleting = deletionTimestamp !== undefined;
    const isDeletingDependents = isDeleting && finalizers.includes(FOREGROUND);
    const isOrphaning = isDeleting && finalizers.includes(ORPHAN);
    const known = this.#vertices.get(uid);
    const vertex = known ?? this.#add({ resource, name, namespace, uid });
    const { owners } = vertex;
    const beginsWaiting = isDeletingDependents && !vertex.isDeletingDependents;
    const beginsOrphaning = isOrphaning && !vertex.isOrphaning;

    const ownersChanged = !sameOwners(owners, ownerReferences);
    if (ownersChanged) this.#setOwners(vertex, ownerReferences);
    vertex.isDeleting = isDeleting;
    vertex.isDeletingDependents = isDeletingDependents;
    vertex.isOrphaning = isOrphaning;

    // Most changes are of a status.
    if (known !== undefined && !ownersChanged && !beginsWaiting && !beginsOrphaning) return NOTHING;
    const examine: Vertex[] = [];
    if (ownersChanged && this.#isDoubtful(vertex)) examine.push(vertex);
    // They were seen before it, when nobody could know where it lives.
    if (known === undefined) examine.push(...[...vertex.dependents].filter((one) => livesElsewhere(vertex, one)));
    if (ownersChanged) examine.push(...this.#unblocked(owners, ownerReferences));
    if (beginsWaiting) examine.push(...vertex.dependents, vertex);
    return { examine, orphan: beginsOrphaning ? [vertex] : [] };
  }

  /** An object is gone. */
  delete(uid: string): Consequences {
    const vertex = this.#vertices.get(uid);
    if (vertex === undefined) return NOTHING;
    this.#vertices.delete(uid);
    const owners = vertex.owners.map((owner) => this.#vertices.get(owner.uid));
    this.#setOwners(vertex, []);
    if (vertex.dependents.size > 0) this.#waiting.set(uid, vertex.dependents);
    const waitingOwners = owners.filter((owner) => owner?.isDeletingDependents === true) as Vertex[];
    return { examine: [...vertex.dependents, ...waitingOwners], orphan: [] };
  }

  /** The owners that wait for their dependents, and no longer for this one. */
  #unblocked(before: readonly OwnerReference[], after: readonly OwnerReference[]): Vertex[] {
    const blocks = (owner: OwnerReference, uid: string) => owner.uid === uid && owner.blockOwnerDeletion === true;
    const released = before.filter(({ uid }) => !after.some((owner) => blocks(owner, uid)));
    const vertices = released.map(({ uid }) => this.#vertices.get(uid));
    return vertices.filter((vertex) => vertex?.isDeletingDependents === true) as Vertex[];
  }

  /** Whether an owner has not been seen, lives elsewhere or is on its way out: most objects' owners are simply there. */
  #isDoubtful({ owners, identity }: Vertex): boolean {
    return owners.some(({ uid }) => {
      const owner = this.#vertices.get(uid);
      if (owner === undefined || owner.isDeletingDependents) return true;
      return livesElsewhere(owner, { identity });
    });
  }

  #add(identity: Identity): Vertex {
    const vertex: Vertex = {
      identity,
      owners: [],
      dependents: this.#waiting.get(identity.uid) ?? new Set(),
      isDeleting: false,
      isDeletingDependents: false,
      isOrphaning: false,
    };
    this.#waiting.delete(identity.uid);
    this.#vertices.set(identity.uid, vertex);
    return vertex;
  }

  #setOwners(vertex: Vertex, owners: readonly OwnerReference[]): void {
    for (const { uid } of vertex.owners) {
      const dependents = this.#dependentsOf(uid);
      dependents.delete(vertex);
      if (dependents.size === 0) this.#waiting.delete(uid);
    }
    for (const { uid } of owners) this.#dependentsOf(uid).add(vertex);
    vertex.owners = owners;
  }

  #dependentsOf(uid: string): Set<Vertex> {
    const known = this.#vertices.get(uid)?.dependents ?? this.#waiting.get(uid);
    if (known !== undefined) return known;
    const dependents = new Set<Vertex>();
    this.#waiting.set(uid, dependents);
    return dependents;
  }
}

/** An owner in a Namespace can own only what is in the same. */
function livesElsewhere(owner: Vertex, { identity }: Pick<Vertex, 'identity'>): boolean {
  return owner.identity.namespace !== undefined && owner.identity.namespace !== identity.namespace;
}

function sameOwners(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((owner, i) => owner.uid === b[i]!.uid && owner.blockOwnerDeletion === b[i]!.blockOwnerDeletion)
  );
}
