import type { HttpServerRequest } from '../../http.ts';
import type { FlagSpecs } from '../go/flags.ts';
import { type GoResponse, httpError, serveGo } from '../go/http-server.ts';
import { answerReview, readAdmissionReview } from './admission-review.ts';
import type { Command } from './command.ts';
import { DELAYS, VERDICTS } from './webhook-verdicts.ts';

export const TLS_FLAGS: FlagSpecs = {
  'tls-cert-file': { type: 'string', default: '', usage: 'File containing the default x509 Certificate for HTTPS.' },
  'tls-private-key-file': {
    type: 'string',
    default: '',
    usage: 'File containing the default x509 private key matching --tls-cert-file.',
  },
  port: { type: 'int', default: 443, usage: 'Secure port that the webhook listens on' },
};

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FOREVER_MS = 2 ** 31;

/** A server of admission webhooks, one at each path. */
export const webhook: Command = {
  use: 'webhook',
  short: 'Starts an HTTP server, useful for testing MutatingAdmissionWebhook and ValidatingAdmissionWebhook',
  args: 0,
  flags: {
    ...TLS_FLAGS,
    'sidecar-image': { type: 'string', default: '', usage: 'Image to be used as the injected sidecar' },
  },
  *run(process, flags) {
    const tls = { certificate: flags.string('tls-cert-file'), key: flags.string('tls-private-key-file') };
    return yield* serveGo(process, flags.number('port'), answer, { tls });
  },
};

function answer(request: HttpServerRequest): GoResponse {
  const { path, headers, body } = request;
  if (path === '/readyz') return { body: 'ok' };
  const judge = Object.hasOwn(VERDICTS, path) ? VERDICTS[path] : undefined;
  if (judge === undefined) return httpError(404, '404 page not found');
  const read = headers['content-type'] === 'application/json' ? readAdmissionReview(body) : undefined;
  if (read === undefined) return httpError(400, 'Request could not be decoded');
  const verdict = judge(read.asked);
  const response = { headers: JSON_TYPE, body: answerReview(read.review, verdict) };
  const delayMs = verdict.hangs === true ? FOREVER_MS : (DELAYS[path] ?? 0);
  if (delayMs === 0) return response;
  return {
    *child(child) {
      yield* child.sleep(delayMs);
      return response;
    },
  };
}
