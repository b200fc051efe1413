import type { Task } from '../../../sim/index.ts';
import type { Process } from '../../syscalls.ts';
import { checkDirectives, placeOf } from './directive-table.ts';
import { ConfigError, type Directive, parseDirectives, readDirectives } from './directives.ts';
import { type ListenSocket, listensOf, warnOfConflicts } from './listen.ts';
import { mapOf, type SplitClients, splitOf, type VariableMap } from './maps.ts';
import { patternOf } from './pattern.ts';
import { type LimitZone, limitZoneOf } from './request-limit.ts';
import { type Rule, rulesOf } from './rewrite-rules.ts';
import { absolute, baseSettings, type ErrorLog, errorLogOf, LEVELS, type Settings, settingsOf } from './settings.ts';
import { type Ssl, sslOf } from './ssl.ts';
import { Reading, type Template } from './template.ts';
import { resolveHosts, type Upstream, upstreamOf } from './upstream.ts';
import { numberOf, sizeOf, timeOf } from './values.ts';
import { isVariableName, VARIABLE_FAMILIES } from './variable-names.ts';

export interface Location {
  readonly modifier: '' | '=' | '^~' | '~' | '~*' | '@';
  readonly path: string;
  readonly pattern: RegExp | undefined;
  readonly locations: readonly Location[];
  readonly settings: Settings;
  readonly rules: readonly Rule[];
}

export interface Server {
  readonly listens: readonly ListenSocket[];
  readonly names: readonly string[];
  /** Names that are regular expressions, in order. */
  readonly patterns: readonly RegExp[];
  readonly locations: readonly Location[];
  readonly settings: Settings;
  readonly rules: readonly Rule[];
  /** Undefined: none of its own. */
  readonly ssl: Ssl | undefined;
  readonly mergeSlashes: boolean;
  readonly headerMs: number;
  readonly bodyMs: number;
  readonly keepAliveMs: number;
  /** The largest request line, and the largest field. */
  readonly headerBytes: number;
}

export interface Config {
  readonly servers: readonly Server[];
  readonly http: Settings;
  readonly errorLog: ErrorLog;
  readonly logFormats: ReadonlyMap<string, LogFormat>;
  readonly maps: ReadonlyMap<string, VariableMap | SplitClients>;
  readonly limitZones: ReadonlyMap<string, LimitZone>;
  readonly daemon: boolean;
  readonly workerProcesses: number;
  readonly user: string | undefined;
  readonly pidFile: string;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** Of the hosts that are named, as they were when the configuration was read. */
  readonly addresses: ReadonlyMap<string, string>;
  /** What it warns of, without keeping it from being used. */
  readonly warnings: readonly string[];
}

export interface LogFormat {
  readonly template: Template;
  readonly escaping: 'default' | 'json' | 'none';
}

const PREFIX = '/etc/nginx';
const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** Reads and judges the configuration. Throws ConfigError. */
export function* readConfig(process: Process, path: string, globals: readonly string[]): Task<Config> {
  const directives = [...globals.flatMap(parseDirectives), ...readDirectives(process, path)];
  checkDirectives(directives);
  const reading = new Reading();
  const value = (name: string) => directives.find((directive) => directive.name === name);
  if (value('events') === undefined) throw new ConfigError('no "events" section in configuration');
  const main = value('error_log');
  const errorLog = main === undefined ? undefined : errorLogOf(main);
  const http = value('http')?.block ?? [];
  const maps = new Map<string, VariableMap | SplitClients>();
  for (const directive of http) {
    if (directive.name === 'map') maps.set(...mapOf(directive, reading));
    else if (directive.name === 'split_clients') maps.set(...splitOf(directive, reading));
  }
  const upstreams = upstreamsOf(http, reading);
  const base = baseSettings(PREFIX, reading);
  const settings = settingsOf(http, errorLog === undefined ? base : { ...base, errorLog }, reading);
  const all = (name: string) => http.filter((directive) => directive.name === name);
  const servers = all('server').map(({ block }) => serverOf(process, block!, http, settings, reading));
  const logFormats = logFormatsOf(all('log_format'), reading);
  const limitZones = new Map(all('limit_req_zone').map((directive) => limitZoneOf(directive, reading)));
  checkCertificates(servers);
  checkReferences(servers, { logFormats, limitZones }, reading);
  const addresses = yield* resolveHosts(process, namedHosts(servers, upstreams));
  const workers = value('worker_processes')?.args[0] ?? '1';
  return {
    servers,
    http: settings,
    errorLog: errorLog ?? { path: '/var/log/nginx/error.log', level: LEVELS.indexOf('error') },
    logFormats,
    maps,
    limitZones,
    daemon: value('daemon')?.args[0] !== 'off',
    workerProcesses: workers === 'auto' ? 0 : numberOf(value('worker_processes') ?? http[0]!, workers),
    user: value('user')?.args[0],
    pidFile: absolute(value('pid')?.args[0] ?? '/run/nginx.pid'),
    upstreams,
    addresses,
    warnings: warnOfConflicts(servers),
  };
}

function upstreamsOf(http: readonly Directive[], reading: Reading): ReadonlyMap<string, Upstream> {
  const upstreams = new Map<string, Upstream>();
  for (const directive of http) {
    if (directive.name !== 'upstream') continue;
    const upstream = upstreamOf(directive, reading);
    if (upstreams.has(upstream.name))
      throw new ConfigError(`duplicate upstream "${upstream.name}" in ${placeOf(directive)}`);
    upstreams.set(upstream.name, upstream);
  }
  return upstreams;
}

function logFormatsOf(directives: readonly Directive[], reading: Reading): Map<string, LogFormat> {
  const formats = new Map<string, LogFormat>([
    ['combined', { template: reading.template(COMBINED, ''), escaping: 'default' }],
  ]);
  for (const directive of directives) {
    const [name = '', ...words] = directive.args;
    if (formats.has(name)) throw new ConfigError(`duplicate "log_format" name "${name}" in ${placeOf(directive)}`);
    const escaping = /^escape=(default|json|none)$/.exec(words[0] ?? '')?.[1];
    const text = (escaping === undefined ? words : words.slice(1)).join('');
    formats.set(name, {
      template: reading.template(text, placeOf(directive)),
      escaping: (escaping ?? 'default') as LogFormat['escaping'],
    });
  }
  return formats;
}

/** Where TLS is spoken the server that answers for want of a better one needs a certificate. */
function checkCertificates(servers: readonly Server[]): void {
  for (const { listens } of servers) {
    for (const { address, port, ssl, place } of listens) {
      if (!ssl) continue;
      const here = servers.filter((server) =>
        server.listens.some((listen) => listen.address === address && listen.port === port),
      );
      const first =
        here.find((server) => server.listens.some((listen) => listen.port === port && listen.isDefault)) ?? here[0];
      if (first?.ssl === undefined)
        throw new ConfigError(`no "ssl_certificate" is defined for the "listen ... ssl" directive in ${place}`);
    }
  }
}

/** What may be named before it is defined is looked at once everything has been read. */
function checkReferences(
  servers: readonly Server[],
  { logFormats, limitZones }: Pick<Config, 'logFormats' | 'limitZones'>,
  reading: Reading,
): void {
  for (const settings of eachSettings(servers)) {
    for (const { format, place } of settings.accessLogs)
      if (!logFormats.has(format)) throw new ConfigError(`unknown log format "${format}" in ${place}`);
    for (const { zone } of settings.limits)
      if (!limitZones.has(zone)) throw new ConfigError(`zero size shared memory zone "${zone}"`);
  }
  for (const name of reading.referenced)
    if (!reading.defined.has(name) && !isVariableName(name) && !VARIABLE_FAMILIES.test(name))
      throw new ConfigError(`unknown "${name}" variable`);
}

/** Of every server, location and `if`. */
export function* eachSettings(servers: readonly Server[]): Generator<Settings> {
  const ofRules = function* (rules: readonly Rule[]): Generator<Settings> {
    for (const rule of rules) {
      if (rule.kind !== 'if') continue;
      if (rule.settings !== undefined) yield rule.settings;
      yield* ofRules(rule.rules);
    }
  };
  const ofLocations = function* (locations: readonly Location[]): Generator<Settings> {
    for (const location of locations) {
      yield location.settings;
      yield* ofRules(location.rules);
      yield* ofLocations(location.locations);
    }
  };
  for (const server of servers) {
    yield server.settings;
    yield* ofLocations(server.locations);
  }
}

/** Hosts that are to be looked up: of upstreams, and of `proxy_pass` where it names no upstream. */
function namedHosts(
  servers: readonly Server[],
  upstreams: ReadonlyMap<string, Upstream>,
): { readonly host: string; readonly place: string }[] {
  const passes = [...eachSettings(servers)].flatMap(({ proxyPass }) => {
    const url = proxyPass?.url;
    return url === undefined || upstreams.has(url.host) ? [] : [{ host: url.host, place: proxyPass!.place }];
  });
  const ofUpstreams = [...upstreams.values()].flatMap(({ servers: behind, place }) =>
    behind.map(({ host }) => ({ host, place })),
  );
  return [...ofUpstreams, ...passes];
}

function serverOf(
  process: Process,
  block: readonly Directive[],
  http: readonly Directive[],
  inherited: Settings,
  reading: Reading,
): Server {
  const settings = settingsOf(block, inherited, reading);
  const names = block
    .filter(({ name }) => name === 'server_name')
    .flatMap((directive) => {
      const place = placeOf(directive);
      return directive.args.map((name) => ({ name, place }));
    });
  const inBoth = (name: string) => [...block, ...http].find((directive) => directive.name === name);
  const time = (name: string, otherwise: number) => {
    const directive = inBoth(name);
    return directive === undefined ? otherwise : timeOf(directive, directive.args[0]!);
  };
  const listens = listensOf(block);
  const buffers = inBoth('large_client_header_buffers');
  return {
    listens,
    ssl: sslOf(process, inBoth, listens),
    names: names.filter(({ name }) => !name.startsWith('~')).map(({ name }) => name.toLowerCase()),
    patterns: names
      .filter(({ name }) => name.startsWith('~'))
      .map(({ name, place }) => reading.pattern(patternOf(name.slice(1), true, place))),
    locations: locationsOf(block, settings, undefined, reading),
    settings,
    rules: rulesOf(block, reading, undefined),
    mergeSlashes: inBoth('merge_slashes')?.args[0] !== 'off',
    headerMs: time('client_header_timeout', 60_000),
    bodyMs: time('client_body_timeout', 60_000),
    keepAliveMs: time('keepalive_timeout', 75_000),
    headerBytes: buffers === undefined ? 8192 : sizeOf(buffers, buffers.args[1]!),
  };
}

function locationsOf(
  block: readonly Directive[],
  inherited: Settings,
  outer: Location | undefined,
  reading: Reading,
): readonly Location[] {
  const locations: Location[] = [];
  for (const directive of block) {
    if (directive.name !== 'location') continue;
    const location = locationOf(directive, inherited, outer, reading);
    const same = locations.find(
      ({ modifier, path }) => path === location.path && kindOf(modifier) === kindOf(location.modifier),
    );
    if (same !== undefined && location.pattern === undefined)
      throw new ConfigError(`duplicate location "${location.path}" in ${placeOf(directive)}`);
    locations.push(location);
  }
  return locations;
}

/** `^~` and no modifier are one kind: two of the same path exclude each other. */
function kindOf(modifier: Location['modifier']): string {
  return modifier === '^~' ? '' : modifier;
}

function locationOf(
  directive: Directive,
  inherited: Settings,
  outer: Location | undefined,
  reading: Reading,
): Location {
  const { args, block } = directive;
  const place = placeOf(directive);
  const glued = args.length === 1 ? /^(=|\^~|~\*|~|@)(.+)$/s.exec(args[0]!) : null;
  const [first, path] =
    glued === null ? (args.length === 1 ? ['', args[0]!] : [args[0]!, args[1]!]) : [glued[1]!, glued[2]!];
  if (!['', '=', '^~', '~', '~*', '@'].includes(first!))
    throw new ConfigError(`invalid location modifier "${first}" in ${place}`);
  const modifier = first as Location['modifier'];
  const isPattern = modifier === '~' || modifier === '~*';
  if (outer !== undefined) checkNesting(outer, modifier, path!, place);
  const settings = settingsOf(block!, inherited, reading);
  const plainPrefix = !isPattern && modifier !== '@';
  const inner = (innerBlock: readonly Directive[]): Settings => {
    const within = settingsOf(innerBlock, { ...settings }, reading);
    // Besides what is inherited anyhow, the handler is: whoever comes in by a condition is passed on as well.
    const kept = {
      ...within,
      alias: within.alias ?? settings.alias,
      proxyPass: within.proxyPass ?? settings.proxyPass,
    };
    refuseUri(within, false);
    return kept;
  };
  refuseUri(settings, plainPrefix);
  const location: Location = {
    modifier,
    path: path!,
    pattern: isPattern ? reading.pattern(patternOf(path!, modifier === '~*', place)) : undefined,
    locations: [],
    settings,
    rules: rulesOf(block!, reading, inner),
  };
  return { ...location, locations: locationsOf(block!, settings, location, reading) };
}

function refuseUri({ proxyPass }: Settings, allowed: boolean): void {
  if (allowed || proxyPass?.url?.uri === undefined) return;
  throw new ConfigError(
    `"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block in ${proxyPass.place}`,
  );
}

function checkNesting(outer: Location, modifier: string, path: string, place: string): void {
  if (outer.modifier === '=')
    throw new ConfigError(`location "${path}" cannot be inside the exact location "${outer.path}" in ${place}`);
  if (outer.modifier === '@' || modifier === '@')
    throw new ConfigError(
      modifier === '@'
        ? `named location "@${path}" can be on the server level only in ${place}`
        : `location "${path}" cannot be inside the named location "@${outer.path}" in ${place}`,
    );
  if (outer.pattern === undefined && !modifier.startsWith('~') && !path.startsWith(outer.path))
    throw new ConfigError(`location "${path}" is outside location "${outer.path}" in ${place}`);
}
