import type { KindDescriptor } from '../../api/descriptor.ts';
import { badRequest } from '../../api/errors.ts';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../../api/object.ts';

type WritableMeta = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] };

/**
 * The metadata of a new object: what the client may say, and what only the server says.
 * After k8s.io/apiserver pkg/registry/rest/meta.go.
 */
export function metadataForCreate(
  sent: Partial<ObjectMeta>,
  server: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly timestamp: string;
    readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
  },
): ObjectMeta {
  const metadata: WritableMeta = {
    name: server.name,
    uid: server.uid,
    resourceVersion: '',
    creationTimestamp: server.timestamp,
  };
  if (sent.generateName !== undefined) metadata.generateName = sent.generateName;
  if (server.namespace !== '') metadata.namespace = server.namespace;
  const { labels, annotations, ownerReferences, finalizers } = sent;
  if (!isEmpty(labels)) metadata.labels = labels;
  if (!isEmpty(annotations)) metadata.annotations = annotations;
  if (!isEmpty(ownerReferences)) metadata.ownerReferences = ownerReferences;
  if (!isEmpty(finalizers)) metadata.finalizers = finalizers;
  if (server.managedFields !== undefined) metadata.managedFields = server.managedFields;
  return metadata;
}

/** The metadata of an update: what the server keeps is taken from the stored object, whatever the client sent. */
export function metadataForUpdate(sent: Partial<ObjectMeta>, stored: ObjectMeta): ObjectMeta {
  if (sent === stored) return stored;
  const metadata: WritableMeta = { ...stored };
  metadata.name = sent.name ?? stored.name;
  metadata.uid = sent.uid || stored.uid;
  for (const key of CLIENT_FIELDS) {
    if (!isEmpty(sent[key])) assign(metadata, key, sent[key]);
    else if (metadata[key] !== undefined) delete metadata[key];
  }
  return metadata;
}

const CLIENT_FIELDS = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const;

/** Empty lists and maps of the metadata are left out, as `omitempty` has it. */
function isEmpty(value: object | null | undefined): boolean {
  if (value === null || value === undefined) return true;
  for (const _ in value) return false;
  return true;
}

function assign<K extends keyof WritableMeta>(metadata: WritableMeta, key: K, value: WritableMeta[K]): void {
  metadata[key] = value;
}

/** The same object with its managers noted, or with none. */
export function withManagedFields<T extends KubeObject>(
  object: T,
  managedFields: readonly ManagedFieldsEntry[] | undefined,
): T {
  if (object.metadata.managedFields === managedFields) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}

/**
 * The same object as of another revision.
 *
 * @param own metadata that was made for this very write: nobody else holds it, so where it is the object's it is not copied.
 */
export function withResourceVersion<T extends KubeObject>(object: T, revision: number, own?: ObjectMeta): T {
  if (object.metadata === own) {
    (own as WritableMeta).resourceVersion = String(revision);
    return object;
  }
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

/** The metadata of what a write makes of a stored object, where it makes some of its own. */
export function ownMetadata(next: KubeObject, stored: KubeObject): ObjectMeta | undefined {
  return next.metadata === stored.metadata ? undefined : next.metadata;
}

/** The namespace the object belongs to: the request's, which the object may repeat but not contradict. */
export function checkNamespace(kind: KindDescriptor, sent: Partial<ObjectMeta>, requested: string): void {
  const namespace = sent.namespace ?? '';
  if (namespace === '' || namespace === requested) return;
  if (!kind.namespaced) return;
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** The name and namespace of an object that is to replace the one at a path. @throws StatusError BadRequest */
export function checkIdentity(kind: KindDescriptor, sent: Partial<ObjectMeta>, namespace: string, name: string): void {
  const { name: sentName = '', namespace: sentNamespace = '' } = sent;
  if (sentName !== '' && sentName !== name) {
    throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${name})`);
  }
  if (sentNamespace === '' || sentNamespace === namespace || !kind.namespaced) return;
  throw badRequest(
    `the namespace of the object (${sentNamespace}) does not match the namespace on the request (${namespace})`,
  );
}
