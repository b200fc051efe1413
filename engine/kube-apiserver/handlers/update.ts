import { badRequest } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { type ResourceHandler, type ResourceRequest, respondWithObject } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { recordCreation } from '../managed-fields/record-update.ts';
import { checkIdentity } from '../registry/object-metadata.ts';
import { defaultedForStorage, toStorage } from '../registry/served-form.ts';
import { readWriteOptions, type WriteOptions } from '../write-options.ts';
import { admitCreation, admitUpdate, judgeUpdate } from './admission.ts';
import { fieldWriter, updateRecorder } from './field-writer.ts';
import { objectWarnings } from './warnings.ts';

/** Kinds that a PUT creates when they are not there (`AllowCreateOnUpdate` in their strategies). */
const CREATED_BY_PUT: ReadonlySet<string> = new Set([
  '/endpoints',
  '/events',
  '/limitranges',
  '/services',
  'coordination.k8s.io/leases',
  'rbac.authorization.k8s.io/clusterrolebindings',
  'rbac.authorization.k8s.io/clusterroles',
  'rbac.authorization.k8s.io/rolebindings',
  'rbac.authorization.k8s.io/roles',
  'scheduling.k8s.io/priorityclasses',
]);

/** PUT of an object, or of its `status` subresource. */
export const updateObject: ResourceHandler = (request) => {
  const { kind, store, info, server, query } = request;
  const { dryRun, fieldValidation, fieldManager } = readWriteOptions('UpdateOptions', query);
  const { object, warnings } = decodeObject(request.request, kind, fieldValidation, server.kinds);
  const { name, namespace } = info;
  if ((object.metadata.name ?? '') === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  const uid = object.metadata.uid ?? '';
  const mayCreate = info.subresource === '' && CREATED_BY_PUT.has(`${kind.group}/${kind.plural}`);
  if (mayCreate && store.find(namespace, name) === undefined) {
    return createByPut(request, object, warnings, { dryRun, fieldManager });
  }
  const defaulted = defaultedForStorage(kind, object);
  let previous: KubeObject | undefined;
  const change = (stored: KubeObject): KubeObject => {
    previous = stored;
    return admitUpdate(request, defaulted, stored, dryRun);
  };
  const updated = store.update(namespace, name, change, {
    dryRun,
    validate: judgeUpdate(request, dryRun),
    subresource: info.subresource,
    managedFields: updateRecorder(request, fieldManager),
    ...(uid === '' ? {} : { expectedUid: uid }),
  });
  return respondWithObject(request, 200, updated, [...warnings, ...objectWarnings(kind, updated, previous)]);
};

function createByPut(
  request: ResourceRequest,
  sent: KubeObject,
  warnings: readonly string[],
  { dryRun, fieldManager }: Pick<WriteOptions, 'dryRun' | 'fieldManager'>,
): ApiResponse {
  const { kind, info, store, server } = request;
  checkIdentity(kind, sent.metadata, info.namespace, info.name);
  const { resourceVersion: _, ...metadata } = sent.metadata;
  const object = kind.applyDefaults?.(sent) ?? sent;
  const isNew = { ...object, metadata: metadata as KubeObject['metadata'] };
  const created = store.create(info.namespace, toStorage(kind, isNew), {
    dryRun,
    ...admitCreation(request, dryRun),
    managedFields: recordCreation(server.creationFields, kind, object, fieldWriter(request, fieldManager)),
  });
  return respondWithObject(request, 201, created, [...warnings, ...objectWarnings(kind, created)]);
}
