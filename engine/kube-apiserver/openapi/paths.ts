import type { KindDescriptor } from '../../api/descriptor.ts';
import { apiVersionOf } from '../decode/object-decoder.ts';
import {
  COLLECTION,
  LIST_OPERATION,
  OBJECT,
  type Operation,
  PATCH_TYPES,
  type Parameter,
  PRETTY,
  pathParameter,
  proxied,
  SUBRESOURCES,
  type Subject,
} from './operations.ts';
import { groupVersionKind, listSchemaName, type OpenApiSchema } from './schemas.ts';

/** The operations of a path, by method. */
type PathItem = Readonly<Record<string, unknown>>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Definitions that operations of any kind refer to. */
export const SHARED_DEFINITIONS: readonly string[] = ['DeleteOptions', 'Patch', 'Status'].map(
  (name) => `${META}.${name}`,
);

/** What the subresources of some kinds take and give besides the kinds themselves. */
export function subresourceDefinitions(kinds: readonly KindDescriptor[]): readonly string[] {
  const names = kinds.flatMap(({ subresources }) =>
    subresources.map((name) => SUBRESOURCES[name]?.subject?.schema ?? ''),
  );
  return names.filter((name) => name !== '');
}

/** Every path of the given kinds with its operations. */
export function pathItems(kinds: readonly KindDescriptor[]): Readonly<Record<string, PathItem>> {
  const paths: Record<string, PathItem> = {};
  for (const kind of kinds) {
    const base = `${kind.group === '' ? '/api' : '/apis'}/${apiVersionOf(kind)}`;
    const scope = kind.namespaced ? [pathParameter('namespace')] : [];
    const collection = `${base}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
    const named = [...scope, pathParameter('name')];
    const scoped = kind.namespaced ? 'Namespaced' : '';
    paths[collection] = pathItem(kind, COLLECTION, scope, `${scoped}${kind.kind}`);
    if (kind.namespaced && kind.verbs.includes('list')) {
      paths[`${base}/${kind.plural}`] = pathItem(kind, [LIST_OPERATION], [], `${kind.kind}ForAllNamespaces`);
    }
    if (!kind.verbs.includes('get')) continue;
    paths[`${collection}/{name}`] = pathItem(kind, OBJECT, named, `${scoped}${kind.kind}`);
    for (const subresource of kind.subresources) {
      const found = subresource === 'proxy' ? proxied(kind.kind) : SUBRESOURCES[subresource];
      if (found === undefined) continue;
      const subject = `${scoped}${kind.kind}${capitalized(subresource)}`;
      const path = `${collection}/{name}/${subresource}`;
      paths[path] = pathItem(kind, found.operations, named, subject, found.subject);
      if (subresource !== 'proxy') continue;
      const below = [...named, pathParameter('path')];
      paths[`${path}/{path}`] = pathItem(kind, found.operations, below, `${subject}WithPath`, found.subject);
    }
  }
  return paths;
}

function pathItem(
  kind: KindDescriptor,
  operations: readonly Operation[],
  parameters: readonly Parameter[],
  subject: string,
  subjectKind?: Subject,
): PathItem {
  const served = operations.filter(({ verb }) => verb === undefined || kind.verbs.includes(verb));
  const methods = served.map((operation) => {
    const about = subjectKind ?? { ...kind, schema: kind.schema };
    return [operation.method, describeOperation(kind, operation, subject, about)] as const;
  });
  return { ...Object.fromEntries(methods), parameters: [...parameters, ...PRETTY] };
}

function describeOperation(kind: KindDescriptor, operation: Operation, subject: string, about: Subject) {
  const { parameters, body, action } = operation;
  const group = groupName(kind);
  return {
    tags: [`${group.charAt(0).toLowerCase()}${group.slice(1)}_${kind.version}`],
    operationId: operationId(operation, `${group}${capitalized(kind.version)}`, subject),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === 'none' ? {} : { requestBody: requestBody(kind, body, about.schema) }),
    responses: responses(operation, about.schema),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(about),
  };
}

/** `createCoreV1NamespacedPod`, `deleteAppsV1CollectionNamespacedDeployment`: client libraries make method names of it. */
function operationId({ action, method }: Operation, groupVersion: string, subject: string): string {
  if (action === 'deletecollection') return `delete${groupVersion}Collection${subject}`;
  if (action === 'connect') return `connect${groupVersion}${capitalized(method)}${subject}`;
  const words = { post: 'create', get: 'read', put: 'replace', list: 'list', patch: 'patch', delete: 'delete' };
  return `${words[action]}${groupVersion}${subject}`;
}

/** `rbac.authorization.k8s.io` → `RbacAuthorization`. */
function groupName({ group }: KindDescriptor): string {
  if (group === '') return 'Core';
  const parts = group.replace(/\.k8s\.io$/, '').split('.');
  return parts.map(capitalized).join('');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function responses({ action, answer }: Operation, schema: string) {
  const types = answer === 'text' ? ['text/plain'] : ['application/json', 'application/yaml'];
  const told: OpenApiSchema =
    answer === 'text'
      ? { type: 'string' }
      : reference(answer === 'status' ? `${META}.Status` : answer === 'list' ? listSchemaName(schema) : schema);
  const content = Object.fromEntries(types.map((type) => [type, { schema: told }]));
  const ok = { description: 'OK', content };
  const created = { description: 'Created', content };
  const accepted = { description: 'Accepted', content };
  return {
    200: ok,
    ...(action === 'post' || action === 'put' || action === 'patch' ? { 201: created } : {}),
    ...(action === 'post' || action === 'delete' ? { 202: accepted } : {}),
    401: { description: 'Unauthorized' },
  };
}

function reference(name: string): OpenApiSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function requestBody({ custom }: KindDescriptor, body: 'object' | 'options' | 'patch', schema: string) {
  if (body === 'options') return { content: { '*/*': { schema: reference(`${META}.DeleteOptions`) } } };
  if (body === 'object') return { content: { '*/*': { schema: reference(schema) } }, required: true };
  const patch = { schema: reference(`${META}.Patch`) };
  const types = custom === undefined ? PATCH_TYPES : PATCH_TYPES.filter((type) => !type.includes('strategic'));
  return { content: Object.fromEntries(types.map((type) => [type, patch])), required: true };
}
