import type { ApiHandler, ApiRequest, ApiResponse, RequestInfo, UserInfo } from '../../api/request.ts';
import { StatusError } from '../../api/status-error.ts';
import { impersonate } from '../authentication/impersonation.ts';
import type { ServerContext } from '../context.ts';
import { BodySyntaxError, readBody } from '../decode/request-body.ts';
import { accessOf } from '../request-access.ts';
import { isLongRunning } from '../request-deadline.ts';
import { pathSegments, readRequestInfo } from '../request-info.ts';
import { type AuditedRequest, auditEvent } from './event.ts';
import type { Policy, Stage } from './policy.ts';
import { type AuditDecision, type Audited, decide } from './rules.ts';
import { untilItsEnd } from './streams.ts';

/** Where events go: each is one line of JSON. */
export type WriteEvent = (line: string) => void;

/**
 * Writes down what comes to a server and what becomes of it, as a policy says.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ . It stands around the server: what the server finds out for
 * itself (who asks, whether they may) is found out here once more, so that a server without a log pays nothing.
 */
export function auditedHandler(
  server: ServerContext,
  handle: ApiHandler,
  policy: Policy,
  write: WriteEvent,
): ApiHandler {
  const random = server.sim.random('kube-apiserver/audit');
  return (request, sourceIp) => {
    // Whoever looks on from outside the simulation was never here.
    if (request.outside === true) return handle(request, sourceIp);
    const info = request.info ?? readRequestInfo(pathSegments(request.path) ?? []);
    const audited = auditedOf(server, request, info);
    const decision = decide(policy, audited);
    if (decision.level === 'None') return handle(request, sourceIp);
    const about: AuditedRequest = {
      auditId: random.uuid(),
      level: decision.level,
      request,
      audited,
      impersonated: impersonatedBy(server, request, audited.user),
      version: info?.version ?? '',
      sourceIp,
      receivedMs: server.sim.wallMs,
    };
    const record = new AuditRecord(server, about, decision, info, write);
    record.received();
    server.audit.take();
    return record.answered(handle(request, sourceIp));
  };
}

/** The events of one request. */
class AuditRecord {
  readonly #server: ServerContext;
  readonly #about: AuditedRequest;
  readonly #decision: AuditDecision;
  readonly #info: RequestInfo | undefined;
  readonly #write: WriteEvent;

  constructor(
    server: ServerContext,
    about: AuditedRequest,
    decision: AuditDecision,
    info: RequestInfo | undefined,
    write: WriteEvent,
  ) {
    this.#server = server;
    this.#about = about;
    this.#decision = decision;
    this.#info = info;
    this.#write = write;
  }

  received(): void {
    if (this.#isWanted('RequestReceived')) {
      this.#write(JSON.stringify(auditEvent(this.#about, 'RequestReceived', this.#server.sim.wallMs)));
    }
  }

  /** The answer, written down; one that comes later, or goes on for a while, is when it has come or ended. */
  answered(response: ApiResponse): ApiResponse {
    const { later, watch, byteStream, session } = response;
    if (later !== undefined) {
      return { ...response, later: (listener, lost) => later((answer) => listener(this.answered(answer)), lost) };
    }
    const annotations = this.#annotations();
    const tell = (stage: Stage) => this.#tell(stage, response, annotations);
    if (this.#about.audited.user === undefined) tell('ResponseStarted');
    else if (watch === undefined && byteStream === undefined && session === undefined) {
      if (isLongRunning(this.#about.request)) tell('ResponseStarted');
      tell('ResponseComplete');
    } else {
      tell('ResponseStarted');
      return { ...response, ...untilItsEnd({ watch, byteStream, session }, () => tell('ResponseComplete')) };
    }
    return response;
  }

  #isWanted(stage: Stage): boolean {
    return !this.#decision.omitStages.includes(stage);
  }

  #tell(stage: Stage, response: ApiResponse, annotations: Readonly<Record<string, string>>): void {
    if (!this.#isWanted(stage)) return;
    const { omitManagedFields } = this.#decision;
    const outcome = { response, annotations, omitManagedFields, sent: this.#sent() };
    this.#write(JSON.stringify(auditEvent(this.#about, stage, this.#server.sim.wallMs, outcome)));
  }

  /** Whether the caller may, and what admission has said. */
  #annotations(): Readonly<Record<string, string>> {
    const { request, audited, impersonated } = this.#about;
    const said = this.#server.audit.take();
    const user = impersonated ?? audited.user;
    if (user === undefined) return said;
    const { allowed, reason } = this.#server.guard.authorize(accessOf(user, request, this.#info));
    return {
      'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid',
      'authorization.k8s.io/reason': reason,
      ...said,
    };
  }

  /** What came in the body: of an object what its kind makes of it, of a patch the patch itself. */
  #sent(): unknown {
    const { request } = this.#about;
    const value = bodyOf(request);
    const kind = this.#info && this.#server.served.find(this.#info)?.kind;
    const isWhole = request.method === 'POST' || request.method === 'PUT';
    if (!isWhole || this.#info?.subresource !== '' || kind?.applyDefaults === undefined) return value;
    try {
      return kind.applyDefaults(value as Parameters<typeof kind.applyDefaults>[0]);
    } catch {
      // What has not the kind's shape is refused; it is shown as it came.
      return value;
    }
  }
}

/** What the request is, by whom. Rules mean the sender, not whom the sender wants to be taken for. */
function auditedOf(server: ServerContext, request: ApiRequest, info: RequestInfo | undefined): Audited {
  const sender = senderOf(server, request);
  const access = { ...accessOf(sender ?? NOBODY, request, info), user: sender };
  return info === undefined ? { ...access, verb: request.method.toLowerCase() } : access;
}

const NOBODY: UserInfo = { username: '', groups: [] };

function senderOf({ authenticator }: ServerContext, request: ApiRequest): UserInfo | undefined {
  return unlessRefused(() => authenticator.userOf(request));
}

function impersonatedBy(server: ServerContext, request: ApiRequest, sender: UserInfo | undefined) {
  return sender && unlessRefused(() => impersonate(request, sender, server.guard));
}

function unlessRefused<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

/** Undefined for none, and for what nobody can read. */
function bodyOf(request: ApiRequest): unknown {
  const { body, headers } = request;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return body;
  if (body.length === 0) return undefined;
  const isYaml = headers?.['content-type']?.includes('yaml') === true;
  try {
    return readBody({ ...request, headers: { 'content-type': isYaml ? 'application/yaml' : 'application/json' } })
      .value;
  } catch (error) {
    if (error instanceof BodySyntaxError || error instanceof StatusError) return undefined;
    throw error;
  }
}
