import type { KubeObject } from '../../api/object.ts';
import { admit } from '../admission/index.ts';
import { type ResourceHandler, respondWithObject } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { readWriteOptions } from '../write-options.ts';
import { finalizerWarnings } from './warnings.ts';

export const createObject: ResourceHandler = (request) => {
  const { kind, store, info, server, query } = request;
  const { dryRun, fieldValidation } = readWriteOptions('CreateOptions', query);
  const { object, warnings } = decodeObject(request.request, kind, fieldValidation, server.kinds);
  const defaulted = kind.applyDefaults?.(object) ?? object;
  // A Namespace is created in itself.
  const namespace = kind.namespaced ? info.namespace : '';
  const created = store.create(namespace, defaulted, {
    dryRun,
    admit: (each: KubeObject) =>
      admit({ operation: 'CREATE', kind, namespace, name: each.metadata.name }, each, server.lookup),
  });
  return respondWithObject(request, 201, created, [...warnings, ...finalizerWarnings(created)]);
};
