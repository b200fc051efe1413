import type { KindDescriptor, Verb } from '../api/descriptor.ts';
import { badRequest, methodNotAllowed, noSuchResource } from '../api/errors.ts';
import type { ApiRequest, RequestInfo } from '../api/request.ts';
import type { ResourceHandler } from './context.ts';
import { createObject } from './handlers/create.ts';
import { deleteCollection, deleteOne } from './handlers/delete.ts';
import { updateFinalizers } from './handlers/namespace-finalize.ts';
import { patchObject } from './handlers/patch.ts';
import { bindPod } from './handlers/pod-binding.ts';
import { podAttach, podExec, podLog, podPortForward } from './handlers/pod-connect.ts';
import { evictPod } from './handlers/pod-eviction.ts';
import { getObject, listCollection, watchCollection } from './handlers/read.ts';
import { getScale, patchScale, updateScale } from './handlers/scale.ts';
import { requestToken } from './handlers/token-request.ts';
import { updateObject } from './handlers/update.ts';
import type { Query } from './query.ts';
import { VERBS } from './request-access.ts';

type Method = ApiRequest['method'];
type Handlers = Readonly<Partial<Record<Method, ResourceHandler>>>;

/** Loaded late: nobody can ask for it before the first input. */
const proxy: ResourceHandler = (request) => request.server.proxying.handler()(request);

/** What can be done at a subresource, whichever kind has it. */
const SUBRESOURCES: Readonly<Record<string, Handlers>> = {
  status: { GET: getObject, PUT: updateObject, PATCH: patchObject },
  approval: { GET: getObject, PUT: updateObject, PATCH: patchObject },
  ephemeralcontainers: { GET: getObject, PUT: updateObject, PATCH: patchObject },
  resize: { GET: getObject, PUT: updateObject, PATCH: patchObject },
  scale: { GET: getScale, PUT: updateScale, PATCH: patchScale },
  binding: { POST: bindPod },
  eviction: { POST: evictPod },
  token: { POST: requestToken },
  log: { GET: podLog },
  exec: { GET: podExec, POST: podExec },
  attach: { GET: podAttach, POST: podAttach },
  portforward: { GET: podPortForward, POST: podPortForward },
  finalize: { PUT: updateFinalizers },
  proxy: { GET: proxy, HEAD: proxy, OPTIONS: proxy, POST: proxy, PUT: proxy, PATCH: proxy, DELETE: proxy },
};

const OBJECT: Readonly<Partial<Record<Method, readonly [Verb, ResourceHandler]>>> = {
  GET: ['get', getObject],
  PUT: ['update', updateObject],
  PATCH: ['patch', patchObject],
  DELETE: ['delete', deleteOne],
};

/** A request's verb, as authorization and discovery name it, and what serves it. */
export interface Route {
  readonly verb: string;
  readonly handler: ResourceHandler;
}

/** @throws StatusError for a method or a subresource that the kind does not have. */
export function route(kind: KindDescriptor, info: RequestInfo, method: Method, query: Query): Route {
  if (info.watch === true && (method !== 'GET' || info.subresource !== '')) throw methodNotAllowed();
  if (info.subresource !== '') return subresourceRoute(kind, info.subresource, method);
  if (info.name === '') return collectionRoute(kind, info, method, query);
  if (method === 'GET' && isWatch(info, query)) return allowed(kind, 'watch', watchCollection);
  // Custom resources may be created at their own path.
  if (method === 'POST' && kind.custom !== undefined) return allowed(kind, 'create', createObject);
  const found = OBJECT[method];
  if (found === undefined) throw methodNotAllowed();
  return allowed(kind, ...found);
}

function subresourceRoute(kind: KindDescriptor, subresource: string, method: Method): Route {
  const handlers = kind.subresources.includes(subresource) ? SUBRESOURCES[subresource] : undefined;
  if (handlers === undefined) throw noSuchResource();
  const handler = handlers[method];
  if (handler === undefined) throw methodNotAllowed();
  return { verb: VERBS[method], handler };
}

function collectionRoute(kind: KindDescriptor, info: RequestInfo, method: Method, query: Query): Route {
  switch (method) {
    case 'GET':
      return isWatch(info, query) ? allowed(kind, 'watch', watchCollection) : allowed(kind, 'list', listCollection);
    case 'POST':
      // Without a namespace there is no collection to add to.
      if (kind.namespaced && info.namespace === '') throw methodNotAllowed();
      return allowed(kind, 'create', createObject);
    case 'DELETE':
      return allowed(kind, 'deletecollection', deleteCollection);
    case 'PUT':
      if (kind.custom !== undefined) throw badRequest('name must be provided');
      throw methodNotAllowed();
    default:
      throw methodNotAllowed();
  }
}

function isWatch(info: RequestInfo, query: Query): boolean {
  return info.watch === true || query.flag('watch');
}

function allowed(kind: KindDescriptor, verb: Verb, handler: ResourceHandler): Route {
  if (!kind.verbs.includes(verb)) {
    const why = `${verb} not allowed while custom resource definition is terminating`;
    throw methodNotAllowed(kind.custom?.isTerminating === true ? why : undefined);
  }
  return { verb, handler };
}
