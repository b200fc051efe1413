import { badRequest, internalError } from '../api/errors.ts';
import type { ApiResponse } from '../api/request.ts';
import { StatusError } from '../api/status-error.ts';
import { ConnectionError } from '../client/transport.ts';

/** A Status as an answer. */
function failure({ status }: StatusError): ApiResponse {
  return { status: status.code, headers: { 'content-type': 'application/json' }, body: status };
}

/** The simulated API server does not listen; a load balancer in front of a real one would say as much. */
function unavailable(why: string): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `the cluster's API server does not answer: ${why}`,
    reason: 'ServiceUnavailable',
    details: { retryAfterSeconds: 1 },
    code: 503,
  });
}

export function forbiddenOrigin(): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'this server answers only programs and pages of this machine',
    reason: 'Forbidden',
    code: 403,
  });
}

/** exec, attach and portforward need a connection of their own. SPDY, which kubectl before 1.31 spoke, is not served. */
export function notUpgradable(): StatusError {
  return badRequest('Upgrade request required: this subresource is served over WebSocket (v5.channel.k8s.io)');
}

/** Whatever went wrong, as a Status. */
export function answerTo(error: unknown): ApiResponse {
  if (error instanceof StatusError) return failure(error);
  if (error instanceof ConnectionError) return failure(unavailable(error.message));
  return failure(internalError(error instanceof Error ? error.message : String(error)));
}
