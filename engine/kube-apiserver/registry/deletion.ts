import { conflict, invalidObject, modifiedConflict } from '../../api/errors.ts';
import type { KubeObject, ObjectMeta } from '../../api/object.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { DeleteOptions } from './delete-options.ts';
import { ownMetadata, withResourceVersion } from './object-metadata.ts';
import type { Store } from './store.ts';

/** What became of a deletion. */
export interface DeletionResult {
  readonly object: KubeObject;
  /** False while the object still terminates. */
  readonly deleted: boolean;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/**
 * Deletes an object, or marks it so that whoever holds it (a kubelet's grace period, finalizers) can let go first.
 * After BeforeDelete in k8s.io/apiserver pkg/registry/rest/delete.go and Store.Delete in
 * pkg/registry/generic/registry/store.go.
 */
export function deleteObject(store: Store, namespace: string, name: string, options: DeleteOptions): DeletionResult {
  const found = store.get(namespace, name);
  checkPreconditions(store, found, options);
  const stored = prepared(store, found);
  const { etcd } = store.environment;
  const key = store.key(namespace, name);
  const dryRun = (options.dryRun?.length ?? 0) > 0;
  const plan =
    store.kind.kind === 'Namespace' ? planNamespace(store, stored, options) : planDeletion(store, stored, options);
  if (plan.next === found && !plan.remove) return { object: found, deleted: false };
  if (dryRun) return { object: plan.next, deleted: plan.remove };
  const marked = plan.next === found ? found : store.write(key, plan.next, ownMetadata(plan.next, found));
  if (!plan.remove) return { object: marked, deleted: false };
  const revision = etcd.revision + 1;
  store.remove(key, found);
  return { object: withResourceVersion(marked, revision), deleted: true };
}

function prepared({ kind, environment }: Store, stored: KubeObject): KubeObject {
  if (kind.prepareForDeletion === undefined || stored.metadata.deletionTimestamp !== undefined) return stored;
  return kind.prepareForDeletion(stored, environment.clock.timestamp());
}

function checkPreconditions(store: Store, stored: KubeObject, { preconditions }: DeleteOptions): void {
  const { kind, group } = store.kind;
  const { uid, resourceVersion, name } = stored.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    const why =
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). ` +
      'The object might have been deleted and then recreated';
    throw conflict({ group, plural: kind }, name, why);
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    const why =
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion ` +
      `in record (${resourceVersion}). The object might have been modified`;
    throw conflict({ group, plural: kind }, name, why);
  }
}

/** The object to store first (the stored one when nothing changes), and whether it then goes. */
interface DeletionPlan {
  readonly next: KubeObject;
  readonly remove: boolean;
}

function planDeletion(store: Store, stored: KubeObject, options: DeleteOptions): DeletionPlan {
  const { metadata } = stored;
  const requested = options.gracePeriodSeconds;
  const shorter = requested !== undefined && requested < 0 ? 1 : requested;
  const grace = store.kind.gracePeriodSeconds;
  if (grace !== undefined && metadata.deletionTimestamp !== undefined) {
    const current = metadata.deletionGracePeriodSeconds;
    // A deletion under way can only be hurried.
    if (current !== undefined && (shorter === undefined || shorter >= current)) return { next: stored, remove: false };
    if (current !== undefined && shorter !== undefined) return shorten(stored, current, shorter);
  }
  const finalizers = finalizersAfter(metadata, options);
  const held = finalizers.length > 0;
  const next = finalizers === (metadata.finalizers ?? NONE) ? stored : withMetadata(stored, { finalizers });
  if (grace !== undefined && metadata.deletionTimestamp === undefined) {
    const seconds = grace(stored, requested);
    return { next: markDeleted(store, next, seconds), remove: seconds === 0 && !held };
  }
  if (!held) return { next: stored, remove: true };
  return { next: metadata.deletionTimestamp === undefined ? markDeleted(store, next, 0) : next, remove: false };
}

function shorten(stored: KubeObject, currentSeconds: number, seconds: number): DeletionPlan {
  const begun = Date.parse(stored.metadata.deletionTimestamp!) - currentSeconds * 1000;
  const next = withMetadata(stored, {
    deletionTimestamp: timestamp(begun + seconds * 1000),
    deletionGracePeriodSeconds: seconds,
  });
  return { next, remove: seconds === 0 && (stored.metadata.finalizers?.length ?? 0) === 0 };
}

/** Deleting changes what is wanted, so the generation goes up. */
function markDeleted(store: Store, object: KubeObject, graceSeconds: number): KubeObject {
  const { generation } = object.metadata;
  return withMetadata(object, {
    deletionTimestamp: store.environment.clock.timestamp(graceSeconds),
    deletionGracePeriodSeconds: graceSeconds,
    ...(generation !== undefined && generation > 0 ? { generation: generation + 1 } : {}),
  });
}

/** A Namespace first terminates: its contents go, then its finalizers, then itself. */
function planNamespace(store: Store, stored: KubeObject, options: DeleteOptions): DeletionPlan {
  if (stored.metadata.deletionTimestamp === undefined) {
    const marked = withMetadata(stored, {
      deletionTimestamp: store.environment.clock.timestamp(),
      ...(finalizersAfter(stored.metadata, options).length === 0
        ? {}
        : { finalizers: finalizersAfter(stored.metadata, options) }),
    });
    return { next: { ...marked, status: { ...statusOf(stored), phase: 'Terminating' } } as KubeObject, remove: false };
  }
  const { finalizers = [] } = (stored as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec ?? {};
  return { next: stored, remove: finalizers.length === 0 && (stored.metadata.finalizers?.length ?? 0) === 0 };
}

function statusOf(object: KubeObject): object {
  return (object as { readonly status?: object }).status ?? {};
}

function withMetadata(object: KubeObject, changes: Partial<ObjectMeta>): KubeObject {
  return { ...object, metadata: { ...object.metadata, ...changes } };
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion */
function finalizersAfter(metadata: ObjectMeta, options: DeleteOptions): readonly string[] {
  const before = metadata.finalizers ?? NONE;
  const { orphanDependents, propagationPolicy } = options;
  const chosen = orphanDependents !== undefined || propagationPolicy !== undefined;
  const foreground = chosen ? propagationPolicy === 'Foreground' : before.includes(FOREGROUND);
  const orphan = chosen
    ? orphanDependents === true || propagationPolicy === 'Orphan'
    : before.includes(ORPHAN) || (options.defaultOrphan === true && !foreground);
  const after = before.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  if (orphan) after.push(ORPHAN);
  if (foreground) after.push(FOREGROUND);
  const same = after.length === before.length && after.every((name) => before.includes(name));
  return same ? before : after;
}

const NONE: readonly string[] = [];

/** Takes the finalizers of a Namespace's spec away (`/finalize`); without any left, a deleted Namespace goes. */
export function finalizeNamespace(store: Store, name: string, sent: KubeObject, dryRun: boolean): KubeObject {
  const stored = store.get('', name);
  const version = sent.metadata.resourceVersion ?? '';
  if (version !== '' && version !== stored.metadata.resourceVersion) throw modifiedConflict(store.kind, name);
  const { finalizers } = (sent as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec ?? {};
  const next = { ...stored, spec: { ...(stored as { readonly spec?: object }).spec, finalizers: finalizers ?? [] } };
  const errors = store.kind.validateUpdate(next, stored, {
    timestamp: store.environment.clock.timestamp(),
    status: true,
  });
  if (errors.length > 0) throw invalidObject(store.kind, name, errors);
  if (dryRun) return next;
  const key = store.key('', name);
  const held = next.spec.finalizers.length > 0 || (stored.metadata.finalizers?.length ?? 0) > 0;
  if (stored.metadata.deletionTimestamp === undefined || held) return store.write(key, next);
  store.environment.etcd.delete(key);
  return next;
}
