import { stringify as stringifyYaml } from 'yaml';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { ServerContext } from './context.ts';
import { type Negotiated, negotiate, type Offer, protobufType } from './media-type.ts';

/** What a server serves at this moment. */
type Served = Pick<ServerContext, 'kinds'>;

/** Bodies are plain objects; a client that wants YAML gets text, and one that wants protobuf is given it by the transport. */
export function encode(served: Served, request: ApiRequest, response: ApiResponse): ApiResponse {
  const { body } = response;
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) return response;
  const accept = request.headers?.['accept'];
  if (accept === undefined || accept === 'application/json' || !/yaml|protobuf/.test(accept)) return response;
  const format = formatOf(accept, {
    protobuf: request.writesProtobuf === true && 'kind' in body && body.kind !== 'Table',
    custom: isCustom(served, body),
  });
  if (format === 'json') return response;
  const contentType = format === 'yaml' ? 'application/yaml' : protobufType(false);
  return {
    ...response,
    headers: { ...response.headers, 'content-type': contentType },
    body: format === 'yaml' ? stringifyYaml(body) : body,
  };
}

/** A refusal must not fail once more, be it because of what the client accepts. */
function formatOf(accept: string, offer: Offer): Negotiated['format'] {
  try {
    return negotiate(accept, offer).format;
  } catch {
    return 'json';
  }
}

/** Whether a body is a custom resource or a list of them. */
function isCustom({ kinds }: Served, body: { kind?: unknown; apiVersion?: unknown }): boolean {
  const { apiVersion, kind } = body;
  return kinds.some(
    (each) =>
      each.custom !== undefined &&
      (each.kind === kind || `${each.kind}List` === kind) &&
      `${each.group}/${each.version}` === apiVersion,
  );
}
