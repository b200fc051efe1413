import { badRequest, conflict, notFound, unexplained } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import { type ResourceHandler, type ResourceRequest, respondWithObject } from '../context.ts';
import { apiVersionOf, decodeFields } from '../decode/object-decoder.ts';
import { applyConfiguration } from '../managed-fields/apply.ts';
import { withLastApplied } from '../managed-fields/last-applied.ts';
import type { Entries } from '../managed-fields/managers.ts';
import { checkConfiguration } from '../managed-fields/typed-check.ts';
import { defaultedForStorage, fromStorage } from '../registry/served-form.ts';
import { requireVerb } from '../request-access.ts';
import { readWriteOptions, type WriteOptions } from '../write-options.ts';
import { admitCreation, admitUpdate } from './admission.ts';
import { fieldWriter } from './field-writer.ts';
import { objectWarnings } from './warnings.ts';

const KUBECTL = 'kubectl';

/** Server-side apply: https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
export function applyObject(request: ResourceRequest, body: unknown): ReturnType<ResourceHandler> {
  const { dryRun, fieldManager } = readWriteOptions('PatchOptions', request.query, true);
  const previous = request.store.find(request.info.namespace, request.info.name);
  const { object, created } = applyConfigurationTo(request, readConfiguration(request, body), { dryRun, fieldManager });
  return respondWithObject(request, created ? 201 : 200, object, objectWarnings(request.kind, object, previous));
}

/** Lays a configuration over what is stored, or makes it of nothing; returns it as stored. @throws StatusError */
export function applyConfigurationTo(
  request: ResourceRequest,
  configuration: KubeObject,
  { dryRun, fieldManager }: Pick<WriteOptions, 'dryRun' | 'fieldManager'>,
): { readonly object: KubeObject; readonly created: boolean } {
  const { store, info, query, kind } = request;
  const writer = fieldWriter(request, fieldManager, 'Apply');
  const force = query.flag('force');
  let managedFields: Entries = [];
  const apply = (stored: KubeObject | undefined): KubeObject => {
    const live = stored === undefined ? undefined : fromStorage(kind, stored);
    const applied = applyConfiguration(kind, live, configuration, writer, force);
    managedFields = applied.managedFields;
    const decoded = decodeFields(applied.object, kind, 'Ignore').object;
    const object = fieldManager === KUBECTL ? withLastApplied(decoded, configuration) : decoded;
    return defaultedForStorage(kind, object);
  };
  if (store.find(info.namespace, info.name) === undefined) {
    return { object: create(request, apply(undefined), managedFields, dryRun), created: true };
  }
  const { admit, validate } = admitUpdate(request, dryRun);
  const object = store.update(info.namespace, info.name, (live) => admit(apply(live), live), {
    dryRun,
    validate,
    subresource: info.subresource,
    managedFields: () => managedFields,
  });
  return { object, created: false };
}

/** What is not there is created, except through a subresource. */
function create(request: ResourceRequest, object: KubeObject, managedFields: Entries, dryRun: boolean): KubeObject {
  const { store, info, kind } = request;
  const { namespace, name } = info;
  if (info.subresource !== '') throw notFound(kind, name);
  requireVerb(request, 'create');
  if ((object.metadata.uid ?? '') !== '') {
    const why = `Precondition failed: UID in precondition: ${object.metadata.uid}, UID in object meta: `;
    throw conflict(kind, name, why);
  }
  const named = { ...object, metadata: { ...object.metadata, name } };
  return store.create(namespace, named, admitCreation(request, dryRun, managedFields));
}

/** The applied configuration, of the right kind and shape. @throws StatusError */
export function readConfiguration({ kind, info }: ResourceRequest, body: unknown): KubeObject {
  const configuration = body as KubeObject;
  const expected = apiVersionOf(kind);
  if (configuration.apiVersion !== expected || configuration.kind !== kind.kind) {
    const got = `${configuration.apiVersion ?? ''}, Kind=${configuration.kind ?? ''}`;
    throw badRequest(`invalid object type: ${got} (expected ${expected}, Kind=${kind.kind})`);
  }
  const metadata: Partial<KubeObject['metadata']> = configuration.metadata ?? {};
  if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  if ((metadata.name ?? info.name) !== info.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`);
  }
  const why = checkConfiguration(kind, configuration);
  if (why === undefined) return configuration;
  const object = `${metadata.namespace ?? ''}/${metadata.name ?? ''}; ${expected}, Kind=${kind.kind}`;
  throw unexplained(`failed to create typed patch object (${object}): ${why}`);
}
