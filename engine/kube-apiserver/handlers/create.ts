import { type ResourceHandler, respondWithObject } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { recordCreation } from '../managed-fields/record-update.ts';
import { toStorage } from '../registry/served-form.ts';
import { readWriteOptions } from '../write-options.ts';
import { admitCreation } from './admission.ts';
import { fieldWriter } from './field-writer.ts';
import { objectWarnings } from './warnings.ts';

export const createObject: ResourceHandler = (request) => {
  const { kind, store, info, server, query } = request;
  const { dryRun, fieldValidation, fieldManager } = readWriteOptions('CreateOptions', query);
  const { object, warnings, wasText } = decodeObject(request.request, kind, fieldValidation, server.kinds);
  const defaulted = kind.applyDefaults?.(object) ?? object;
  const isTracked = wasText || fieldManager !== '';
  const managedFields = isTracked
    ? recordCreation(server.creationFields, kind, defaulted, fieldWriter(request, fieldManager))
    : undefined;
  // A Namespace is created in itself.
  const namespace = kind.namespaced ? info.namespace : '';
  const options = admitCreation(request, dryRun, managedFields);
  const created = store.create(namespace, toStorage(kind, defaulted), options);
  return respondWithObject(request, 201, created, warnings.concat(objectWarnings(kind, created)));
};
