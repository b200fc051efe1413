import type { HttpServerRequest } from '../../http.ts';
import { decode } from '../../stdio.ts';
import { type GoResponse, httpError, serveGo } from '../go/http-server.ts';
import type { Loose } from './admission-review.ts';
import type { Command } from './command.ts';
import { TLS_FLAGS } from './webhook.ts';

/**
 * Converts the custom resources of upstream's tests: version v1 says `hostPort: "host:port"`, v2 has two fields.
 * https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost/crd-conversion-webhook
 */
export const crdConversionWebhook: Command = {
  use: 'crd-conversion-webhook',
  short: 'Starts an HTTP server, useful for testing CustomResourceConversionWebhook',
  args: 0,
  flags: TLS_FLAGS,
  *run(process, flags) {
    const tls = { certificate: flags.string('tls-cert-file'), key: flags.string('tls-private-key-file') };
    return yield* serveGo(process, flags.number('port'), answer, { tls });
  },
};

function answer({ path, body }: HttpServerRequest): GoResponse {
  if (path === '/readyz') return { body: 'ok' };
  if (path !== '/crdconvert') return httpError(404, '404 page not found');
  let review: Loose;
  try {
    review = JSON.parse(decode(body));
  } catch (error) {
    return httpError(400, (error as Error).message);
  }
  const { request } = review;
  if (review.kind !== 'ConversionReview' || typeof request !== 'object')
    return httpError(400, 'expected a ConversionReview');
  const converted: Loose[] = [];
  let failure: string | undefined;
  for (const object of request.objects ?? []) {
    const result = convert(object, request.desiredAPIVersion);
    if (typeof result === 'string') failure ??= result;
    else converted.push(result);
  }
  const result = failure === undefined ? { status: 'Success' } : { status: 'Failed', message: failure };
  const response = { uid: request.uid, convertedObjects: failure === undefined ? converted : [], result };
  return {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ kind: 'ConversionReview', apiVersion: review.apiVersion, response }),
  };
}

/** The object in another version, or why not. */
function convert(object: Loose, wanted: string): Loose | string {
  const from = object.apiVersion;
  if (from === wanted) return `conversion from a version to itself should not call the webhook: ${wanted}`;
  const changed = { ...object, apiVersion: wanted };
  if (wanted.endsWith('/v2')) {
    const parts = String(object.hostPort ?? '').split(':');
    if (object.hostPort !== undefined && parts.length !== 2) return `invalid hostPort value \`${object.hostPort}\``;
    delete changed.hostPort;
    return object.hostPort === undefined ? changed : { ...changed, host: parts[0], port: parts[1] };
  }
  if (!wanted.endsWith('/v1')) return `unexpected conversion version ${JSON.stringify(wanted)}`;
  delete changed.host;
  delete changed.port;
  return object.host === undefined ? changed : { ...changed, hostPort: `${object.host}:${object.port}` };
}
