import { badRequest } from '../../api/errors.ts';
import { type ResourceHandler, respondWithObject } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { finalizeNamespace } from '../registry/deletion.ts';
import { readWriteOptions } from '../write-options.ts';

/** PUT of `/finalize`: the only way to take away what keeps a terminating Namespace in being. */
export const updateFinalizers: ResourceHandler = (request) => {
  const { kind, store, info, query, server } = request;
  const { dryRun, fieldValidation } = readWriteOptions('UpdateOptions', query);
  const { object, warnings } = decodeObject(request.request, kind, fieldValidation, server.kinds);
  if (object.metadata.name !== info.name) {
    throw badRequest(
      `the name of the object (${object.metadata.name}) does not match the name on the URL (${info.name})`,
    );
  }
  return respondWithObject(request, 200, finalizeNamespace(store, info.name, object, dryRun), warnings);
};
