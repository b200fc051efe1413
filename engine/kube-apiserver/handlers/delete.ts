import type { KubeObject } from '../../api/object.ts';
import type { Status } from '../../api/status-error.ts';
import { presentationFor, type ResourceHandler, type ResourceRequest, respond, respondWithObject } from '../context.ts';
import { apiVersionOf, readObjectBody } from '../decode/object-decoder.ts';
import { type DeleteOptions, readDeleteOptions } from '../registry/delete-options.ts';
import { deleteObject } from '../registry/deletion.ts';
import { listObjects } from '../registry/list.ts';
import { readListOptions } from '../registry/list-options.ts';
import { storedKindOf } from '../registry/served-form.ts';
import { admitDeletion } from './admission.ts';
import { readFilter } from './read.ts';

/** Kinds that answer a deletion with the object instead of a Status (`ReturnDeletedObject`). */
const RETURN_DELETED: ReadonlySet<string> = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

export const deleteOne: ResourceHandler = (request) => {
  const { kind, store, info } = request;
  const options = withDefaultPropagation(request, readOptions(request));
  admitDeletion(request, isDryRun(options), store.find(info.namespace, info.name));
  const { object, deleted } = deleteObject(store, info.namespace, info.name, options);
  const foreground = options.propagationPolicy === 'Foreground' || options.orphanDependents === false;
  if (!deleted) return respondWithObject(request, foreground ? 202 : 200, object);
  if (RETURN_DELETED.has(kind.plural)) return respondWithObject(request, 200, object);
  return respond(200, deletionStatus(request, object), request.warnings);
};

/** Deletes what a list with the same parameters would give; answers with that list. */
export const deleteCollection: ResourceHandler = (request) => {
  const { store, kind, query } = request;
  const options = withDefaultPropagation(request, readOptions(request));
  const list = listObjects(store, readFilter(request), readListOptions(query, false));
  const dryRun = isDryRun(options);
  admitDeletion(request, dryRun, undefined);
  const items = list.items.map(({ metadata }) => {
    const stored = store.find(metadata.namespace ?? '', metadata.name);
    if (stored !== undefined) admitDeletion(request, dryRun, stored);
    return deleteObject(store, metadata.namespace ?? '', metadata.name, options).object;
  });
  const deleted = { ...list, apiVersion: apiVersionOf(kind), items };
  return respond(200, presentationFor(request).list(deleted), request.warnings);
};

/** Kinds whose dependents stay when a deletion says nothing of them (`DefaultGarbageCollectionPolicy`). */
const ORPHANING: ReadonlySet<string> = new Set(['batch/v1/jobs', '/v1/replicationcontrollers']);
const JOB_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set ' +
  'propagationPolicy=Orphan to suppress this warning';

/** Old clients that know nothing of the garbage collector must not lose Pods by it. */
function withDefaultPropagation({ kind, warnings }: ResourceRequest, options: DeleteOptions): DeleteOptions {
  if (options.propagationPolicy !== undefined || options.orphanDependents !== undefined) return options;
  if (!ORPHANING.has(`${kind.group}/${kind.version}/${kind.plural}`)) return options;
  if (kind.plural === 'jobs') warnings.push(JOB_WARNING);
  return { ...options, defaultOrphan: true };
}

function isDryRun({ dryRun }: DeleteOptions): boolean {
  return (dryRun?.length ?? 0) > 0;
}

function readOptions({ request, query }: ResourceRequest): DeleteOptions {
  const { body } = request;
  const empty =
    body === undefined ||
    body === null ||
    ((typeof body === 'string' || body instanceof Uint8Array) && body.length === 0);
  return readDeleteOptions(empty ? undefined : readObjectBody(request, 'DeleteOptions').value, query);
}

function deletionStatus({ kind }: ResourceRequest, { metadata }: KubeObject): Omit<Status, 'code'> {
  const { name, uid } = metadata;
  const stored = storedKindOf(kind);
  const group = stored.group === '' ? {} : { group: stored.group };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: kind.plural, uid },
  };
}
