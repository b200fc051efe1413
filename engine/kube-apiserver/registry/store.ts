import { sameValue } from '../../api/copy-on-write.ts';
import type { KindDescriptor, WriteContext } from '../../api/descriptor.ts';
import {
  alreadyExists,
  conflict,
  generateNameConflict,
  invalidObject,
  modifiedConflict,
  notFound,
  unexplained,
} from '../../api/errors.ts';
import { invalid } from '../../api/field-errors.ts';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../../api/object.ts';
import type { UserInfo } from '../../api/request.ts';
import type { EtcdClient } from '../../etcd/index.ts';
import type { Clock } from '../clock.ts';
import type { RequestDraws } from '../request-scope.ts';
import { type EventLeases, NO_LEASE } from './event-leases.ts';
import {
  checkIdentity,
  checkNamespace,
  metadataForCreate,
  metadataForUpdate,
  ownMetadata,
  withManagedFields,
  withResourceVersion,
} from './object-metadata.ts';
import { storedKindOf } from './served-form.ts';
import { storageKey, storagePrefix } from './storage-key.ts';

/** What all stores of a server share. */
export interface StoreEnvironment {
  readonly etcd: EtcdClient;
  readonly clock: Clock;
  /** Where uids and generated names come from. */
  readonly random: RequestDraws;
  readonly eventLeases: EventLeases;
}

export interface CreateOptions {
  readonly dryRun: boolean;
  /** Who asks; absent for what the server makes itself. */
  readonly user?: UserInfo;
  /** Mutates and judges the object before it is validated; see `admission/`. */
  readonly admit: (object: KubeObject) => KubeObject;
  /** Judges the object once it has been validated. */
  readonly validate?: (object: KubeObject) => void;
  /** Who owns which fields; absent for objects that are not tracked. */
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

export interface UpdateOptions {
  readonly dryRun: boolean;
  /** Through which the write comes; empty for the object itself. */
  readonly subresource: string;
  /** The uid that a PUT claims the object has. */
  readonly expectedUid?: string | undefined;
  /** Judges the object once it has been validated. */
  readonly validate?: (next: KubeObject) => void;
  /** Who owns which fields after this write; absent leaves that as it is. `sent` is the object as `change` made it. */
  readonly managedFields?: (
    stored: KubeObject,
    next: KubeObject,
    sent: KubeObject,
  ) => readonly ManagedFieldsEntry[] | undefined;
  /** Makes the object where there is none; without it, that is refused. */
  readonly orCreate?: (() => KubeObject) | undefined;
}

/** Who gives out what only the server can give: addresses, ports. */
export interface Allocator {
  /** Gives a validated object what it needs. @throws StatusError */
  allocate(object: KubeObject, stored: KubeObject | undefined, dryRun: boolean): KubeObject;
  /** Keeps account of it when the object is written; undefined when it goes. */
  note(next: KubeObject | undefined, stored: KubeObject | undefined): void;
}

const NAME_SUFFIX_LENGTH = 5;
const MAX_GENERATED_BASE = 58;
const GENERATE_NAME_ATTEMPTS = 8;

/** Kinds whose PUT must carry a resourceVersion (`AllowUnconditionalUpdate` is false in their strategies). */
const NEED_RESOURCE_VERSION: ReadonlySet<string> = new Set([
  'customresourcedefinitions',
  'leases',
  'poddisruptionbudgets',
  'serviceaccounts',
]);

/**
 * The objects of one kind in etcd, and the rules of writing them.
 * After k8s.io/apiserver pkg/registry/generic/registry/store.go. Reads and writes are atomic: nothing else runs between.
 */
export class Store {
  readonly kind: KindDescriptor;
  readonly prefix: string;
  readonly environment: StoreEnvironment;
  /** The kind that errors name. */
  readonly #named: ReturnType<typeof storedKindOf>;
  readonly allocator: Allocator | undefined;
  /** What `all` found last, in all namespaces and by namespace, and as of which change that holds. */
  #everything: readonly KubeObject[] | undefined;
  readonly #found = new Map<string, readonly KubeObject[]>();
  #foundAt = 0;
  /** The key asked for last, and of what. */
  #lastKey = '';
  #lastNamespace = '';
  #lastName = '';
  readonly #lastChange: { readonly revision: number };

  constructor(kind: KindDescriptor, environment: StoreEnvironment, allocator?: Allocator) {
    this.kind = kind;
    this.prefix = storagePrefix(kind);
    this.#named = storedKindOf(kind);
    this.environment = environment;
    this.#lastChange = environment.etcd.lastChange(this.prefix);
    this.allocator = allocator;
  }

  /** Often the same again: of the Namespace that everything is created in, of the name that has just been found free. */
  key(namespace: string, name: string): string {
    if (name === this.#lastName && namespace === this.#lastNamespace && name !== '') return this.#lastKey;
    this.#lastName = name;
    this.#lastNamespace = namespace;
    this.#lastKey = storageKey(this.prefix, namespace, name);
    return this.#lastKey;
  }

  find(namespace: string, name: string): KubeObject | undefined {
    return this.#findAt(this.key(namespace, name));
  }

  #findAt(key: string): KubeObject | undefined {
    const stored = this.environment.etcd.get(key)?.value as KubeObject | undefined;
    const { codec } = this.kind;
    return stored === undefined || codec === undefined ? stored : codec.decode(stored);
  }

  /**
   * Every object, in all namespaces or in one. Remembered until one of them changes: every write asks admission, which
   * asks for all quotas, ranges, webhooks and policies, and these hardly ever change.
   */
  all(namespace?: string): readonly KubeObject[] {
    const { revision } = this.#lastChange;
    if (revision !== this.#foundAt) {
      this.#everything = undefined;
      this.#found.clear();
      this.#foundAt = revision;
    }
    if (namespace === undefined) {
      this.#everything ??= this.#range(this.prefix);
      return this.#everything;
    }
    let objects = this.#found.get(namespace);
    if (objects === undefined) {
      objects = this.#range(`${this.prefix}${namespace}/`);
      this.#found.set(namespace, objects);
    }
    return objects;
  }

  #range(prefix: string): readonly KubeObject[] {
    const { keyValues } = this.environment.etcd.range(prefix);
    return this.decodeAll(keyValues.map(({ value }) => value as KubeObject));
  }

  /** Objects as they are stored as they are served. */
  decodeAll(stored: readonly KubeObject[]): readonly KubeObject[] {
    const { codec } = this.kind;
    if (codec === undefined) return stored;
    codec.prepare(stored);
    return stored.map(codec.decode);
  }

  /** The same objects, in whatever version each of them is stored. */
  undecoded(): Store {
    const { codec, ...kind } = this.kind;
    return codec === undefined ? this : new Store(kind, this.environment);
  }

  /** How many there are. */
  count(): number {
    return this.environment.etcd.count(this.prefix);
  }

  /** @throws StatusError NotFound */
  get(namespace: string, name: string): KubeObject {
    const object = this.find(namespace, name);
    if (object === undefined) throw notFound(this.#named, name);
    return object;
  }

  /** Stores a new object; returns it as stored. */
  create(namespace: string, sent: KubeObject, options: CreateOptions): KubeObject {
    const { kind } = this;
    checkNamespace(kind, sent.metadata, namespace);
    if (!options.dryRun && (sent.metadata.resourceVersion ?? '') !== '') {
      throw unexplained('resourceVersion should not be set on objects to be created');
    }
    const admitted = options.admit(this.#forAdmission(namespace, sent, options.managedFields));
    const generated = (admitted.metadata.name ?? '') === '' && (admitted.metadata.generateName ?? '') !== '';
    const created = this.#withSystemFields(namespace, admitted, generated);
    const timestamp = created.metadata.creationTimestamp;
    const context: WriteContext = { timestamp, status: false, user: options.user };
    const prepared = kind.prepareForCreate?.(created, context) ?? created;
    const errors = kind.validateCreate(prepared);
    // A custom resource of the wrong kind is named as it calls itself.
    if (errors.length > 0) throw invalidObject({ ...this.#named, kind: prepared.kind }, prepared.metadata.name, errors);
    const key = this.key(namespace, prepared.metadata.name);
    if (this.environment.etcd.get(key) !== undefined) {
      throw generated
        ? generateNameConflict(this.#named, prepared.metadata.name)
        : alreadyExists(this.#named, prepared.metadata.name);
    }
    options.validate?.(prepared);
    const object = this.allocator?.allocate(prepared, undefined, options.dryRun) ?? prepared;
    if (options.dryRun) return withoutResourceVersion(object);
    this.allocator?.note(object, undefined);
    return this.write(key, object, object.metadata);
  }

  /**
   * Replaces an object by what `change` makes of it; returns it as stored.
   *
   * @throws StatusError NotFound, Conflict, Invalid, or what `change` throws.
   */
  update(
    namespace: string,
    name: string,
    change: (stored: KubeObject) => KubeObject,
    options: UpdateOptions,
  ): KubeObject {
    const { kind } = this;
    const key = this.key(namespace, name);
    const stored = this.#findAt(key);
    if (stored === undefined) {
      if (options.orCreate === undefined) throw notFound(this.#named, name);
      return options.orCreate();
    }
    const sent = change(stored);
    checkIdentity(kind, sent.metadata, namespace, name);
    this.#checkVersion(stored, sent, options);
    const metadata = metadataForUpdate(sent.metadata, stored.metadata);
    const prepared = this.#prepareUpdate(stored, sent, metadata, options);
    const managed =
      options.managedFields === undefined
        ? prepared
        : withManagedFields(prepared, options.managedFields(stored, prepared, sent));
    const context = this.#context(options);
    const errors = kind.validateUpdate(managed, stored, context);
    if (errors.length > 0) throw invalidObject(this.#named, name, errors);
    options.validate?.(managed);
    const next = this.allocator?.allocate(managed, stored, options.dryRun) ?? managed;
    if (options.dryRun) return next;
    if (goesNow(next, stored)) {
      this.remove(key, stored);
      return next;
    }
    this.allocator?.note(next, stored);
    if (sameValue(next, stored) && this.environment.etcd.isStale?.(key) !== true) return stored;
    return this.write(key, next, ownMetadata(next, stored));
  }

  /**
   * Puts an object that has passed all checks. It carries the revision that this very write makes.
   *
   * @param own see `withResourceVersion`
   */
  write(key: string, object: KubeObject, own?: ObjectMeta): KubeObject {
    const { etcd, eventLeases } = this.environment;
    const { codec } = this.kind;
    const revision = etcd.revision + 1;
    const stored =
      codec === undefined
        ? withResourceVersion(object, revision, own)
        : withResourceVersion(codec.encode(object), revision);
    etcd.put(key, stored, this.kind.plural === 'events' ? eventLeases.current() : NO_LEASE);
    if (codec === undefined) return stored;
    const served = withResourceVersion(object, etcd.revision);
    codec.remember(stored, served);
    return served;
  }

  /** Ends an object. */
  remove(key: string, stored: KubeObject): void {
    this.environment.etcd.delete(key);
    this.allocator?.note(undefined, stored);
  }

  #context({ subresource }: UpdateOptions): WriteContext {
    return { timestamp: this.environment.clock.timestamp(), status: subresource === 'status', subresource };
  }

  /** What may change the object sees what the client has said: names are generated, and uids given, after it. */
  #forAdmission(namespace: string, sent: KubeObject, managedFields: CreateOptions['managedFields']): KubeObject {
    const { metadata } = sent;
    const given = this.kind.namespaced ? namespace : (metadata.namespace ?? '');
    if ((metadata.namespace ?? '') === given && metadata.managedFields === managedFields) return sent;
    const { managedFields: _, ...rest } = metadata;
    const named = given === '' ? rest : { ...rest, namespace: given };
    return { ...sent, metadata: managedFields === undefined ? named : { ...named, managedFields } };
  }

  #withSystemFields(namespace: string, admitted: KubeObject, generated: boolean): KubeObject {
    const { clock, random } = this.environment;
    const { name = '', generateName = '', namespace: given = '', managedFields } = admitted.metadata;
    const metadata = metadataForCreate(admitted.metadata, {
      name: generated ? this.#generateName(namespace, generateName) : name,
      // Kept where it does not belong, so that validation can say so.
      namespace: this.kind.namespaced ? namespace : given,
      uid: random.uuid(),
      timestamp: clock.timestamp(),
      managedFields,
    });
    return { ...admitted, metadata };
  }

  #generateName(namespace: string, base: string): string {
    const { etcd, random } = this.environment;
    let name = '';
    for (let attempt = 0; attempt < GENERATE_NAME_ATTEMPTS; attempt++) {
      name = base.slice(0, MAX_GENERATED_BASE) + random.nameSuffix(NAME_SUFFIX_LENGTH);
      if (etcd.get(this.key(namespace, name)) === undefined) break;
    }
    return name;
  }

  #checkVersion(stored: KubeObject, sent: KubeObject, options: UpdateOptions): void {
    const kind = this.#named;
    const { name, uid, namespace } = stored.metadata;
    if (options.expectedUid !== undefined && options.expectedUid !== uid) {
      throw failedUidPrecondition(kind, this.key(namespace ?? '', name), name, options.expectedUid, uid);
    }
    const version = sent.metadata.resourceVersion ?? '';
    if (version === stored.metadata.resourceVersion) return;
    if (version !== '' && version !== '0') throw modifiedConflict(kind, name);
    if (options.subresource === 'scale') return;
    if (this.kind.custom === undefined && !NEED_RESOURCE_VERSION.has(kind.plural)) return;
    const error = invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalidObject({ group: kind.group, kind: kind.plural }, name, [error]);
  }

  #prepareUpdate(stored: KubeObject, sent: KubeObject, metadata: ObjectMeta, options: UpdateOptions): KubeObject {
    const next = sent.metadata === metadata ? sent : { ...sent, metadata };
    const context = this.#context(options);
    return this.kind.prepareForUpdate?.(next, stored, context) ?? next;
  }
}

/** Whether the write that takes away the last finalizer of a deleted object ends it. */
function goesNow(next: KubeObject, stored: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = stored.metadata;
  if (deletionTimestamp === undefined || (next.metadata.finalizers?.length ?? 0) > 0) return false;
  // A Namespace goes when its spec's finalizers are gone too.
  const { finalizers } = (next as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec ?? {};
  if (next.kind === 'Namespace' && (finalizers?.length ?? 0) > 0) return false;
  return (deletionGracePeriodSeconds ?? 0) === 0;
}

function withoutResourceVersion(object: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
}

function failedUidPrecondition(
  kind: Pick<KindDescriptor, 'group' | 'plural'>,
  key: string,
  name: string,
  asked: string,
  actual: string,
): Error {
  const why =
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
    `Precondition failed: UID in precondition: ${asked}, UID in object meta: ${actual}`;
  return conflict(kind, name, why);
}
