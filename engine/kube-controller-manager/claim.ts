import { type LabelSelectorFields, labelSelectorOf } from '../api/label-selector.ts';
import { controllerOf, type KubeObject, type OwnerReference } from '../api/object.ts';
import { StatusError } from '../api/status-error.ts';
import type { ResourceClient } from '../client/client.ts';

/** The owner reference by which `controller` controls an object. */
export function controllerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

export interface Claim<C extends KubeObject, T extends KubeObject> {
  readonly controller: C;
  readonly selector: LabelSelectorFields | undefined;
  readonly controllers: ResourceClient<C>;
  readonly objects: ResourceClient<T>;
  /** What an adopted object gets, and a released one loses, beside its owner. */
  readonly finalizer?: string;
}

/**
 * Settles what belongs to a controller: it keeps what it controls and selects, releases what it no longer selects, and
 * adopts what it selects and nobody controls. Returns what it now controls.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#non-template-pod-acquisitions, after
 * `pkg/controller/controller_ref_manager.go`.
 */
export function claimObjects<C extends KubeObject, T extends KubeObject>(
  { controller, selector, controllers, objects, finalizer }: Claim<C, T>,
  candidates: readonly T[],
): T[] {
  const { uid } = controller.metadata;
  const isDeleting = controller.metadata.deletionTimestamp !== undefined;
  const selected = labelSelectorOf(selector);
  const claimed: T[] = [];
  let checked = false;
  // Those of one template share their labels.
  let labels: KubeObject['metadata']['labels'];
  let matches = selected.matches(labels);
  for (const object of candidates) {
    if (object.metadata.labels !== labels) {
      labels = object.metadata.labels;
      matches = selected.matches(labels);
    }
    const owner = controllerOf(object);
    if (owner !== undefined) {
      if (owner.uid !== uid) continue;
      if (matches) claimed.push(object);
      else if (!isDeleting) release(objects, object, uid, finalizer);
      continue;
    }
    if (!matches || isDeleting || object.metadata.deletionTimestamp !== undefined) continue;
    // A cache may be behind: nothing is adopted for a controller that is already gone.
    if (!checked && !stillExists(controllers, controller)) continue;
    checked = true;
    const adopted = adopt(objects, object, controller, finalizer);
    if (adopted !== undefined) claimed.push(adopted);
  }
  return claimed;
}

function stillExists<C extends KubeObject>(controllers: ResourceClient<C>, { metadata }: C): boolean {
  const current = controllers.get(metadata.name, metadata.namespace);
  return current.metadata.uid === metadata.uid && current.metadata.deletionTimestamp === undefined;
}

function adopt<T extends KubeObject>(
  objects: ResourceClient<T>,
  { metadata }: T,
  controller: KubeObject,
  finalizer: string | undefined,
): T | undefined {
  const ownerReferences = [controllerReference(controller)];
  const finalizers = finalizer === undefined ? {} : { finalizers: [finalizer] };
  const patch = { metadata: { uid: metadata.uid, ownerReferences, ...finalizers } };
  return unlessGone(() => objects.patch(metadata.name, metadata.namespace, 'strategic-merge', patch));
}

function release<T extends KubeObject>(
  objects: ResourceClient<T>,
  { metadata }: T,
  ownerUid: string,
  finalizer: string | undefined,
): void {
  const ownerReferences = [{ $patch: 'delete', uid: ownerUid }];
  const finalizers = finalizer === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': [finalizer] };
  const patch = { metadata: { uid: metadata.uid, ownerReferences, ...finalizers } };
  unlessGone(() => objects.patch(metadata.name, metadata.namespace, 'strategic-merge', patch));
}

/** Undefined when the object has gone meanwhile, or another of its name has taken its place. */
function unlessGone<T>(patch: () => T): T | undefined {
  try {
    return patch();
  } catch (error) {
    if (error instanceof StatusError && (error.code === 404 || error.reason === 'Invalid')) return undefined;
    throw error;
  }
}
