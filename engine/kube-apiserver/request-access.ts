import { forbidden, resourceName } from '../api/errors.ts';
import type { ApiRequest, RequestInfo, UserInfo } from '../api/request.ts';
import { type Access, refusalOf } from './authorization/access.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { Query } from './query.ts';

/** What a method alone asks for. */
export const VERBS: Readonly<Record<ApiRequest['method'], string>> = {
  GET: 'get',
  HEAD: 'get',
  // Only who may do everything may do what has no name.
  OPTIONS: '',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NAMED = /(?:^|,)metadata\.name==?([^,]+)/;

/** What a request wants to do, as authorizers are asked. After k8s.io/apiserver pkg/endpoints/request/requestinfo.go. */
export function accessOf(user: UserInfo, request: ApiRequest, info: RequestInfo | undefined): Access {
  const verb = VERBS[request.method];
  if (info === undefined) {
    const nothing = { group: '', resource: '', subresource: '', namespace: '', name: '' };
    return { user, verb, ...nothing, path: request.path };
  }
  const { group, resource, subresource, name } = info;
  // A Namespace is in itself.
  const namespace = resource === 'namespaces' && group === '' ? name : info.namespace;
  const access = { user, verb, group, resource, subresource, namespace, name, path: '' };
  if (request.method !== 'GET' && request.method !== 'DELETE') return access;
  return request.query === undefined && name !== '' && info.watch !== true
    ? access
    : ofCollection(access, request, info);
}

/** A collection is listed, watched or deleted; one object of it can be meant all the same, by a field selector. */
function ofCollection(access: Access, request: ApiRequest, info: RequestInfo): Access {
  const query = new Query(request);
  const watches = request.method === 'GET' && (info.watch === true || query.flag('watch'));
  if (access.name !== '' && !watches) return access;
  if (access.subresource !== '') return access;
  const fieldSelector = query.text('fieldSelector');
  const name = access.name === '' ? (NAMED.exec(fieldSelector)?.[1] ?? '') : access.name;
  const verb = request.method === 'DELETE' ? 'deletecollection' : watches ? 'watch' : 'list';
  return { ...access, verb, name, fieldSelector };
}

/** @throws StatusError Forbidden when the server's authorizers do not allow it. */
export function requireAccess({ guard }: ServerContext, access: Access): void {
  const decision = guard.authorize(access);
  if (decision.allowed) return;
  throw forbidden(resourceName(access.resource, access.group), access.name, refusalOf(access, decision.reason));
}

/** The same for what a request turns out to need beside its own verb. @throws StatusError Forbidden */
export function requireVerb({ server, user, request, info }: ResourceRequest, verb: string): void {
  requireAccess(server, { ...accessOf(user, request, info), verb });
}
