import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import { type ProxyPass, type ProxyRedirect, proxyPassOf, proxyRedirectOf } from './proxy-pass.ts';
import type { Reading, Template } from './template.ts';
import { flagOf, networkOf, numberOf, parseTime, sizeOf, timeOf } from './values.ts';

/** What a location says, or inherits from its server and from `http`. */
export interface Settings {
  readonly root: Template;
  readonly alias: Template | undefined;
  readonly index: readonly Template[];
  readonly tryFiles: readonly Template[] | undefined;
  readonly errorPages: ReadonlyMap<number, ErrorPage>;
  readonly recursiveErrorPages: boolean;
  readonly autoindex: boolean;
  readonly defaultType: string;
  readonly types: ReadonlyMap<string, string>;
  readonly headers: readonly AddedHeader[];
  readonly accessLogs: readonly AccessLog[];
  readonly errorLog: ErrorLog;
  readonly logNotFound: boolean;
  readonly internal: boolean;
  readonly maxBodyBytes: number;
  readonly access: readonly { readonly allow: boolean; readonly contains: (address: string) => boolean }[];
  readonly auth: { readonly realm: Template; readonly file: string } | undefined;
  readonly authFile: string | undefined;
  readonly satisfyAny: boolean;
  readonly limits: readonly RequestLimit[];
  readonly limitStatus: number;
  readonly stubStatus: boolean;
  readonly absoluteRedirect: boolean;
  readonly portInRedirect: boolean;
  readonly serverNameInRedirect: boolean;
  readonly serverTokens: boolean;
  readonly etag: boolean;
  readonly expiresSeconds: number | 'epoch' | undefined;
  readonly proxyPass: ProxyPass | undefined;
  readonly proxyHeaders: readonly (readonly [name: string, value: Template])[];
  readonly proxyRedirects: readonly ProxyRedirect[] | undefined;
  readonly proxyConnectMs: number;
  readonly proxyReadMs: number;
  readonly proxyNext: ReadonlySet<string>;
  readonly proxyTries: number;
  readonly proxyInterceptsErrors: boolean;
  readonly proxyHidden: readonly string[];
  readonly proxyMethod: Template | undefined;
  readonly proxyBody: Template | undefined;
  readonly proxyVersion: '1.0' | '1.1';
}

export interface ErrorPage {
  readonly uri: Template;
  /** What is answered instead of the error; `page`: whatever the page's own status is. */
  readonly status: number | 'page' | undefined;
}

interface AddedHeader {
  readonly name: string;
  readonly value: Template;
  readonly always: boolean;
}

interface AccessLog {
  readonly path: string;
  readonly format: string;
  readonly condition: Template | undefined;
  readonly place: string;
}

export interface ErrorLog {
  readonly path: string;
  readonly level: number;
}

interface RequestLimit {
  readonly zone: string;
  readonly burst: number;
  /** How many of the burst pass without being held up. */
  readonly delayAfter: number;
}

export const LEVELS = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'];

export function baseSettings(prefix: string, reading: Reading): Settings {
  const plain = (text: string) => reading.template(text, '');
  return {
    root: plain(`${prefix}/html`),
    alias: undefined,
    index: [plain('index.html')],
    tryFiles: undefined,
    errorPages: new Map(),
    recursiveErrorPages: false,
    autoindex: false,
    defaultType: 'text/plain',
    types: new Map([
      ['html', 'text/html'],
      ['gif', 'image/gif'],
      ['jpg', 'image/jpeg'],
    ]),
    headers: [],
    accessLogs: [{ path: '/var/log/nginx/access.log', format: 'combined', condition: undefined, place: '' }],
    errorLog: { path: '/var/log/nginx/error.log', level: LEVELS.indexOf('error') },
    logNotFound: true,
    internal: false,
    maxBodyBytes: 1024 ** 2,
    access: [],
    auth: undefined,
    authFile: undefined,
    satisfyAny: false,
    limits: [],
    limitStatus: 503,
    stubStatus: false,
    absoluteRedirect: true,
    portInRedirect: true,
    serverNameInRedirect: false,
    serverTokens: true,
    etag: true,
    expiresSeconds: undefined,
    proxyPass: undefined,
    proxyHeaders: [],
    proxyRedirects: undefined,
    proxyConnectMs: 60_000,
    proxyReadMs: 60_000,
    proxyNext: new Set(['error', 'timeout']),
    proxyTries: 0,
    proxyInterceptsErrors: false,
    proxyHidden: [],
    proxyMethod: undefined,
    proxyBody: undefined,
    proxyVersion: '1.0',
  };
}

type Draft = { -readonly [Name in keyof Settings]: Settings[Name] };
type Setter = (draft: Draft, directive: Directive, reading: Reading) => void;

const first = ({ args }: Directive) => args[0]!;

/** Directives that stand once. */
const SETTERS: Readonly<Record<string, Setter>> = Object.assign(Object.create(null), {
  root: (draft, directive, reading) => {
    draft.root = reading.template(first(directive), placeOf(directive));
  },
  alias: (draft, directive, reading) => {
    draft.alias = reading.template(first(directive), placeOf(directive));
  },
  index: (draft, directive, reading) => {
    draft.index = directive.args.map((name) => reading.template(name, placeOf(directive)));
  },
  try_files: (draft, directive, reading) => {
    draft.tryFiles = directive.args.map((name) => reading.template(name, placeOf(directive)));
  },
  autoindex: (draft, directive) => {
    draft.autoindex = flagOf(directive);
  },
  default_type: (draft, directive) => {
    draft.defaultType = first(directive);
  },
  types: (draft, { block }) => {
    draft.types = new Map(
      (block ?? []).flatMap(({ name, args }) => args.map((extension) => [extension, name] as const)),
    );
  },
  log_not_found: (draft, directive) => {
    draft.logNotFound = flagOf(directive);
  },
  recursive_error_pages: (draft, directive) => {
    draft.recursiveErrorPages = flagOf(directive);
  },
  internal: (draft) => {
    draft.internal = true;
  },
  client_max_body_size: (draft, directive) => {
    draft.maxBodyBytes = sizeOf(directive, first(directive)) || Number.POSITIVE_INFINITY;
  },
  auth_basic_user_file: (draft, directive) => {
    draft.authFile = absolute(first(directive));
  },
  satisfy: (draft, directive) => {
    if (!['all', 'any'].includes(first(directive)))
      throw new ConfigError(`invalid value "${first(directive)}" in ${placeOf(directive)}`);
    draft.satisfyAny = first(directive) === 'any';
  },
  limit_req_status: (draft, directive) => {
    draft.limitStatus = numberOf(directive, first(directive));
  },
  stub_status: (draft) => {
    draft.stubStatus = true;
  },
  absolute_redirect: (draft, directive) => {
    draft.absoluteRedirect = flagOf(directive);
  },
  port_in_redirect: (draft, directive) => {
    draft.portInRedirect = flagOf(directive);
  },
  server_name_in_redirect: (draft, directive) => {
    draft.serverNameInRedirect = flagOf(directive);
  },
  server_tokens: (draft, directive) => {
    draft.serverTokens = first(directive) !== 'off';
  },
  sendfile: (_draft, directive) => void flagOf(directive),
  etag: (draft, directive) => {
    draft.etag = flagOf(directive);
  },
  expires: (draft, directive) => {
    const text = directive.args.at(-1)!;
    const seconds = parseTime(text.replace(/^-/, ''));
    if (text === 'off') draft.expiresSeconds = undefined;
    else if (text === 'epoch') draft.expiresSeconds = 'epoch';
    else if (text === 'max') draft.expiresSeconds = 315_360_000;
    else if (seconds === undefined) throw new ConfigError(`invalid value "${text}" in ${placeOf(directive)}`);
    else draft.expiresSeconds = (text.startsWith('-') ? -seconds : seconds) / 1000;
  },
  proxy_pass: (draft, directive, reading) => {
    draft.proxyPass = proxyPassOf(directive, reading);
  },
  proxy_connect_timeout: (draft, directive) => {
    draft.proxyConnectMs = timeOf(directive, first(directive));
  },
  proxy_read_timeout: (draft, directive) => {
    draft.proxyReadMs = timeOf(directive, first(directive));
  },
  proxy_next_upstream: (draft, directive) => {
    draft.proxyNext = new Set(directive.args);
  },
  proxy_next_upstream_tries: (draft, directive) => {
    draft.proxyTries = numberOf(directive, first(directive));
  },
  proxy_intercept_errors: (draft, directive) => {
    draft.proxyInterceptsErrors = flagOf(directive);
  },
  proxy_method: (draft, directive, reading) => {
    draft.proxyMethod = reading.template(first(directive), placeOf(directive));
  },
  proxy_set_body: (draft, directive, reading) => {
    draft.proxyBody = reading.template(first(directive), placeOf(directive));
  },
  proxy_http_version: (draft, directive) => {
    if (!['1.0', '1.1'].includes(first(directive)))
      throw new ConfigError(`invalid value "${first(directive)}" in ${placeOf(directive)}`);
    draft.proxyVersion = first(directive) as '1.0';
  },
} satisfies Readonly<Record<string, Setter>>);

/** What a block says, on top of what holds around it. Lists that it begins replace the inherited ones. Throws ConfigError. */
export function settingsOf(directives: readonly Directive[], inherited: Settings, reading: Reading): Settings {
  const draft: Draft = {
    ...inherited,
    alias: undefined,
    tryFiles: undefined,
    internal: false,
    stubStatus: false,
    proxyPass: undefined,
  };
  for (const directive of directives) SETTERS[directive.name]?.(draft, directive, reading);
  const all = (name: string) => directives.filter((directive) => directive.name === name);
  const list = <T>(names: readonly string[], make: (directive: Directive) => T, before: readonly T[]): readonly T[] => {
    const found = directives.filter(({ name }) => names.includes(name));
    return found.length === 0 ? before : found.map(make);
  };
  draft.headers = list(['add_header'], (directive) => addedHeaderOf(directive, reading), inherited.headers);
  draft.accessLogs = accessLogsOf(all('access_log'), reading) ?? inherited.accessLogs;
  draft.errorLog = list(['error_log'], errorLogOf, [inherited.errorLog])[0]!;
  draft.access = list(['allow', 'deny'], accessOf, inherited.access);
  draft.limits = list(['limit_req'], limitOf, inherited.limits);
  draft.proxyHeaders = list(
    ['proxy_set_header'],
    (directive) => [first(directive), reading.template(directive.args[1]!, placeOf(directive))] as const,
    inherited.proxyHeaders,
  );
  draft.proxyHidden = list(['proxy_hide_header'], (directive) => first(directive).toLowerCase(), inherited.proxyHidden);
  const redirects = all('proxy_redirect');
  if (redirects.length > 0)
    draft.proxyRedirects = redirects.flatMap((directive) => proxyRedirectOf(directive, reading) ?? []);
  const pages = all('error_page');
  if (pages.length > 0) draft.errorPages = new Map(pages.flatMap((page) => errorPagesOf(page, reading)));
  const [basic] = all('auth_basic');
  if (basic !== undefined) {
    const realm = reading.template(first(basic), placeOf(basic));
    draft.auth = first(basic) === 'off' ? undefined : { realm, file: '' };
  }
  if (draft.auth !== undefined) draft.auth = { ...draft.auth, file: draft.authFile ?? '' };
  return draft;
}

export function absolute(path: string): string {
  return path.startsWith('/') ? path : `/etc/nginx/${path}`;
}

function addedHeaderOf(directive: Directive, reading: Reading): AddedHeader {
  const [name = '', value = '', always] = directive.args;
  if (always !== undefined && always !== 'always')
    throw new ConfigError(`invalid parameter "${always}" in ${placeOf(directive)}`);
  return { name, value: reading.template(value, placeOf(directive)), always: always !== undefined };
}

function accessLogsOf(directives: readonly Directive[], reading: Reading): readonly AccessLog[] | undefined {
  if (directives.length === 0) return undefined;
  return directives.flatMap((directive) => {
    const [path = '', ...rest] = directive.args;
    if (path === 'off') return [];
    const format = rest.find((word) => !word.includes('=')) ?? 'combined';
    const condition = rest.find((word) => word.startsWith('if='));
    const place = placeOf(directive);
    return [
      {
        path: absolute(path),
        format,
        condition: condition === undefined ? undefined : reading.template(condition.slice(3), place),
        place,
      },
    ];
  });
}

export function errorLogOf(directive: Directive): ErrorLog {
  const [path = '', level = 'error'] = directive.args;
  if (!LEVELS.includes(level)) throw new ConfigError(`invalid log level "${level}" in ${placeOf(directive)}`);
  return { path: path === 'stderr' ? path : absolute(path), level: LEVELS.indexOf(level) };
}

function accessOf(directive: Directive): Settings['access'][number] {
  const allow = directive.name === 'allow';
  const text = first(directive);
  if (text === 'all') return { allow, contains: () => true };
  // No client has an IPv6 address here.
  if (text === 'unix:' || /^[\da-f]*:[\da-f:]*(\/\d+)?$/i.test(text)) return { allow, contains: () => false };
  const contains = networkOf(text);
  if (contains === undefined) throw new ConfigError(`invalid parameter "${text}" in ${placeOf(directive)}`);
  return { allow, contains };
}

function limitOf(directive: Directive): RequestLimit {
  const limit = { zone: '', burst: 0, delayAfter: 0 };
  for (const word of directive.args) {
    const [, name, value = ''] = /^(zone|burst|delay)=(.+)$/.exec(word) ?? [];
    if (name === 'zone') limit.zone = value;
    else if (name === 'burst' && /^[1-9]\d*$/.test(value)) limit.burst = Number(value);
    else if (name === 'delay' && /^\d+$/.test(value)) limit.delayAfter = Number(value);
    else if (word === 'nodelay') limit.delayAfter = Number.POSITIVE_INFINITY;
    else
      throw new ConfigError(
        `invalid ${name ?? 'parameter'} ${name === undefined ? `"${word}"` : `value "${word}"`} in ${placeOf(directive)}`,
      );
  }
  if (limit.zone === '') throw new ConfigError(`"limit_req" must have "zone" parameter in ${placeOf(directive)}`);
  return limit;
}

/** `error_page 500 502 =200 /50x.html` */
function errorPagesOf(directive: Directive, reading: Reading): (readonly [number, ErrorPage])[] {
  const { args } = directive;
  const place = placeOf(directive);
  const uri = reading.template(args.at(-1)!, place);
  const words = args.slice(0, -1);
  const changed = words.at(-1)?.startsWith('=') === true ? words.pop() : undefined;
  if (changed !== undefined && !/^=\d*$/.test(changed)) throw new ConfigError(`invalid value "${changed}" in ${place}`);
  const status = changed === undefined ? undefined : changed === '=' ? 'page' : Number(changed.slice(1));
  return words.map((word) => {
    if (!/^\d+$/.test(word)) throw new ConfigError(`invalid value "${word}" in ${place}`);
    if (Number(word) < 300 || Number(word) > 599)
      throw new ConfigError(`value "${word}" must be between 300 and 599 in ${place}`);
    return [Number(word), { uri, status }] as const;
  });
}
