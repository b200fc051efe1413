import type { KubeObject, OwnerReference } from '../../api/object.ts';
import type { Resource } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client, DeleteOptions } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { DiscoveredResource, Discovery } from '../../client/discovery.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { LruCache } from '../../client/lru-cache.ts';
import type { SharedInformers } from '../../client/shared-informers.ts';
import { ConnectionError } from '../../client/transport.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { Simulation, Timer } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { type Consequences, FOREGROUND, type Identity, ORPHAN, OwnerGraph, type Vertex } from './owner-graph.ts';

/** What became of an owner that an object names. */
type OwnerState = 'present' | 'absent' | 'waiting for its dependents';

/**
 * Deletes objects whose owners are gone, lets owners wait for their dependents (foreground deletion) and cuts dependents
 * loose (orphaning).
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/, after
 * `pkg/controller/garbagecollector/garbagecollector.go`.
 */
export class GarbageCollector {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #discovery: Discovery;
  readonly #informers: SharedInformers;
  readonly #recorder: EventRecorder;
  readonly #graph = new OwnerGraph();
  /** Owners that are known to be gone, and stay so: of a thousand dependents only the first asks. */
  readonly #absent = new LruCache<string, true>(500);
  readonly #examining: Controller;
  readonly #orphaning: Controller;
  /** What is followed, by `plural.group`. */
  readonly #followed = new Map<string, DiscoveredResource>();
  #timer: Timer | undefined;

  constructor({ sim, client, informers, discovery, recorder }: ControllerContext) {
    this.#sim = sim;
    this.#client = client;
    this.#discovery = discovery;
    this.#informers = informers;
    this.#recorder = recorder('garbage-collector-controller');
    this.#followKinds();
    const followed = [...this.#followed.values()].map((resource) => informers.for(resource));
    const options = { name: 'garbage-collector-controller', informers: followed };
    this.#examining = new Controller(sim, { ...options, reconcile: (uid) => this.#examine(uid) });
    this.#orphaning = new Controller(sim, { ...options, reconcile: (uid) => this.#orphan(uid) });
  }

  start(): void {
    this.#examining.start();
    this.#orphaning.start();
    this.#arrange();
  }

  stop(): void {
    this.#examining.stop();
    this.#orphaning.stop();
    this.#timer?.cancel();
  }

  #arrange(): void {
    this.#timer = this.#sim.schedule(DISCOVERY_PERIOD_MS, 'garbage collector discovery', () => {
      this.#followKinds();
      this.#arrange();
    });
  }

  /** Begins to follow kinds that are new, and lets go of those that are served no more. */
  #followKinds(): void {
    try {
      if (!this.#discovery.refresh() && this.#followed.size > 0) return;
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      if (this.#followed.size > 0) return;
    }
    const served = new Map(
      this.#discovery
        .preferred()
        .filter(isCollectable)
        .map((each) => [nameOf(each), each]),
    );
    for (const [name, resource] of this.#followed) {
      if (served.has(name)) continue;
      this.#followed.delete(name);
      this.#informers.drop(resource);
      for (const { uid } of this.#graph.ofResource(resource)) this.#graph.delete(uid);
    }
    for (const [name, resource] of served) if (!this.#followed.has(name)) this.#follow(name, resource);
  }

  #follow(name: string, resource: DiscoveredResource): void {
    this.#followed.set(name, resource);
    this.#informers.for(resource).addHandlers({
      add: (object) => this.#act(this.#graph.set(resource, object), object),
      update: (_, object) => this.#act(this.#graph.set(resource, object), object),
      delete: (object) => this.#act(this.#graph.delete(object.metadata.uid), object),
    });
  }

  #act({ examine, orphan }: Consequences, cause: KubeObject): void {
    for (const { identity } of examine) this.#examining.enqueueKey(identity.uid, cause);
    for (const { identity } of orphan) this.#orphaning.enqueueKey(identity.uid, cause);
  }

  /** Decides whether an object may stay. The graph may be behind, so the server is asked before anything is done. */
  #examine(uid: string): void {
    const vertex = this.#graph.get(uid);
    if (vertex === undefined || (vertex.isDeleting && !vertex.isDeletingDependents)) return;
    const object = this.#read(vertex.identity);
    if (object === undefined) return;
    if (vertex.isDeletingDependents) {
      this.#finishForeground(vertex, object);
      return;
    }
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const states = owners.map((owner) => this.#ownerState(owner, object));
    const isWaiting = states.includes('waiting for its dependents');
    if (states.includes('present')) {
      const kept = owners.filter((_, i) => states[i] === 'present');
      if (kept.length < owners.length) this.#update(vertex.identity, object, { ownerReferences: kept });
    } else if (isWaiting && vertex.dependents.size > 0) {
      // Its owner waits for it, so it waits for its own dependents in turn. In a circle they would wait for one another
      // for ever: then it lets its owners go ahead.
      const isCircle = [...vertex.dependents].some((dependent) => dependent.isDeletingDependents);
      this.#delete(vertex.identity, isCircle ? this.#unblockOwners(vertex.identity, object) : object, 'Foreground');
    } else {
      this.#delete(vertex.identity, object, policyOf(object));
    }
  }

  #unblockOwners(identity: Identity, object: KubeObject): KubeObject {
    const { ownerReferences = [] } = object.metadata;
    if (!ownerReferences.some(({ blockOwnerDeletion }) => blockOwnerDeletion === true)) return object;
    const unblocked = ownerReferences.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    return this.#update(identity, object, { ownerReferences: unblocked }) ?? object;
  }

  #finishForeground({ identity, dependents }: Vertex, object: KubeObject): void {
    const blocking = [...dependents].filter((dependent) =>
      dependent.owners.some((owner) => owner.uid === identity.uid && owner.blockOwnerDeletion === true),
    );
    if (blocking.length === 0) this.#removeFinalizer(identity, object, FOREGROUND);
    for (const dependent of blocking) {
      if (!dependent.isDeletingDependents) this.#examining.enqueueKey(dependent.identity.uid);
    }
  }

  #orphan(uid: string): void {
    const vertex = this.#graph.get(uid);
    if (vertex === undefined) return;
    for (const { identity } of vertex.dependents) {
      const dependent = this.#read(identity);
      const owners = dependent?.metadata.ownerReferences;
      if (dependent === undefined || owners === undefined) continue;
      this.#update(identity, dependent, { ownerReferences: owners.filter((owner) => owner.uid !== uid) });
    }
    const object = this.#read(vertex.identity);
    if (object !== undefined) this.#removeFinalizer(vertex.identity, object, ORPHAN);
  }

  #ownerState(owner: OwnerReference, dependent: KubeObject): OwnerState {
    const resource = this.#discovery.find(owner);
    // A kind that is not served: it may be by and by, so its dependents stay.
    if (resource === undefined) return 'present';
    if (resource.namespaced && dependent.metadata.namespace === undefined) {
      this.#reportOtherNamespace(owner, dependent);
      return 'present';
    }
    const namespace = resource.namespaced ? dependent.metadata.namespace : undefined;
    const key = [owner.apiVersion, owner.kind, namespace ?? '', owner.name, owner.uid].join('/');
    const isKnown = this.#absent.get(key) === true;
    const found = isKnown ? undefined : this.#read({ resource, name: owner.name, namespace, uid: owner.uid });
    if (found === undefined) {
      if (!isKnown) this.#absent.set(key, true);
      this.#reportOtherNamespace(owner, dependent);
      return 'absent';
    }
    const { deletionTimestamp, finalizers } = found.metadata;
    if (deletionTimestamp !== undefined && finalizers?.includes(FOREGROUND)) return 'waiting for its dependents';
    return 'present';
  }

  /**
   * An owner must live in its dependent's namespace. One that lives elsewhere counts as absent, to many a surprise; an
   * object of the whole cluster that names one is left alone.
   */
  #reportOtherNamespace({ apiVersion, kind, name, uid }: OwnerReference, dependent: KubeObject): void {
    const elsewhere = this.#graph.get(uid)?.identity.namespace;
    const { namespace = '' } = dependent.metadata;
    if (elsewhere === undefined || elsewhere === namespace) return;
    const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
    const message = `ownerRef ${owner} does not exist in namespace "${namespace}"`;
    this.#recorder.event(dependent, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  /** The object as the server has it; undefined when it is gone, also when another has taken its name. */
  #read({ resource, name, namespace, uid }: Identity): KubeObject | undefined {
    const object = unlessGone(() => this.#client.resource(resource).get(name, namespace));
    return object?.metadata.uid === uid ? object : undefined;
  }

  #delete({ resource, name, namespace, uid }: Identity, object: KubeObject, policy: DeletionPolicy): void {
    const { resourceVersion } = object.metadata;
    const preconditions = { uid, resourceVersion };
    unlessGone(() =>
      this.#client.resource(resource).delete(name, namespace, { propagationPolicy: policy, preconditions }),
    );
  }

  #removeFinalizer(identity: Identity, object: KubeObject, name: string): void {
    const finalizers = object.metadata.finalizers?.filter((finalizer) => finalizer !== name);
    this.#update(identity, object, { finalizers });
  }

  /** The object as it is then; undefined when it has gone. */
  #update(
    { resource, name, namespace }: Identity,
    object: KubeObject,
    change: Partial<KubeObject['metadata']>,
  ): KubeObject | undefined {
    const { uid, resourceVersion } = object.metadata;
    // A JSON merge patch replaces lists whole; the version keeps it from undoing what others did meanwhile.
    const patch = { metadata: { uid, resourceVersion, ...change } };
    return unlessGone(() => this.#client.resource(resource).patch(name, namespace, 'merge', patch));
  }
}

/** How often kinds are looked for. */
const DISCOVERY_PERIOD_MS = 30_000;

/** Events own nothing and are owned by nothing; of the rest, what can be followed and deleted. */
function isCollectable({ plural, verbs }: DiscoveredResource): boolean {
  return plural !== 'events' && ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb));
}

function nameOf({ plural, group }: Resource): string {
  return `${plural}.${group}`;
}

type DeletionPolicy = NonNullable<DeleteOptions['propagationPolicy']>;

/** An object that is asked to go keeps the manner of going that its finalizers tell of. */
function policyOf({ metadata }: KubeObject): DeletionPolicy {
  if (metadata.finalizers?.includes(ORPHAN)) return 'Orphan';
  return metadata.finalizers?.includes(FOREGROUND) ? 'Foreground' : 'Background';
}
