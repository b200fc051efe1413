import type { KindDescriptor } from '../../api/descriptor.ts';
import { badRequest } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import { type ResourceHandler, type ResourceRequest, respondWithObject } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { recordCreation } from '../managed-fields/record-update.ts';
import { checkIdentity } from '../registry/object-metadata.ts';
import { defaultedForStorage, toStorage } from '../registry/served-form.ts';
import { readWriteOptions, type WriteOptions } from '../write-options.ts';
import { admitCreation, admitUpdate } from './admission.ts';
import { fieldWriter, updateRecorder } from './field-writer.ts';
import { objectWarnings } from './warnings.ts';

/** The groups of kinds that a PUT creates when they are not there (`AllowCreateOnUpdate` in their strategies), by plural. */
const CREATED_BY_PUT: ReadonlyMap<string, string> = new Map([
  ['endpoints', ''],
  ['events', ''],
  ['limitranges', ''],
  ['services', ''],
  ['leases', 'coordination.k8s.io'],
  ['clusterrolebindings', 'rbac.authorization.k8s.io'],
  ['clusterroles', 'rbac.authorization.k8s.io'],
  ['rolebindings', 'rbac.authorization.k8s.io'],
  ['roles', 'rbac.authorization.k8s.io'],
  ['priorityclasses', 'scheduling.k8s.io'],
]);

/** PUT of an object, or of its `status` subresource. */
export const updateObject: ResourceHandler = (request) => {
  const { kind, store, info, server, query } = request;
  const options = readWriteOptions('UpdateOptions', query);
  const { dryRun, fieldValidation, fieldManager } = options;
  const { object, warnings } = decodeObject(request.request, kind, fieldValidation, server.kinds);
  const { name, namespace, subresource } = info;
  if ((object.metadata.name ?? '') === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  const mayCreate = subresource === '' && CREATED_BY_PUT.get(kind.plural) === kind.group;
  const { admit, validate } = admitUpdate(request, dryRun);
  let previous: KubeObject | undefined;
  const change = (stored: KubeObject): KubeObject => {
    previous = stored;
    return admit(differsInStatusOnly(kind, object, stored) ? object : defaultedForStorage(kind, object), stored);
  };
  const written = store.update(namespace, name, change, {
    dryRun,
    validate,
    subresource,
    managedFields: updateRecorder(request, fieldManager),
    expectedUid: object.metadata.uid || undefined,
    orCreate: mayCreate ? () => createByPut(request, object, options) : undefined,
  });
  const status = previous === undefined ? 201 : 200;
  return respondWithObject(request, status, written, warnings.concat(objectWarnings(kind, written, previous)));
};

/**
 * Whether a client within the process has changed nothing but the status of what it was given: all the rest is the stored
 * object's own and lacks nothing, and a status has no defaults.
 */
function differsInStatusOnly(kind: KindDescriptor, sent: KubeObject, stored: KubeObject): boolean {
  if (kind.storage !== undefined) return false;
  for (const key in sent) {
    if (key !== 'status' && sent[key as keyof KubeObject] !== stored[key as keyof KubeObject]) return false;
  }
  return true;
}

function createByPut(
  request: ResourceRequest,
  sent: KubeObject,
  { dryRun, fieldManager }: Pick<WriteOptions, 'dryRun' | 'fieldManager'>,
): KubeObject {
  const { kind, info, store, server } = request;
  checkIdentity(kind, sent.metadata, info.namespace, info.name);
  const { resourceVersion: _, ...metadata } = sent.metadata;
  const object = kind.applyDefaults?.(sent) ?? sent;
  const isNew = { ...object, metadata: metadata as KubeObject['metadata'] };
  const managedFields = recordCreation(server.creationFields, kind, object, fieldWriter(request, fieldManager));
  return store.create(info.namespace, toStorage(kind, isNew), admitCreation(request, dryRun, managedFields));
}
