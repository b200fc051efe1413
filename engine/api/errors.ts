import type { FieldError } from './field-error.ts';
import { type Status, type StatusCause, StatusError } from './status-error.ts';

// One factory per reason, worded as k8s.io/apimachinery/pkg/api/errors/errors.go words them.

/** A resource or a kind with its group, as messages name it. */
interface Named {
  readonly group: string;
}
type ResourceName = Named & { readonly plural: string };
type KindName = Named & { readonly kind: string };

/** The resources that some errors are about have no descriptor of their own. */
export function resourceName(plural: string, group = ''): ResourceName {
  return { plural, group };
}

/** `pods`, `deployments.apps`. */
function qualifiedResource({ plural, group }: ResourceName): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function qualifiedKind({ kind, group }: KindName): string {
  return group === '' ? kind : `${kind}.${group}`;
}

function failure(code: number, reason: string, message: string, details?: Status['details']): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

function detailsOf(name: string, group: string, kind: string): NonNullable<Status['details']> {
  return {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(kind === '' ? {} : { kind }),
  };
}

export function notFound(resource: ResourceName, name: string): StatusError {
  const message = `${qualifiedResource(resource)} "${name}" not found`;
  return failure(404, 'NotFound', message, detailsOf(name, resource.group, resource.plural));
}

/** No such path: the request is about nothing the server knows. */
export function noSuchResource(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: ResourceName, name: string): StatusError {
  const message = `${qualifiedResource(resource)} "${name}" already exists`;
  return failure(409, 'AlreadyExists', message, detailsOf(name, resource.group, resource.plural));
}

export function generateNameConflict(resource: ResourceName, name: string): StatusError {
  const message = `${qualifiedResource(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`;
  const details = { ...detailsOf(name, resource.group, resource.plural), retryAfterSeconds: 1 };
  return failure(409, 'AlreadyExists', message, details);
}

export function conflict(resource: ResourceName, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(resource)} "${name}": ${why}`;
  return failure(409, 'Conflict', message, detailsOf(name, resource.group, resource.plural));
}

/** The conflict of a write that started from an old resourceVersion. */
export function modifiedConflict(resource: ResourceName, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(resource, name, why);
}

/** An apply that meets fields of other managers. */
export function applyConflicts(message: string, causes: readonly StatusCause[]): StatusError {
  return failure(409, 'Conflict', message, { causes });
}

/** `name` may be empty for a request about a collection. */
export function forbidden(resource: ResourceName, name: string, why: string, cause?: StatusCause): StatusError {
  const what = qualifiedResource(resource);
  // A path that is no resource has no subject.
  const subject = what === '' ? '' : name === '' ? `${what} is ` : `${what} "${name}" is `;
  const details = detailsOf(name, resource.group, resource.plural);
  const causes = cause === undefined ? {} : { causes: [cause] };
  return failure(403, 'Forbidden', `${subject}forbidden: ${why}`, { ...details, ...causes });
}

/** The message folds identical errors, the causes do not. */
export function invalidObject(kind: KindName, name: string, errors: readonly FieldError[]): StatusError {
  const sentences = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const list = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
  const causes = errors.map(({ type, message, field }) => ({ reason: type, message, field }));
  const message = `${qualifiedKind(kind)} "${name}" is invalid: ${list}`;
  return failure(422, 'Invalid', message, { ...detailsOf(name, kind.group, kind.kind), causes });
}

/** A request that contradicts itself or the object, without a field to blame (a JSON patch that does not apply). */
export function unprocessable(): StatusError {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

export function unauthorized(): StatusError {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** What would be refused now may be granted later. */
export function tooManyRequests(message: string, cause?: StatusCause, retryAfterSeconds?: number): StatusError {
  const retry = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return failure(429, 'TooManyRequests', message, { ...(cause && { causes: [cause] }), ...retry });
}

export function notImplemented(why: string): StatusError {
  return failure(501, 'NotImplemented', why, {});
}

/** It takes longer than it may; what it was about may still happen. */
export function requestTimeout(why: string): StatusError {
  return failure(504, 'Timeout', `Timeout: ${why}`, {});
}

export function methodNotAllowed(
  message = 'the server does not allow this method on the requested resource',
): StatusError {
  return failure(405, 'MethodNotAllowed', message, {});
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return failure(406, 'NotAcceptable', message);
}

/** A representation that this very answer cannot have. */
export function notAcceptableAs(why: string): StatusError {
  return failure(406, 'NotAcceptable', why);
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure(415, 'UnsupportedMediaType', message);
}

export function requestEntityTooLarge(limitBytes: number): StatusError {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`);
}

/** The revision asked for has been compacted away. */
export function expired(message: string): StatusError {
  return failure(410, 'Expired', message);
}

/** A resourceVersion that is still to come. */
export function resourceVersionTooLarge(asked: string, current: number): StatusError {
  return failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** What stands behind the server cannot be reached. */
export function serviceUnavailable(message: string): StatusError {
  return failure(503, 'ServiceUnavailable', message);
}

export function internalError(message: string): StatusError {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** A failure the real server has no reason for: it passes on the words of what failed. */
export function unexplained(message: string, code = 500): StatusError {
  return failure(code, '', message);
}

/** The field errors of what a request brings besides an object: `CreateOptions`, `ListOptions`, … */
export function invalidOptions(kind: string, errors: readonly FieldError[]): StatusError {
  return invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
}

/** What another server (a kubelet) answered, where its own words do not travel as they are. */
export function serverResponse(code: number, resource: ResourceName, name: string, words: string): StatusError {
  const known: Readonly<Record<number, readonly [string, string]>> = {
    401: ['Unauthorized', 'the server has asked for the client to provide credentials'],
    403: ['Forbidden', words],
    404: ['NotFound', 'the server could not find the requested resource'],
    409: ['Conflict', 'the server reported a conflict'],
    503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  };
  const fallback = `the server responded with the status code ${code} but did not return more information`;
  const [reason, message] = known[code] ?? ['', fallback];
  return failure(code, reason, `${message} ( ${qualifiedResource(resource)} ${name})`, {
    ...detailsOf(name, resource.group, resource.plural),
    causes: [{ reason: 'UnexpectedServerResponse', message: words }],
  });
}
