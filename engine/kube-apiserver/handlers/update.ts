import { badRequest } from '../../api/errors.ts';
import { type ResourceHandler, respondWithObject } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { defaultedForStorage } from '../registry/served-form.ts';
import { readWriteOptions } from '../write-options.ts';
import { admitUpdate, judgeUpdate } from './admission.ts';
import { updateRecorder } from './field-writer.ts';
import { finalizerWarnings } from './warnings.ts';

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
  const defaulted = defaultedForStorage(kind, object);
  const updated = store.update(namespace, name, (stored) => admitUpdate(request, defaulted, stored, dryRun), {
    dryRun,
    validate: judgeUpdate(request, dryRun),
    status: info.subresource === 'status',
    managedFields: updateRecorder(request, fieldManager),
    ...(uid === '' ? {} : { expectedUid: uid }),
  });
  return respondWithObject(request, 200, updated, [...warnings, ...finalizerWarnings(updated)]);
};
