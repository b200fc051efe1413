import type { KindDescriptor } from '../../api/descriptor.ts';
import { badRequest } from '../../api/errors.ts';
import { type FieldSelector, parseFieldSelector } from '../../api/field-selector.ts';
import { parseLabelSelector } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import { presentationFor, type ResourceHandler, type ResourceRequest, respond, respondWithObject } from '../context.ts';
import { protobufType } from '../media-type.ts';
import { listObjects } from '../registry/list.ts';
import { readListOptions } from '../registry/list-options.ts';
import type { ObjectFilter } from '../watch/object-filter.ts';

export const getObject: ResourceHandler = (request) => {
  const { store, info } = request;
  return respondWithObject(request, 200, store.get(info.namespace, info.name));
};

export const listCollection: ResourceHandler = (request) => {
  const options = readListOptions(request.query, false);
  const list = listObjects(request.store, readFilter(request), options);
  const plain = request.negotiated.as === '' && request.kind.storage === undefined;
  return respond(200, plain ? list : presentationFor(request).list(list), request.warnings);
};

export const watchCollection: ResourceHandler = (request) => {
  const options = readListOptions(request.query, true);
  // What a webhook has to convert first, it converts before the watch begins.
  if (request.kind.codec !== undefined) request.store.all(request.info.namespace || undefined);
  const watch = request.watchCache.watch({
    filter: readFilter(request),
    revision: options.revision,
    allowBookmarks: options.allowBookmarks,
    sendInitialEvents: options.sendInitialEvents,
    timeoutSeconds: options.timeoutSeconds,
    present: presentationFor(request).event,
  });
  const { headers } = respond(200, undefined, request.warnings);
  if (request.negotiated.format !== 'protobuf') return { status: 200, headers, watch };
  return { status: 200, headers: { ...headers, 'content-type': protobufType(true) }, watch };
};

/** The selectors of a list, watch or deletecollection. @throws StatusError BadRequest */
export function readFilter({ query, info, kind }: Pick<ResourceRequest, 'query' | 'info' | 'kind'>): ObjectFilter {
  let fields: FieldSelector;
  try {
    fields = parseFieldSelector(query.text('fieldSelector'));
    const filter = { namespace: info.namespace, labels: parseLabelSelector(query.text('labelSelector')), fields };
    checkFields(kind, fields);
    // A watch of one object may also be asked for by its name in the path.
    if (info.name === '') return filter;
    return { ...filter, fields: parseFieldSelector(`metadata.name=${info.name}`) };
  } catch (error) {
    if ((error as Error).name !== 'Error') throw error;
    throw badRequest((error as Error).message);
  }
}

function checkFields(kind: KindDescriptor, selector: FieldSelector): void {
  if (selector.isEmpty) return;
  const own = kind.selectableFields?.(EMPTY_OBJECT);
  for (const { field } of selector.requirements) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || (own !== undefined && field in own)) continue;
    if (own !== undefined) throw badRequest(`field label not supported: ${field}`);
    const only = 'only "metadata.name", "metadata.namespace"';
    throw badRequest(`${JSON.stringify(field)} is not a known field selector: ${only}`);
  }
}

/** Of which only the names of its selectable fields are asked. */
const EMPTY_OBJECT = {
  apiVersion: '',
  kind: '',
  metadata: { name: '' },
  spec: {},
  status: {},
} as unknown as KubeObject;
