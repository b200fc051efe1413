import { type NodeApi, NodeApiError } from '../../api/node-api.ts';
import { ANONYMOUS, type UserInfo } from '../../api/request.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';
import { ConnectionError } from '../../client/transport.ts';
import type { KubeletAccess } from '../../kubelet/index.ts';
import type { HttpServerRequest, HttpServerResponse } from '../../linux/http.ts';
import { writePem } from '../../linux/tls.ts';
import { certificateUser } from './certificate-user.ts';

/** What somebody shows a kubelet. */
export interface KubeletCaller {
  /** PEM, the caller's own certificate first. */
  readonly certificate?: string;
  readonly token?: string;
}

export interface KubeletDoorOptions {
  readonly nodeName: string;
  readonly nodeApi: NodeApi;
  /** The kubelet's own way to the API server. */
  readonly client: Client;
  readonly access: KubeletAccess;
  /** PEM; undefined where nobody is known by a certificate. */
  readonly clientCa: string | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** Makes what stands at a kubelet's port 10250. */
export type OpenKubeletDoor = (options: KubeletDoorOptions) => KubeletDoor;

/** How long an answer of the API server's is good for, as the real kubelet has it unless told. */
const TOKEN_MS = 2 * 60_000;
const ALLOWED_MS = 5 * 60_000;
const DENIED_MS = 30_000;
/** Most answers that are remembered. */
const MAX_ANSWERS = 1000;

/**
 * Who may ask a kubelet what. Who it is says a certificate of the clients' authority, or the API server of a token; what he may,
 * the API server says, of subresources of the node. After `cmd/kubelet/app/auth.go` and `pkg/kubelet/server/{auth,server}.go`.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
 */
export class KubeletDoor {
  readonly #options: KubeletDoorOptions;
  readonly #answers = new Map<string, { readonly value: unknown; readonly untilMs: number }>();

  constructor(options: KubeletDoorOptions) {
    this.#options = options;
  }

  /** What the API server asks, as whom it proves to be. Calls throw NodeApiError where that is not allowed. */
  nodeApiFor(caller: KubeletCaller): NodeApi {
    const { nodeApi } = this.#options;
    const enter = (verb: string, path: string) => this.#admit(caller, verb, path);
    return {
      containerLogs: (...call) => {
        enter('get', '/containerLogs');
        return nodeApi.containerLogs(...call);
      },
      exec: (...call) => {
        enter('create', '/exec');
        return nodeApi.exec(...call);
      },
      attach: (...call) => {
        enter('create', '/attach');
        return nodeApi.attach(...call);
      },
      portForward: (...call) => {
        enter('create', '/portForward');
        return nodeApi.portForward(...call);
      },
      usage: () => {
        enter('get', '/metrics/resource');
        return nodeApi.usage();
      },
      get: (path, query) => {
        enter('get', path);
        return nodeApi.get(path, query);
      },
    };
  }

  /** What port 10250 answers. */
  answer(request: HttpServerRequest): HttpServerResponse {
    const verb = VERBS[request.method] ?? '';
    const chain = request.tls?.clientChain ?? [];
    const certificate = chain.map((der) => writePem('CERTIFICATE', der)).join('');
    const token = /^Bearer +(.+)$/i.exec(request.headers['authorization'] ?? '')?.[1]?.trim();
    return this.#answering(request, () =>
      this.#admit({ ...(certificate && { certificate }), ...(token && { token }) }, verb, request.path),
    );
  }

  /** What the port answers at which anybody may look. */
  answerReadOnly(request: HttpServerRequest): HttpServerResponse {
    const isShown = READ_ONLY.some((path) => isBelow(request.path, path));
    return isShown ? this.#answering(request, () => {}) : { status: 404, body: '404 page not found\n' };
  }

  #answering(request: HttpServerRequest, admit: () => void): HttpServerResponse {
    try {
      admit();
      if (request.method !== 'GET') return { status: 405, body: '405: Method Not Allowed' };
      // The real one serves `/pods` and `/pods/` alike.
      const path = isBelow(request.path, '/logs') ? request.path : request.path.replace(/(?<=.)\/$/, '');
      const document = this.#options.nodeApi.get(path, new URLSearchParams(request.query));
      if (document === undefined) return { status: 404, body: '404 page not found\n' };
      const { status = 200, contentType, location, body } = document;
      return { status, headers: { 'Content-Type': contentType, ...(location && { Location: location }) }, body };
    } catch (error) {
      if (error instanceof NodeApiError) return { status: error.status, body: error.message };
      throw error;
    }
  }

  #admit(caller: KubeletCaller, verb: string, path: string): void {
    const user = this.#userOf(caller);
    if (user === undefined) throw new NodeApiError(401, 'Unauthorized');
    if (this.#options.access.mode === 'AlwaysAllow') return;
    const subresources = subresourcesOf(path);
    if (subresources.some((subresource) => this.#mayUse(user, verb, subresource))) return;
    throw new NodeApiError(
      403,
      `Forbidden (user=${user.username}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}])\n`,
    );
  }

  /** A certificate comes before a token; who shows either and is not believed is not nobody in particular, but refused. */
  #userOf({ certificate, token }: KubeletCaller): UserInfo | undefined {
    const { access, clientCa, nowMs } = this.#options;
    const looksAtCertificate = certificate !== undefined && clientCa !== undefined;
    if (looksAtCertificate) {
      const user = certificateUser(certificate, clientCa, nowMs());
      if (user !== undefined) return user;
    }
    const looksAtToken = token !== undefined && access.webhook;
    if (looksAtToken) {
      const user = this.#userOfToken(token);
      if (user !== undefined) return user;
    }
    return access.anonymous && !looksAtCertificate && !looksAtToken ? ANONYMOUS : undefined;
  }

  #userOfToken(token: string): UserInfo | undefined {
    return this.#remember(`token ${token}`, () => {
      const { authenticated, user } = this.#review('authentication.k8s.io', 'TokenReview', { token }) as TokenStatus;
      return authenticated === true && user !== undefined
        ? { value: { groups: [], ...user }, forMs: TOKEN_MS }
        : { value: undefined, forMs: 0 };
    });
  }

  #mayUse({ username, groups, extra }: UserInfo, verb: string, subresource: string): boolean {
    const name = this.#options.nodeName;
    const resourceAttributes = { verb, version: 'v1', resource: 'nodes', subresource, name };
    return this.#remember(`${username} ${groups.join()} ${verb} ${subresource}`, () => {
      const spec = { user: username, groups, ...(extra && { extra }), resourceAttributes };
      try {
        const status = this.#review('authorization.k8s.io', 'SubjectAccessReview', spec);
        const { allowed = false } = status as { allowed?: boolean };
        return { value: allowed, forMs: allowed ? ALLOWED_MS : DENIED_MS };
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
        const about = `user=${username}, verb=${verb}, resource=nodes, subresource=${subresource}`;
        throw new NodeApiError(500, `Authorization error (${about})`);
      }
    });
  }

  #review(group: string, kind: string, spec: unknown): unknown {
    const body = { apiVersion: `${group}/v1`, kind, metadata: {}, spec };
    const path = `/apis/${group}/v1/${kind.toLowerCase()}s`;
    const { body: answer } = this.#options.client.request({ method: 'POST', path, body });
    return (answer as { status: unknown }).status;
  }

  #remember<T>(key: string, ask: () => { readonly value: T; readonly forMs: number }): T {
    const nowMs = this.#options.nowMs();
    const known = this.#answers.get(key);
    if (known !== undefined && known.untilMs > nowMs) return known.value as T;
    const { value, forMs } = ask();
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    this.#answers.set(key, { value, untilMs: nowMs + forMs });
    return value;
  }
}

interface TokenStatus {
  readonly authenticated?: boolean;
  readonly user?: { readonly username: string; readonly groups?: readonly string[] };
}

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** What the read-only port shows. */
const READ_ONLY = ['/pods', '/healthz', '/stats/summary', '/metrics'];

/** What may be granted by itself, and what else grants it: `nodes/proxy` is the old right to nearly everything. */
const SUBRESOURCES: readonly (readonly [path: string, ...subresources: string[]])[] = [
  ['/pods', 'pods', 'proxy'],
  ['/runningpods', 'pods', 'proxy'],
  ['/healthz', 'healthz', 'proxy'],
  ['/configz', 'configz', 'proxy'],
  ['/statusz', 'statusz', 'proxy'],
  ['/stats', 'stats'],
  ['/metrics', 'metrics'],
  ['/logs', 'log'],
  ['/checkpoint', 'checkpoint'],
];

function subresourcesOf(path: string): readonly string[] {
  const [, ...found] = SUBRESOURCES.find(([prefix]) => isBelow(path, prefix)) ?? ['', 'proxy'];
  return found;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
