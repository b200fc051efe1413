import type { KubeObject } from '../../api/object.ts';
import type { ApiRequest, ApiResponse, UserInfo } from '../../api/request.ts';
import type { Level, Stage } from './policy.ts';
import type { Audited } from './rules.ts';

/** What is known of a request when it has come. */
export interface AuditedRequest {
  readonly auditId: string;
  readonly level: Level;
  readonly request: ApiRequest;
  /** Whom the rules were asked about: who has sent it. */
  readonly audited: Audited;
  /** Whom the sender has asked to be taken for. */
  readonly impersonated: UserInfo | undefined;
  readonly version: string;
  readonly sourceIp: string | undefined;
  readonly receivedMs: number;
}

/** What has become of it. */
export interface AuditOutcome {
  readonly response: ApiResponse;
  readonly annotations: Readonly<Record<string, string>>;
  /** What was sent, with the defaults of its kind. */
  readonly sent: unknown;
  readonly omitManagedFields: boolean;
}

/** https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event */
export function auditEvent(about: AuditedRequest, stage: Stage, nowMs: number, outcome?: AuditOutcome): object {
  const { level, request, audited, impersonated, sourceIp } = about;
  const userAgent = request.headers?.['user-agent'];
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: about.auditId,
    stage,
    requestURI: requestUri(request),
    verb: audited.verb,
    user: audited.user ?? {},
    ...(impersonated === undefined ? {} : { impersonatedUser: impersonated }),
    ...(sourceIp === undefined ? {} : { sourceIPs: [sourceIp] }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(audited.path === '' ? { objectRef: objectRef(about, outcome?.sent) } : {}),
    ...(outcome === undefined ? {} : { responseStatus: responseStatus(outcome.response) }),
    ...(outcome === undefined ? {} : bodies(level, outcome)),
    requestReceivedTimestamp: microTime(about.receivedMs),
    stageTimestamp: microTime(nowMs),
    ...(outcome === undefined || Object.keys(outcome.annotations).length === 0
      ? {}
      : { annotations: outcome.annotations }),
  };
}

function requestUri({ path, query = {} }: ApiRequest): string {
  const parameters = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}

/** What the path names, and what the object that was sent says beyond that. */
function objectRef({ audited, version }: AuditedRequest, sent: unknown): object {
  const { metadata } = (isObject(sent) ? sent : {}) as Partial<KubeObject>;
  const { resource, group, subresource } = audited;
  const all = {
    resource,
    namespace: audited.namespace || metadata?.namespace,
    name: audited.name || metadata?.name,
    uid: metadata?.uid,
    apiGroup: group,
    apiVersion: version,
    resourceVersion: metadata?.resourceVersion,
    subresource,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
}

function responseStatus({ status: code, body }: ApiResponse): object {
  if (!isObject(body) || body['kind'] !== 'Status') return { metadata: {}, code };
  const { status, message, reason, details } = body;
  return { metadata: {}, status, message, reason, details, code: body['code'] ?? code };
}

function bodies(level: Level, { sent, response, omitManagedFields }: AuditOutcome): object {
  const shown = (object: unknown) => (omitManagedFields ? withoutManagedFields(object) : object);
  const requestObject = level === 'Metadata' || sent === undefined ? {} : { requestObject: shown(sent) };
  const answers = level === 'RequestResponse' && isObject(response.body);
  return answers ? { ...requestObject, responseObject: shown(response.body) } : requestObject;
}

function withoutManagedFields(object: unknown): unknown {
  if (!isObject(object)) return object;
  const { metadata, items } = object;
  if (Array.isArray(items)) return { ...object, items: items.map(withoutManagedFields) };
  if (!isObject(metadata) || !('managedFields' in metadata)) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function microTime(ms: number): string {
  const micros = String(Math.floor(ms * 1000) % 1_000_000).padStart(6, '0');
  return `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`;
}
