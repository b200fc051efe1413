import type { KindDescriptor, Verb } from '../../api/descriptor.ts';
import { apiVersionOf } from '../decode/object-decoder.ts';
import { groupVersionKind, type OpenApiSchema } from './schemas.ts';

/** The operations of a path, by method. */
type PathItem = Readonly<Record<string, unknown>>;

const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

const STRING = { type: 'string' };
const BOOLEAN = { type: 'boolean' };
const INTEGER = { type: 'integer' };

function queryParameter(name: string, schema: OpenApiSchema = STRING) {
  return { name, in: 'query', schema };
}

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => queryParameter(name));
const PATCH_PARAMETERS = [...WRITE_PARAMETERS, queryParameter('force', BOOLEAN)];
const DELETE_PARAMETERS = [
  queryParameter('dryRun'),
  queryParameter('gracePeriodSeconds', INTEGER),
  queryParameter('propagationPolicy'),
];
const LIST_PARAMETERS = [
  queryParameter('allowWatchBookmarks', BOOLEAN),
  queryParameter('continue'),
  queryParameter('fieldSelector'),
  queryParameter('labelSelector'),
  queryParameter('limit', INTEGER),
  queryParameter('resourceVersion'),
  queryParameter('resourceVersionMatch'),
  queryParameter('sendInitialEvents', BOOLEAN),
  queryParameter('timeoutSeconds', INTEGER),
  queryParameter('watch', BOOLEAN),
];

/** What differs from operation to operation: the method, what authorization calls it, its query, whether it has a body. */
type Operation = readonly [
  method: string,
  action: Verb,
  parameters: readonly object[],
  body: 'none' | 'object' | 'patch',
];

const COLLECTION: readonly Operation[] = [
  ['get', 'list', LIST_PARAMETERS, 'none'],
  ['post', 'create', WRITE_PARAMETERS, 'object'],
  ['delete', 'deletecollection', [...DELETE_PARAMETERS, ...LIST_PARAMETERS], 'none'],
];
const OBJECT: readonly Operation[] = [
  ['get', 'get', [], 'none'],
  ['put', 'update', WRITE_PARAMETERS, 'object'],
  ['patch', 'patch', PATCH_PARAMETERS, 'patch'],
  ['delete', 'delete', DELETE_PARAMETERS, 'none'],
];
const STATUS = OBJECT.slice(0, 3);

/** Every path of the given kinds with its operations. */
export function pathItems(kinds: readonly KindDescriptor[]): Readonly<Record<string, PathItem>> {
  const paths: Record<string, PathItem> = {};
  for (const kind of kinds) {
    const base = `${kind.group === '' ? '/api' : '/apis'}/${apiVersionOf(kind)}`;
    const scope = kind.namespaced ? [pathParameter('namespace')] : [];
    const collection = `${base}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
    const named = [...scope, pathParameter('name')];
    paths[collection] = pathItem(kind, COLLECTION, scope);
    if (kind.namespaced) paths[`${base}/${kind.plural}`] = pathItem(kind, COLLECTION.slice(0, 1), []);
    paths[`${collection}/{name}`] = pathItem(kind, OBJECT, named);
    if (kind.subresources.includes('status')) paths[`${collection}/{name}/status`] = pathItem(kind, STATUS, named);
  }
  return paths;
}

function pathParameter(name: string) {
  return { name, in: 'path', required: true, schema: STRING };
}

function pathItem(kind: KindDescriptor, operations: readonly Operation[], parameters: readonly object[]): PathItem {
  const served = operations.filter(([, action]) => kind.verbs.includes(action));
  const methods = served.map((operation) => [operation[0], describeOperation(kind, operation)] as const);
  return { ...Object.fromEntries(methods), parameters };
}

function describeOperation(kind: KindDescriptor, [, action, parameters, body]: Operation) {
  const schema = { $ref: `#/components/schemas/${kind.schema}` };
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === 'none' ? {} : { requestBody: requestBody(body, schema) }),
    responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': ACTIONS[action] ?? action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
  };
}

/** Where the documents' word is not authorization's. */
const ACTIONS: Readonly<Partial<Record<Verb, string>>> = { create: 'post', update: 'put' };

function requestBody(body: 'object' | 'patch', schema: OpenApiSchema) {
  if (body === 'object') return { content: { '*/*': { schema } }, required: true };
  const content = PATCH_TYPES.map((type) => [type, { schema: { type: 'object' } }] as const);
  return { content: Object.fromEntries(content), required: true };
}
