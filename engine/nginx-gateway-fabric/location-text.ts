import type { WeighedBackend } from './backends.ts';
import type { HeaderModifier, PathModifier, RouteFilter } from './kinds.ts';
import type { Candidate } from './matching.ts';

/** What is done with a request that fits a rule, in nginx's words. */
export interface RuleTexts {
  /** What stands outside of servers: shares, and fields that are made longer. */
  readonly http: readonly string[];
  readonly location: readonly string[];
}

interface RuleSurroundings {
  /** Unlike any other rule's: part of variables' names. */
  readonly id: string;
  readonly backends: readonly WeighedBackend[];
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** A word of nginx's configuration. What is in it has been looked at before: it has no quotation marks and dollar signs. */
export function quote(text: string): string {
  return /^[\w./:*@,%-]+$/.test(text) ? text : `"${text}"`;
}

export function ruleTexts(candidate: Candidate, around: RuleSurroundings): RuleTexts {
  const filters = candidate.rule.filters ?? [];
  const redirect = filters.find(({ type }) => type === 'RequestRedirect')?.requestRedirect;
  if (redirect !== undefined) return { http: [], location: redirectText(candidate, redirect, around) };
  const rewrite = filters.find(({ type }) => type === 'URLRewrite')?.urlRewrite;
  const { target, http: shares } = targetOf(around);
  const modifiers = filters.flatMap(({ requestHeaderModifier }) => requestHeaderModifier ?? []);
  const request = requestFields(modifiers, around.id);
  const changed = new Set(modifiers.flatMap(namesOf).map((name) => name.toLowerCase()));
  const path = rewrite?.path === undefined ? [] : [...restored(), ...rewriteText(candidate, rewrite.path, ' break')];
  const uri = rewrite?.path === undefined ? '$request_uri' : '$uri$is_args$args';
  const location = [
    ...path,
    ...Object.entries(usualFields(rewrite?.hostname))
      .filter(([name]) => !changed.has(name.toLowerCase()))
      .map(([name, value]) => `proxy_set_header ${name} ${value};`),
    ...request.location,
    ...filters.flatMap(({ responseHeaderModifier }) => responseText(responseHeaderModifier)),
    'proxy_http_version 1.1;',
    `proxy_pass http://${target}${uri};`,
  ];
  return { http: [...shares, ...request.http], location };
}

function namesOf({ set = [], add = [], remove = [] }: HeaderModifier): string[] {
  return [...[...set, ...add].map(({ name }) => name), ...remove];
}

/** What servers behind are told unless a filter says something else. */
function usualFields(hostname: string | undefined): Readonly<Record<string, string>> {
  return {
    Host: hostname === undefined ? '$gw_api_compliant_host' : quote(hostname),
    'X-Forwarded-For': '$proxy_add_x_forwarded_for',
    'X-Real-IP': '$remote_addr',
    'X-Forwarded-Proto': '$scheme',
    'X-Forwarded-Host': '$host',
    'X-Forwarded-Port': '$server_port',
    Upgrade: '$http_upgrade',
    Connection: '$connection_upgrade',
  };
}

/** The path as it was asked for, before it was led here. */
function restored(): string[] {
  return ['rewrite ^ $request_uri_path;'];
}

function targetOf({ id, backends }: RuleSurroundings): { readonly target: string; readonly http: readonly string[] } {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  if (backends.length === 0 || total === 0) return { target: 'invalid-backend-ref', http: [] };
  const used = backends.filter(({ weight }) => weight > 0);
  if (used.length === 1) return { target: used[0]!.upstream.name, http: [] };
  const variable = `$group_${id}`;
  const shares = used.map(({ upstream, weight }, at) => {
    // The last has what is left.
    const share = at === used.length - 1 ? '*' : `${((100 * weight) / total).toFixed(2)}%`;
    return `\t${share} ${upstream.name};`;
  });
  return { target: variable, http: [`split_clients $request_id ${variable} {`, ...shares, '}', ''] };
}

function requestFields(modifiers: readonly HeaderModifier[], id: string): RuleTexts {
  const http: string[] = [];
  const location: string[] = [];
  for (const { set = [], add = [], remove = [] } of modifiers) {
    for (const { name, value } of add) {
      const field = name.toLowerCase().replaceAll('-', '_');
      const variable = `$added_${id}_${http.length}`;
      http.push(
        `map $http_${field} ${variable} {`,
        `\t"" "${value}";`,
        `\tdefault "$http_${field},${value}";`,
        '}',
        '',
      );
      location.push(`proxy_set_header ${name} ${variable};`);
    }
    for (const { name, value } of set) location.push(`proxy_set_header ${name} "${value}";`);
    for (const name of remove) location.push(`proxy_set_header ${name} "";`);
  }
  return { http, location };
}

function responseText(modifier: HeaderModifier | undefined): string[] {
  const { set = [], add = [], remove = [] } = modifier ?? {};
  return [
    ...set.flatMap(({ name, value }) => [`proxy_hide_header ${name};`, `add_header ${name} "${value}" always;`]),
    ...add.map(({ name, value }) => `add_header ${name} "${value}" always;`),
    ...remove.map((name) => `proxy_hide_header ${name};`),
  ];
}

function redirectText(
  candidate: Candidate,
  { scheme, hostname, path, port, statusCode = 302 }: NonNullable<RouteFilter['requestRedirect']>,
  around: RuleSurroundings,
): string[] {
  const to = scheme ?? around.scheme;
  // A scheme that is named brings its own port along.
  const toPort = port ?? (scheme === undefined ? around.port : to === 'https' ? 443 : 80);
  const shown = toPort === (to === 'https' ? 443 : 80) ? '' : `:${toPort}`;
  const host = hostname === undefined ? '$host' : hostname;
  if (path === undefined) return [`return ${statusCode} ${to}://${host}${shown}$request_uri;`];
  return [
    ...restored(),
    ...rewriteText(candidate, path, ''),
    `return ${statusCode} ${to}://${host}${shown}$uri$is_args$args;`,
  ];
}

function rewriteText(candidate: Candidate, path: PathModifier, flag: string): string[] {
  if (path.type === 'ReplaceFullPath') return [`rewrite ^ ${quote(path.replaceFullPath!)}${flag};`];
  const prefix = candidate.path.value === '/' ? '' : candidate.path.value;
  const replacement = (path.replacePrefixMatch ?? '/').replace(/\/+$/, '');
  const pattern = prefix.replace(/[.*+?^()|[\]]/g, '\\$&');
  // `/a` alone becomes the replacement, `/a/b` keeps what is behind.
  return [
    `rewrite "^${pattern}/(.*)$" "${replacement}/$1"${flag};`,
    ...(prefix === '' ? [] : [`rewrite "^${pattern}$" ${replacement === '' ? '/' : quote(replacement)}${flag};`]),
  ];
}
