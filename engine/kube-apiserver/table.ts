import type { KindDescriptor, VersionCodec } from '../api/descriptor.ts';
import { badRequest, internalError, notAcceptableAs } from '../api/errors.ts';
import type { KubeList, KubeObject } from '../api/object.ts';
import type { WatchEvent } from '../api/request.ts';
import { StatusError } from '../api/status-error.ts';
import type { Negotiated } from './media-type.ts';
import { fromStorage } from './registry/served-form.ts';

/** `includeObject`: how much of each object comes with its row. */
type IncludeObject = 'None' | 'Metadata' | 'Object';

/** How objects of a kind are shown to one client. */
export interface Presentation {
  readonly object: (object: KubeObject) => unknown;
  readonly list: (list: KubeList<KubeObject>) => unknown;
  readonly event: (event: WatchEvent, first: boolean) => WatchEvent;
}

/** @throws StatusError for a value that is not one of three. */
function readIncludeObject(text: string): IncludeObject {
  if (text === '') return 'Metadata';
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text;
  const detail = `includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`;
  throw badRequest(`Unable to convert to Table as requested: ${detail}`);
}

/** @param nowMs the clock, since tables show ages; asked at each use. */
export function presentation(
  kind: KindDescriptor,
  as: Negotiated['as'],
  include: string,
  nowMs: () => number,
): Presentation {
  if (as === 'Table') {
    const shown = tables(kind, readIncludeObject(include), nowMs);
    return kind.codec === undefined ? shown : decodingEvents(kind.codec, shown);
  }
  const shown = as.startsWith('PartialObjectMetadata') ? metadataOnlyFor(kind, as) : AS_STORED;
  if (kind.codec !== undefined) return decodingEvents(kind.codec, shown);
  return kind.storage === undefined ? shown : inServedForm(kind, shown);
}

const AS_STORED: Presentation = {
  object: (object) => object,
  list: (list) => list,
  event: (event) => event,
};

/** Converts what is stored in another form before it is shown. */
function inServedForm(kind: KindDescriptor, shown: Presentation): Presentation {
  return {
    object: (object) => shown.object(fromStorage(kind, object)),
    list: (list) => shown.list({ ...list, items: list.items.map((item) => fromStorage(kind, item)) }),
    event: (event, first) => {
      const isObject = event.type !== 'ERROR' && event.type !== 'BOOKMARK';
      return shown.event(isObject ? { ...event, object: fromStorage(kind, event.object) } : event, first);
    },
  };
}

/**
 * Events come from storage as they are. One that cannot be converted ends the client's idea of the collection: it lists anew, and
 * then waits for the webhook or hears why that fails.
 */
function decodingEvents(codec: VersionCodec, shown: Presentation): Presentation {
  const event: Presentation['event'] = (given, first) => {
    if (given.type === 'ERROR' || given.type === 'BOOKMARK') return shown.event(given, first);
    let object: KubeObject;
    try {
      object = codec.decode(given.object);
    } catch (error) {
      const { status } = error instanceof StatusError ? error : internalError('the object has not been converted yet');
      return { type: 'ERROR', object: status as unknown as KubeObject };
    }
    return shown.event({ ...given, object }, first);
  };
  return { ...shown, event };
}

/** One is no list and a list is not one: who asks for the wrong one of the two gets neither. */
function metadataOnlyFor(kind: KindDescriptor, as: string): Presentation {
  const isList = as === 'PartialObjectMetadataList';
  const goType = `*${kind.group === '' ? 'core' : kind.group.split('.')[0]}.${kind.kind}`;
  const refuse = (what: string) => (): never => {
    throw notAcceptableAs(`you requested ${as}, but the requested object is ${what}`);
  };
  return {
    object: isList ? refuse(`not a list (${goType})`) : METADATA_ONLY.object,
    list: isList ? METADATA_ONLY.list : refuse(`a list (${goType}List)`),
    event: METADATA_ONLY.event,
  };
}

const METADATA_ONLY: Presentation = {
  object: metadataOnly,
  list: (list) => ({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: list.metadata,
    items: list.items.map(metadataOnly),
  }),
  event: (event) => (event.type === 'ERROR' ? event : { type: event.type, object: metadataOnly(event.object) }),
};

function metadataOnly(object: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function tables(kind: KindDescriptor, include: IncludeObject, nowMs: () => number): Presentation {
  const columnDefinitions = kind.columns.map(({ name, type, format = '', description, priority }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
  const shown = include === 'Object' ? (object: KubeObject) => object : metadataOnly;
  const row = (object: KubeObject) => ({
    cells: kind.columns.map((column) => column.cell(object, nowMs())),
    object: include === 'None' ? null : shown(fromStorage(kind, object)),
  });
  const table = (metadata: object, columns: unknown, objects: readonly KubeObject[]) => ({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns,
    rows: objects.map(row),
  });
  const single = (object: KubeObject, columns: unknown) =>
    table({ resourceVersion: object.metadata.resourceVersion }, columns, [object]);
  return {
    object: (object) => single(object, columnDefinitions),
    list: (list) => table(list.metadata, columnDefinitions, list.items),
    event: (event, first) => {
      if (event.type === 'ERROR') return event;
      // Only the first table of a watch brings its header.
      const columns = first ? columnDefinitions : null;
      const object =
        event.type === 'BOOKMARK' ? { ...table(event.object.metadata, columns, []) } : single(event.object, columns);
      return { type: event.type, object: object as unknown as KubeObject };
    },
  };
}
