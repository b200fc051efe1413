import type { Ingress } from '../api/kinds.ts';
import type { Options } from './options.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

/** What an Ingress asks for by its annotations. https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ */
export interface Annotations {
  readonly rewriteTarget: string;
  readonly useRegex: boolean;
  readonly appRoot: string;
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly redirect: { readonly url: string; readonly code: number } | undefined;
  readonly forwardedPrefix: string;
  readonly canary: Canary | undefined;
  readonly bodySize: string;
  readonly connectTimeout: string;
  readonly readTimeout: string;
  readonly sendTimeout: string;
  readonly nextUpstream: string;
  readonly nextUpstreamTries: string;
  readonly httpVersion: string;
  readonly customErrors: readonly string[];
  readonly serverAliases: readonly string[];
  readonly upstreamVhost: string;
  readonly hashBy: string;
  readonly serviceUpstream: boolean;
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
  readonly limitRps: number;
  readonly limitRpm: number;
  readonly limitBurst: number;
  readonly auth: { readonly secret: string; readonly realm: string } | undefined;
  readonly cors: { readonly origin: string; readonly methods: string; readonly headers: string } | undefined;
  readonly affinityCookie: string | undefined;
  readonly accessLog: boolean;
  readonly locationSnippet: string;
  readonly serverSnippet: string;
  /** Why nothing of it is let in, if that is so. */
  readonly refusal: string | undefined;
  readonly complaints: readonly string[];
}

export interface Canary {
  readonly header: string;
  readonly headerValue: string;
  readonly headerPattern: string;
  readonly cookie: string;
  readonly weight: number;
  readonly weightTotal: number;
}

const TEXT = /^[^\s"'`;{}\\]*$/;
const SIZE = /^\d+[bkmg]?$/i;
const NUMBER = /^\d+$/;
const NAME = /^[\w-]+$/;
const BOOL = /^(true|false)$/i;

/** Reads annotations one by one, and keeps what is wrong with them. */
class Reader {
  readonly complaints: string[] = [];
  refusal: string | undefined;
  readonly #annotations: Readonly<Record<string, string>>;

  constructor(ingress: Ingress) {
    this.#annotations = ingress.metadata.annotations ?? {};
  }

  raw(name: string): string | undefined {
    const key = PREFIX + name;
    return Object.hasOwn(this.#annotations, key) ? this.#annotations[key]!.trim() : undefined;
  }

  /** A value that is not fit is as if it were not there. */
  text(name: string, fit: RegExp, otherwise = ''): string {
    const value = this.raw(name);
    if (value === undefined || value === '') return otherwise;
    if (fit.test(value)) return value;
    this.complaints.push(`annotation ${PREFIX}${name} contains invalid value, defaulting to '${otherwise}'`);
    return otherwise;
  }

  number(name: string, otherwise: number): number {
    return Number(this.text(name, NUMBER, String(otherwise)));
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.text(name, BOOL, String(otherwise)).toLowerCase() === 'true';
  }

  list(name: string): readonly string[] {
    return (this.raw(name) ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  }

  refuse(why: string): void {
    this.refusal ??= why;
  }
}

export function readAnnotations(ingress: Ingress, options: Options): Annotations {
  const reader = new Reader(ingress);
  const protocol = reader.text('backend-protocol', /^(HTTP|HTTPS|GRPC|GRPCS|FCGI|AUTO_HTTP)$/i, 'HTTP').toUpperCase();
  if (!['HTTP', 'AUTO_HTTP'].includes(protocol)) reader.refuse(`backend-protocol ${protocol} is not there`);
  for (const name of ['auth-url', 'mirror-target', 'auth-tls-secret', 'limit-connections'])
    if (reader.raw(name) !== undefined)
      reader.complaints.push(`annotation ${PREFIX}${name} is not there and changes nothing`);
  const seconds = (name: 'connect' | 'read' | 'send') =>
    reader.text(`proxy-${name}-timeout`, NUMBER, options[`proxy-${name}-timeout`]);
  const parts = {
    rewriteTarget: reader.text('rewrite-target', TEXT),
    useRegex: reader.flag('use-regex', false),
    appRoot: appRootOf(reader),
    sslRedirect: reader.flag('ssl-redirect', options['ssl-redirect'] === 'true'),
    forceSslRedirect: reader.flag('force-ssl-redirect', options['force-ssl-redirect'] === 'true'),
    redirect: redirectOf(reader),
    forwardedPrefix: reader.text('x-forwarded-prefix', TEXT),
    canary: canaryOf(reader),
    bodySize: reader.text('proxy-body-size', SIZE, options['proxy-body-size']),
    connectTimeout: seconds('connect'),
    readTimeout: seconds('read'),
    sendTimeout: seconds('send'),
    nextUpstream: reader.text('proxy-next-upstream', /^[a-z0-9_ ]+$/, options['proxy-next-upstream']),
    nextUpstreamTries: reader.text('proxy-next-upstream-tries', NUMBER, options['proxy-next-upstream-tries']),
    httpVersion: reader.text('proxy-http-version', /^1\.[01]$/, '1.1'),
    customErrors: reader.list('custom-http-errors').filter((code) => /^[345]\d\d$/.test(code)),
    serverAliases: reader.list('server-alias').filter((alias) => /^[*\w.~^$()[\]+?\\-]+$/.test(alias)),
    upstreamVhost: reader.text('upstream-vhost', /^[\w.:$-]+$/),
    hashBy: reader.text('upstream-hash-by', /^[\w$-]+$/),
    serviceUpstream: reader.flag('service-upstream', false),
    allowed: networks(reader, ['whitelist-source-range', 'allowlist-source-range'], options['whitelist-source-range']),
    denied: networks(reader, ['denylist-source-range'], ''),
    limitRps: reader.number('limit-rps', 0),
    limitRpm: reader.number('limit-rpm', 0),
    limitBurst: reader.number('limit-burst-multiplier', 5),
    auth: authOf(reader, ingress),
    cors: corsOf(reader),
    affinityCookie:
      reader.text('affinity', /^cookie$/) === ''
        ? undefined
        : reader.text('session-cookie-name', NAME, 'INGRESSCOOKIE'),
    accessLog: reader.flag('enable-access-log', true),
    ...snippetsOf(reader, options),
  };
  return { ...parts, refusal: reader.refusal, complaints: reader.complaints };
}

function appRootOf(reader: Reader): string {
  return reader.text('app-root', /^\/[^\s"'`;{}\\]*$/);
}

function redirectOf(reader: Reader): Annotations['redirect'] {
  const temporal = reader.text('temporal-redirect', TEXT);
  if (temporal !== '') return { url: temporal, code: reader.number('temporal-redirect-code', 302) };
  const permanent = reader.text('permanent-redirect', TEXT);
  if (permanent === '') return undefined;
  const code = reader.number('permanent-redirect-code', 301);
  return { url: permanent, code: code >= 300 && code <= 308 ? code : 301 };
}

function canaryOf(reader: Reader): Canary | undefined {
  if (!reader.flag('canary', false)) return undefined;
  return {
    header: reader.text('canary-by-header', NAME),
    headerValue: reader.text('canary-by-header-value', /^[\w.,:/-]+$/),
    headerPattern: reader.text('canary-by-header-pattern', /^[^\s"'`;{}]+$/),
    cookie: reader.text('canary-by-cookie', NAME),
    weight: reader.number('canary-weight', 0),
    weightTotal: reader.number('canary-weight-total', 100),
  };
}

function networks(reader: Reader, names: readonly string[], otherwise: string): readonly string[] {
  const found = names.flatMap((name) => reader.list(name));
  const all = found.length > 0 ? found : otherwise.split(',').filter((each) => each !== '');
  const wrong = all.find((each) => !/^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:]+)(\/\d{1,3})?$/i.test(each));
  if (wrong === undefined) return all;
  reader.refuse(`the annotation does not contain a valid IP address or network: invalid CIDR address: ${wrong}`);
  return [];
}

function authOf(reader: Reader, { metadata }: Ingress): Annotations['auth'] {
  const kind = reader.text('auth-type', /^(basic|digest)$/);
  if (kind === '') return undefined;
  if (kind === 'digest') {
    reader.refuse('auth-type digest is not there');
    return undefined;
  }
  const secret = reader.text('auth-secret', /^[\w./-]+$/);
  if (secret === '')
    reader.refuse('error reading secret name from annotation: the annotation does not contain a valid value');
  const key = secret.includes('/') ? secret : `${metadata.namespace}/${secret}`;
  if (!key.startsWith(`${metadata.namespace}/`)) reader.refuse(`cross namespace secrets are not supported`);
  return { secret: key, realm: reader.text('auth-realm', /^[^"\\;{}]*$/) };
}

function corsOf(reader: Reader): Annotations['cors'] {
  if (!reader.flag('enable-cors', false)) return undefined;
  return {
    origin: reader.text('cors-allow-origin', /^[\w*:/.,\s-]+$/, '*'),
    methods: reader.text('cors-allow-methods', /^[A-Za-z, ]+$/, 'GET, PUT, POST, DELETE, PATCH, OPTIONS'),
    headers: reader.text(
      'cors-allow-headers',
      /^[\w, -]+$/,
      'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
    ),
  };
}

/** Off unless the administrator has allowed them, and the risk. */
function snippetsOf(reader: Reader, options: Options): Pick<Annotations, 'locationSnippet' | 'serverSnippet'> {
  const allowed = options['allow-snippet-annotations'] === 'true' && options['annotations-risk-level'] === 'Critical';
  const read = (name: string): string => {
    const text = reader.raw(name) ?? '';
    if (text === '' || allowed) return text;
    reader.refuse(
      options['allow-snippet-annotations'] === 'true'
        ? `annotation group ${name === 'server-snippet' ? 'ServerSnippet' : 'ConfigurationSnippet'} contains risky annotation based on ingress configuration`
        : `${PREFIX}${name} annotation cannot be used. Snippet directives are disabled by the Ingress administrator`,
    );
    return '';
  };
  return { locationSnippet: read('configuration-snippet'), serverSnippet: read('server-snippet') };
}
