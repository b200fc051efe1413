import { type HttpAnswer, type HttpOutcome, type HttpRequest, NO_NETWORK, type SendHttp } from '../api/http-port.ts';
import type { WebhookClientConfig } from '../api/webhook-client-config.ts';
import type { Lookup } from './admission/admission.ts';
import { BodySyntaxError, readBody } from './decode/request-body.ts';
import type { Question } from './request-scope.ts';
import { resolveService } from './service-resolver.ts';

/** Where a webhook is, and by whom its certificate must be signed. */
export type WebhookTarget = WebhookClientConfig & {
  readonly caBundle?: string;
  /** Whether any certificate will do. */
  readonly insecure?: boolean;
};

/** What a webhook has answered: the object in the body, or why the call failed. */
export type WebhookAnswer = { readonly body: unknown } | { readonly error: string };

interface Url {
  readonly host: string;
  readonly port: number;
  /** With the query. */
  readonly path: string;
}

const HTTPS_PORT = 443;

/** Posts reviews to webhooks, of admission and of conversion. After k8s.io/apiserver `pkg/util/webhook/client.go`. */
export class WebhookClient {
  readonly #lookup: Lookup;
  readonly #send: SendHttp;

  /** @param send absent in a server without a network */
  constructor(lookup: Lookup, send: SendHttp = NO_NETWORK) {
    this.#lookup = lookup;
    this.#send = send;
  }

  /** The question of one call; its answer is a WebhookAnswer. */
  call(target: WebhookTarget, review: object, timeoutSeconds: number): Question {
    const body = JSON.stringify(review);
    const url = urlOf(target, timeoutSeconds);
    const address = `https://${url.host}:${url.port}${url.path}`;
    return {
      key: `${address} ${body}`,
      ask: (answered) => {
        const told = (outcome: HttpOutcome) =>
          answered('error' in outcome ? { error: `Post ${JSON.stringify(address)}: ${outcome.error}` } : read(outcome));
        const request = this.#request(target, url, body, timeoutSeconds);
        return 'error' in request ? told(request) : this.#send(request, told);
      },
    };
  }

  #request(
    { service, caBundle = '', insecure = false }: WebhookTarget,
    { host, port, path }: Url,
    body: string,
    timeoutSeconds: number,
  ): HttpRequest | { readonly error: string } {
    const { namespace = '', name = '' } = service ?? {};
    const at = service === undefined ? { host, port } : resolveService(this.#lookup, namespace, name, port);
    if ('error' in at) return at;
    return {
      method: 'POST',
      ...at,
      path,
      headers: {
        Host: `${host}:${port}`,
        'User-Agent': 'kube-apiserver-admission',
        Accept: 'application/json, */*',
        'Content-Type': 'application/json',
      },
      body,
      tls: { serverName: host, insecure, ...(caBundle === '' ? {} : { authorities: atob(caBundle) }) },
      timeoutMs: timeoutSeconds * 1000,
    };
  }
}

function urlOf({ service, url = '' }: WebhookTarget, timeoutSeconds: number): Url {
  const query = `?timeout=${timeoutSeconds}s`;
  if (service !== undefined) {
    const { name, namespace, port = HTTPS_PORT, path = '' } = service;
    return { host: `${name}.${namespace}.svc`, port, path: `/${path.replace(/^\/+/, '')}${query}` };
  }
  const [, host = '', port = `${HTTPS_PORT}`, path = ''] = /^https:\/\/([^/:]*)(?::(\d+))?([^?#]*)/.exec(url) ?? [];
  return { host, port: Number(port), path: `${path === '' ? '/' : path}${query}` };
}

/** The words of client-go for an answer that is none; after `NewGenericServerResponse` of apimachinery. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function read(answer: HttpAnswer): WebhookAnswer {
  const { status } = answer;
  const body = new TextDecoder().decode(answer.body);
  if (status < 200 || status > 206) {
    const words = JSON.stringify(body.trim().slice(0, 2048));
    const known = REFUSALS[status];
    if (known !== undefined) return { error: known };
    return {
      error:
        status >= 500
          ? `an error on the server (${words}) has prevented the request from succeeding`
          : `the server responded with the status code ${status} but did not return more information`,
    };
  }
  try {
    return {
      body: readBody({ method: 'POST', path: '', headers: { 'content-type': 'application/json' }, body }).value,
    };
  } catch (error) {
    if (error instanceof BodySyntaxError) return { error: error.message };
    throw error;
  }
}
