import { badRequest, internalError, invalidObject } from '../../api/errors.ts';
import { invalid } from '../../api/field-errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiResponse } from '../../api/request.ts';
import { type ResourceHandler, type ResourceRequest, respondWithObject } from '../context.ts';
import { apiVersionOf, decodeFields, decodeObject } from '../decode/object-decoder.ts';
import { parseMediaType } from '../media-type.ts';
import { checkIdentity } from '../registry/object-metadata.ts';
import { readWriteOptions, type WriteOptions } from '../write-options.ts';
import { admitUpdate } from './admission.ts';
import { applyConfigurationTo, readConfiguration } from './apply.ts';
import { updateRecorder } from './field-writer.ts';
import { APPLY_PATCH, applyPatch, readPatch } from './patch.ts';
import { replicasOf, replicasPath, SCALE, type Scale, scaleOf, withReplicas } from './scale-fields.ts';

export const getScale: ResourceHandler = (request) => {
  const { kind, store, info } = request;
  const object = store.get(info.namespace, info.name);
  if (kind.custom !== undefined && replicasOf(kind, object) === undefined) {
    throw internalError(`the spec replicas field ".${replicasPath(kind).join('.')}" does not exist`);
  }
  return answer(request, object);
};

export const updateScale: ResourceHandler = (request) => {
  const { info, server, query } = request;
  const options = readWriteOptions('UpdateOptions', query);
  const { object, warnings } = decodeObject(request.request, SCALE, options.fieldValidation, server.kinds);
  if ((object.metadata.name ?? '') === '') {
    throw badRequest(`the name of the object (${info.name} based on URL) was undeterminable: name must be provided`);
  }
  request.warnings.push(...warnings);
  return answer(
    request,
    writeScale(request, () => object as Scale, options),
  );
};

export const patchScale: ResourceHandler = (request) => {
  const type = parseMediaType(request.request.headers?.['content-type'] ?? '').type;
  const options = readWriteOptions('PatchOptions', request.query, type === APPLY_PATCH);
  const { patch, duplicates } = readPatch(request, type);
  if (type === APPLY_PATCH) return applyScale(request, patch, options);
  const scaleRequest = { ...request, kind: SCALE };
  const change = (scale: Scale): Scale => {
    const patched = applyPatch(scaleRequest, type, scale, patch);
    const twice = options.fieldValidation === 'Ignore' ? [] : duplicates();
    const decoded = decodeFields(patched, SCALE, options.fieldValidation ?? 'Warn', undefined, twice);
    request.warnings.push(...decoded.warnings);
    return decoded.object as Scale;
  };
  return answer(request, writeScale(request, change, options));
};

/** What is applied to a scale is applied to the one field that it shows; a conflict names that field. */
function applyScale(request: ResourceRequest, patch: unknown, { dryRun, fieldManager }: WriteOptions): ApiResponse {
  const { kind, info, store } = request;
  const scale = readConfiguration({ ...request, kind: SCALE }, patch) as Scale;
  checkReplicas(request, scale);
  // Not there? Then there is nothing to scale.
  store.get(info.namespace, info.name);
  const bare = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name: info.name } } as KubeObject;
  const replicas = scale.spec?.replicas;
  const configuration = replicas === undefined ? bare : withReplicas(kind, bare, replicas);
  return answer(request, applyConfigurationTo(request, configuration, { dryRun, fieldManager }).object);
}

function answer(request: ResourceRequest, object: KubeObject): ApiResponse {
  return respondWithObject({ ...request, kind: SCALE }, 200, scaleOf(request.kind, object));
}

function writeScale(
  request: ResourceRequest,
  change: (scale: Scale) => Scale,
  { dryRun, fieldManager }: WriteOptions,
): KubeObject {
  const { kind, store, info } = request;
  const next = (stored: KubeObject): KubeObject => {
    const scale = change(scaleOf(kind, stored));
    checkIdentity(SCALE, scale.metadata, info.namespace, info.name);
    checkReplicas(request, scale);
    const resourceVersion = scale.metadata.resourceVersion ?? '';
    const scaled = withReplicas(kind, stored, scale.spec?.replicas ?? 0);
    return { ...scaled, metadata: { ...stored.metadata, resourceVersion } };
  };
  const { admit, validate } = admitUpdate(request, dryRun);
  return store.update(info.namespace, info.name, (stored) => admit(next(stored), stored), {
    dryRun,
    validate,
    subresource: info.subresource,
    managedFields: updateRecorder(request, fieldManager),
  });
}

function checkReplicas({ kind, info }: ResourceRequest, { spec }: Scale): void {
  const replicas = spec?.replicas ?? 0;
  if (replicas >= 0) return;
  if (kind.custom !== undefined) {
    const field = `.${replicasPath(kind).join('.')}`;
    throw invalidObject(kind, info.name, [invalid(field, replicas, 'should be a non-negative integer')]);
  }
  throw invalidObject(SCALE, info.name, [invalid('spec.replicas', replicas, 'must be greater than or equal to 0')]);
}
