import type { Task } from '../../../sim/index.ts';
import type { Process } from '../../syscalls.ts';
import { ConfigError, type Directive, parseDirectives, readDirectives } from './directives.ts';
import { resolveHosts, type Upstream, upstreamOf } from './upstream.ts';

export interface Location {
  readonly modifier: '' | '=' | '^~' | '~' | '~*';
  readonly path: string;
  readonly settings: Settings;
}

/** What a location says, or inherits from its server and from `http`. */
export interface Settings {
  readonly root: string;
  readonly alias: string | undefined;
  readonly index: readonly string[];
  readonly returns: { readonly status: number; readonly text: string | undefined } | undefined;
  readonly tryFiles: readonly string[] | undefined;
  readonly errorPages: ReadonlyMap<number, { readonly uri: string; readonly status: number | undefined }>;
  readonly autoindex: boolean;
  readonly defaultType: string;
  readonly types: ReadonlyMap<string, string>;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly accessLog: string | undefined;
  readonly proxyPass: string | undefined;
  readonly proxyHeaders: readonly (readonly [name: string, value: string])[];
  readonly stubStatus: boolean;
}

export interface Server {
  readonly listens: readonly { readonly address: string; readonly port: number; readonly isDefault: boolean }[];
  readonly names: readonly string[];
  readonly locations: readonly Location[];
  readonly settings: Settings;
}

export interface Config {
  readonly servers: readonly Server[];
  readonly errorLog: string;
  readonly logFormats: ReadonlyMap<string, string>;
  readonly daemon: boolean;
  readonly workerProcesses: number;
  readonly user: string | undefined;
  readonly pidFile: string;
  readonly keepAliveMs: number;
  readonly maxBodyBytes: number;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Of the hosts that are named, as they were when the configuration was read. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** Directives that are read and mean nothing here. */
const ACCEPTED: ReadonlySet<string> = new Set(
  'access_log add_header alias autoindex charset client_body_buffer_size client_max_body_size daemon default_type error_log error_page events expires gzip gzip_types gzip_min_length gzip_vary http index keepalive_timeout keepalive_requests listen location log_format log_not_found map master_process merge_slashes multi_accept open_file_cache pid proxy_http_version proxy_pass proxy_read_timeout proxy_connect_timeout proxy_set_header return root sendfile send_timeout server server_name server_tokens set stub_status tcp_nodelay tcp_nopush try_files types types_hash_max_size upstream use user worker_connections worker_processes worker_rlimit_nofile absolute_redirect port_in_redirect client_body_timeout client_header_timeout allow deny internal etag resolver'.split(
    ' ',
  ),
);

const BASE: Settings = {
  root: '/etc/nginx/html',
  alias: undefined,
  index: ['index.html'],
  returns: undefined,
  tryFiles: undefined,
  errorPages: new Map(),
  autoindex: false,
  defaultType: 'text/plain',
  types: new Map(),
  headers: [],
  accessLog: 'logs/access.log',
  proxyPass: undefined,
  proxyHeaders: [],
  stubStatus: false,
};

/** Reads and judges the configuration. Throws ConfigError. */
export function* readConfig(process: Process, path: string, globals: readonly string[]): Task<Config> {
  const directives = [...globals.flatMap(parseDirectives), ...readDirectives(process, path)];
  check(directives);
  const value = (name: string) => directives.find((directive) => directive.name === name)?.args;
  if (directives.every((directive) => directive.name !== 'events'))
    throw new ConfigError('no "events" section in configuration');
  const http = directives.find((directive) => directive.name === 'http')?.block ?? [];
  const base = settingsOf(http, BASE);
  const servers = http
    .filter((directive) => directive.name === 'server')
    .map((directive) => serverOf(directive.block ?? [], base));
  const upstreams = new Map(
    http.filter(({ name }) => name === 'upstream').map((directive) => [directive.args[0] ?? '', upstreamOf(directive)]),
  );
  const addresses = yield* resolveHosts(process, namedHosts(http, upstreams));
  const timeout = http.find((directive) => directive.name === 'keepalive_timeout')?.args[0];
  const body = http.find((directive) => directive.name === 'client_max_body_size')?.args[0];
  return {
    servers,
    errorLog: value('error_log')?.[0] ?? '/var/log/nginx/error.log',
    logFormats: new Map(
      http.filter((directive) => directive.name === 'log_format').map(({ args }) => [args[0]!, args.slice(1).join('')]),
    ),
    daemon: value('daemon')?.[0] !== 'off',
    workerProcesses: Number(value('worker_processes')?.[0] ?? 1) || 0,
    user: value('user')?.[0],
    pidFile: value('pid')?.[0] ?? '/run/nginx.pid',
    keepAliveMs: (Number.parseInt(timeout ?? '75', 10) || 0) * 1000,
    maxBodyBytes: sizeOf(body ?? '1m'),
    upstreams,
    addresses,
  };
}

/** Hosts that are to be looked up: of upstreams, and of `proxy_pass` where it names no upstream. */
function namedHosts(
  directives: readonly Directive[],
  upstreams: ReadonlyMap<string, Upstream>,
): { readonly host: string; readonly place: string }[] {
  const ofPasses = (block: readonly Directive[]): { host: string; place: string }[] =>
    block.flatMap(({ name, args, block: inner, file, line }) => {
      if (name === 'upstream') return [];
      if (name !== 'proxy_pass') return ofPasses(inner ?? []);
      const target = args[0] ?? '';
      if (target.startsWith('https://'))
        throw new ConfigError(`https protocol requires SSL support in ${file}:${line}`);
      if (!target.startsWith('http://')) throw new ConfigError(`invalid URL prefix in ${file}:${line}`);
      const host = /^http:\/\/([^/:]+)/.exec(target)?.[1] ?? '';
      return host.includes('$') || upstreams.has(host) ? [] : [{ host, place: `${file}:${line}` }];
    });
  const ofUpstreams = [...upstreams.values()].flatMap(({ servers, place }) =>
    servers.map(({ host }) => ({ host, place })),
  );
  return [...ofUpstreams, ...ofPasses(directives)];
}

function sizeOf(text: string): number {
  const match = /^(\d+)([kmg]?)$/i.exec(text);
  if (match === null) throw new ConfigError(`"client_max_body_size" directive invalid value`);
  return (
    Number(match[1]) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase() as '' | 'k' | 'm' | 'g']
  );
}

function check(directives: readonly Directive[], parent = ''): void {
  for (const directive of directives) {
    const { name, file, line, block } = directive;
    if (!ACCEPTED.has(name)) throw new ConfigError(`unknown directive "${name}" in ${file}:${line}`);
    const wantsBlock =
      ['http', 'server', 'location', 'events', 'types', 'map', 'upstream'].includes(name) && parent !== 'upstream';
    if (wantsBlock && block === undefined)
      throw new ConfigError(`directive "${name}" has no opening "{" in ${file}:${line}`);
    if (!wantsBlock && block !== undefined)
      throw new ConfigError(`directive "${name}" is not terminated by ";" in ${file}:${line}`);
    if (
      (name === 'server' && parent !== 'http' && parent !== 'upstream') ||
      (name === 'location' && parent !== 'server' && parent !== 'location')
    ) {
      throw new ConfigError(`"${name}" directive is not allowed here in ${file}:${line}`);
    }
    if (block !== undefined && name !== 'types' && name !== 'map' && name !== 'upstream') check(block, name);
  }
}

function settingsOf(directives: readonly Directive[], inherited: Settings): Settings {
  const settings = {
    ...inherited,
    returns: undefined,
    tryFiles: undefined,
    proxyPass: undefined,
    stubStatus: false,
  } as { -readonly [K in keyof Settings]: Settings[K] };
  const headers: (readonly [string, string])[] = [];
  for (const { name, args, block, file, line } of directives) {
    const first = args[0];
    if (block === undefined && first === undefined && name !== 'stub_status' && name !== 'internal') {
      throw new ConfigError(`invalid number of arguments in "${name}" directive in ${file}:${line}`);
    }
    if (name === 'root') settings.root = absolute(first!);
    else if (name === 'alias') settings.alias = absolute(first!);
    else if (name === 'index') settings.index = args;
    else if (name === 'return') settings.returns ??= returnOf(args);
    else if (name === 'try_files') settings.tryFiles = args;
    else if (name === 'error_page') settings.errorPages = new Map([...settings.errorPages, ...errorPagesOf(args)]);
    else if (name === 'autoindex') settings.autoindex = first === 'on';
    else if (name === 'default_type') settings.defaultType = first!;
    else if (name === 'types')
      settings.types = new Map(
        (block ?? []).flatMap((entry) => entry.args.map((extension) => [extension, entry.name] as const)),
      );
    else if (name === 'add_header') headers.push([first!, args[1] ?? '']);
    else if (name === 'access_log') settings.accessLog = first === 'off' ? undefined : first;
    else if (name === 'proxy_pass') settings.proxyPass = first;
    else if (name === 'stub_status') settings.stubStatus = true;
  }
  if (headers.length > 0) settings.headers = headers;
  const passed = directives.filter(({ name }) => name === 'proxy_set_header');
  if (passed.length > 0) settings.proxyHeaders = passed.map(({ args }) => [args[0] ?? '', args[1] ?? ''] as const);
  return settings;
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/etc/nginx/${path}`;
}

function returnOf(args: readonly string[]): Settings['returns'] {
  const first = args[0]!;
  if (/^\d{3}$/.test(first)) return { status: Number(first), text: args[1] };
  return { status: 302, text: first };
}

/** `error_page 500 502 =200 /50x.html` */
function errorPagesOf(args: readonly string[]): [number, { uri: string; status: number | undefined }][] {
  const uri = args.at(-1)!;
  const changed = args.find((argument) => argument.startsWith('='));
  const status = changed === undefined || changed === '=' ? undefined : Number(changed.slice(1));
  return args.filter((argument) => /^\d{3}$/.test(argument)).map((code) => [Number(code), { uri, status }]);
}

function serverOf(directives: readonly Directive[], base: Settings): Server {
  const settings = settingsOf(directives, base);
  const listens = directives
    .filter((directive) => directive.name === 'listen')
    .map(({ args, file, line }) => listenOf(args, file, line));
  const usable = listens.filter((listen) => listen !== undefined);
  return {
    listens: usable.length > 0 || listens.length > 0 ? usable : [{ address: '0.0.0.0', port: 80, isDefault: false }],
    names: directives.filter((directive) => directive.name === 'server_name').flatMap((directive) => directive.args),
    locations: directives
      .filter((directive) => directive.name === 'location')
      .map((directive) => locationOf(directive, settings)),
    settings: { ...settings, returns: settings.returns },
  };
}

/** Undefined for IPv6: the simulated machines speak IPv4. */
function listenOf(args: readonly string[], file: string, line: number): Server['listens'][number] | undefined {
  const target = args[0] ?? '';
  if (target.startsWith('[')) return undefined;
  const match = /^(?:([\d.*]+|[a-z][\w.-]*):)?(\d{1,5})$|^([\d.]+)$/.exec(target);
  const port = Number(match?.[2] ?? 80);
  if (match === null || port < 1 || port > 65_535)
    throw new ConfigError(`invalid port in "${target}" of the "listen" directive in ${file}:${line}`);
  const address = match[1] ?? match[3] ?? '*';
  return {
    address: address === '*' ? '0.0.0.0' : address === 'localhost' ? '127.0.0.1' : address,
    port,
    isDefault: args.includes('default_server'),
  };
}

function locationOf(directive: Directive, inherited: Settings): Location {
  const [first = '', second] = directive.args;
  const modifier = second === undefined ? '' : first;
  if (!['', '=', '^~', '~', '~*'].includes(modifier))
    throw new ConfigError(`invalid location modifier "${first}" in ${directive.file}:${directive.line}`);
  return {
    modifier: modifier as Location['modifier'],
    path: second ?? first,
    settings: settingsOf(directive.block ?? [], inherited),
  };
}
