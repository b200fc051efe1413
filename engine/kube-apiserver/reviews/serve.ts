import { methodNotAllowed } from '../../api/errors.ts';
import type { ApiRequest, ApiResponse, RequestInfo, UserInfo } from '../../api/request.ts';
import { respond, type ServerContext } from '../context.ts';
import { decodeObject } from '../decode/object-decoder.ts';
import { bindPod } from '../handlers/pod-binding.ts';
import { negotiate } from '../media-type.ts';
import { Query } from '../query.ts';
import { readWriteOptions } from '../write-options.ts';
import { ACCESS_REVIEWS } from './access-reviews.ts';
import { IDENTITY_REVIEWS } from './identity-reviews.ts';
import { type Review, reviewKind } from './review.ts';

const REVIEWS: readonly Review[] = [...IDENTITY_REVIEWS, ...ACCESS_REVIEWS];

const BINDING = reviewKind({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Binding',
  answer: () => ({}),
});

/** Kinds that can only be created. */
export const CREATE_ONLY_KINDS = [BINDING, ...REVIEWS.map(reviewKind)];

/** Serves what can only be created; undefined when the path is about something else. */
export function serveCreateOnly(
  server: ServerContext,
  request: ApiRequest,
  info: RequestInfo,
  user: UserInfo,
): ApiResponse | undefined {
  const isAsked = ({ group, version, plural }: Pick<Review, 'group' | 'version' | 'plural'>) =>
    plural === info.resource && version === info.version && group === info.group;
  if (isAsked(BINDING)) return serveBinding(server, request, info, user);
  const review = REVIEWS.find(isAsked);
  if (review === undefined) return undefined;
  if (request.method !== 'POST' || info.name !== '') throw methodNotAllowed();
  negotiate(request.headers?.['accept'], { convertible: false, protobuf: request.writesProtobuf });
  const { fieldValidation } = readWriteOptions('CreateOptions', new Query(request));
  const { object, warnings } = decodeObject(request, reviewKind(review), fieldValidation, server.kinds);
  const status = review.answer(object as unknown as Readonly<Record<string, unknown>>, {
    server,
    user,
    namespace: info.namespace,
  });
  return respond(201, { ...object, status }, warnings);
}

/** `POST bindings`: the older way to bind a Pod, named in the body. */
function serveBinding(server: ServerContext, request: ApiRequest, info: RequestInfo, user: UserInfo): ApiResponse {
  const pods = server.resources.get('/v1/pods');
  if (pods === undefined || request.method !== 'POST' || info.name !== '') throw methodNotAllowed();
  const negotiated = negotiate(request.headers?.['accept'], { protobuf: request.writesProtobuf });
  const binding = { ...info, subresource: 'binding' };
  const query = new Query(request);
  return bindPod({ ...pods, server, request, info: binding, query, negotiated, user, warnings: [] });
}
