import type { Annotations } from './annotations.ts';
import { type HostLocation, type HostServer, needsRewrite } from './model.ts';
import type { Options } from './options.ts';
import { nameOf } from './watched-cluster.ts';

/** Files that the configuration names. */
export interface Paths {
  /** The certificate and key of a host, in one file. */
  certificate(host: string): string;
  /** The password file of an Ingress; undefined when its Secret is not there or is no good. */
  passwords(location: HostLocation): string | undefined;
}

interface Surroundings {
  readonly options: Options;
  /** All paths of the host are regular expressions. */
  readonly enforced: boolean;
  readonly paths: Paths;
}

/** A location of a host, as a block of nginx's configuration. */
export function locationText(location: HostLocation, server: HostServer, around: Surroundings): string[] {
  const { path, exact, ingress, annotations, upstream } = location;
  const { options, enforced } = around;
  const head = enforced ? `~* ${quote(`^${path}`)}` : exact ? `= ${quote(path)}` : quote(path);
  const lines = [
    `set $namespace "${upstream.namespace}";`,
    `set $ingress_name "${ingress?.metadata.name ?? ''}";`,
    `set $service_name "${upstream.service}";`,
    `set $service_port "${upstream.port}";`,
    // A dollar sign would begin a variable.
    ...(location.ingressPath.includes('$') ? [] : [`set $location_path ${quote(location.ingressPath)};`]),
  ];
  if (annotations === undefined || ingress === undefined) {
    const quiet = options['enable-access-log-for-default-backend'] === 'true' ? [] : ['access_log off;'];
    return [`location ${head} {`, ...indent([...lines, ...quiet, ...passText(location, undefined, around)]), '}'];
  }
  const refusal = refusalOf(location, around.paths);
  if (refusal !== undefined)
    return [
      `location ${head} {`,
      ...indent([...lines, `# Location denied. Reason: ${JSON.stringify(refusal)}`, 'return 503;']),
      '}',
    ];
  const body = [
    ...lines,
    ...redirectText(annotations, server, options),
    ...accessText(location, annotations, around.paths),
    ...(annotations.accessLog ? [] : ['access_log off;']),
    ...secureText(server, options),
    ...corsText(annotations),
    ...(annotations.affinityCookie === undefined
      ? []
      : [`add_header Set-Cookie $set_${annotations.affinityCookie.replaceAll('-', '_')} always;`]),
    ...passText(location, annotations, around),
  ];
  return [`location ${head} {`, ...indent(body), '}'];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? line : `\t${line}`));
}

function refusalOf(location: HostLocation, paths: Paths): string | undefined {
  const { annotations, ingress } = location;
  if (annotations!.refusal !== undefined) return annotations!.refusal;
  if (annotations!.auth === undefined || paths.passwords(location) !== undefined) return undefined;
  return `error reading auth secret ${annotations!.auth.secret} of ingress ${nameOf(ingress!)}`;
}

function redirectText(annotations: Annotations, server: HostServer, options: Options): string[] {
  const { redirect, sslRedirect, forceSslRedirect } = annotations;
  if (redirect !== undefined) return [`return ${redirect.code} ${quote(redirect.url)};`];
  if (!forceSslRedirect && !(sslRedirect && server.tlsSecret !== undefined)) return [];
  const code = options['http-redirect-code'];
  return ['if ($pass_access_scheme = http) {', `\treturn ${code} https://$host$request_uri;`, '}'];
}

function accessText(location: HostLocation, annotations: Annotations, paths: Paths): string[] {
  const { allowed, denied, auth, limitRps, limitRpm, limitBurst } = annotations;
  const { metadata } = location.ingress!;
  const zone = `${metadata.namespace}_${metadata.name}`;
  const limits = [
    ...(limitRps > 0 ? [`limit_req zone=${zone}_rps burst=${limitRps * limitBurst} nodelay;`] : []),
    ...(limitRpm > 0 ? [`limit_req zone=${zone}_rpm burst=${limitRpm * limitBurst} nodelay;`] : []),
  ];
  const basic =
    auth === undefined
      ? []
      : [`auth_basic ${quote(auth.realm)};`, `auth_basic_user_file ${paths.passwords(location)};`];
  return [
    ...denied.map((network) => `deny ${network};`),
    ...allowed.map((network) => `allow ${network};`),
    ...(allowed.length > 0 ? ['deny all;'] : []),
    ...basic,
    ...limits,
  ];
}

/** HTTPS from now on, for whoever came with it. */
function secureText({ tlsSecret }: HostServer, options: Options): string[] {
  if (options.hsts !== 'true' || tlsSecret === undefined) return [];
  return ['add_header Strict-Transport-Security $hsts always;'];
}

function corsText({ cors }: Annotations): string[] {
  if (cors === undefined) return [];
  const fields = [
    `add_header Access-Control-Allow-Origin ${quote(cors.origin)} always;`,
    'add_header Access-Control-Allow-Credentials "true" always;',
    `add_header Access-Control-Allow-Methods ${quote(cors.methods)} always;`,
    `add_header Access-Control-Allow-Headers ${quote(cors.headers)} always;`,
    'add_header Access-Control-Max-Age "1728000" always;',
  ];
  const preflight = ['if ($request_method = OPTIONS) {', ...indent(fields), '\treturn 204;', '}'];
  return [...preflight, ...fields];
}

function passText(location: HostLocation, annotations: Annotations | undefined, { options }: Surroundings): string[] {
  const { upstream, canary, path } = location;
  const host =
    annotations?.upstreamVhost === undefined || annotations.upstreamVhost === ''
      ? '$best_http_host'
      : quote(annotations.upstreamVhost);
  const prefix = annotations?.forwardedPrefix ?? '';
  const names = canary === undefined ? upstreamNames(upstream) : canaryNames(location);
  // Nobody is there to be asked.
  if (canary === undefined && upstream.servers.length === 0 && upstream.externalName === undefined)
    return [...names, 'return 503;'];
  const rewrite =
    annotations !== undefined && needsRewrite(location) ? [rewriteText(path, annotations.rewriteTarget)] : [];
  return [
    ...names,
    `client_max_body_size ${annotations?.bodySize ?? options['proxy-body-size']};`,
    `proxy_set_header Host ${host};`,
    'proxy_set_header X-Request-ID $req_id;',
    'proxy_set_header X-Real-IP $remote_addr;',
    'proxy_set_header X-Forwarded-For $full_x_forwarded_for;',
    'proxy_set_header X-Forwarded-Host $best_http_host;',
    'proxy_set_header X-Forwarded-Port $server_port;',
    'proxy_set_header X-Forwarded-Proto $pass_access_scheme;',
    'proxy_set_header X-Forwarded-Scheme $pass_access_scheme;',
    'proxy_set_header X-Scheme $pass_access_scheme;',
    'proxy_set_header X-Original-Forwarded-For $http_x_forwarded_for;',
    ...(prefix === '' ? [] : [`proxy_set_header X-Forwarded-Prefix ${quote(prefix)};`]),
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_set_header Connection $connection_upgrade;',
    `proxy_connect_timeout ${annotations?.connectTimeout ?? options['proxy-connect-timeout']}s;`,
    `proxy_send_timeout ${annotations?.sendTimeout ?? options['proxy-send-timeout']}s;`,
    `proxy_read_timeout ${annotations?.readTimeout ?? options['proxy-read-timeout']}s;`,
    `proxy_http_version ${annotations?.httpVersion ?? '1.1'};`,
    `proxy_next_upstream ${annotations?.nextUpstream ?? options['proxy-next-upstream']};`,
    `proxy_next_upstream_tries ${annotations?.nextUpstreamTries ?? options['proxy-next-upstream-tries']};`,
    ...errorText(annotations, options),
    ...(options['location-snippet'].trim() === '' ? [] : options['location-snippet'].trimEnd().split('\n')),
    ...((annotations?.locationSnippet ?? '').trim() === '' ? [] : annotations!.locationSnippet.trimEnd().split('\n')),
    ...rewrite,
    `proxy_pass http://${canary === undefined && upstream.externalName === undefined ? upstream.name : '$proxy_target'};`,
    'proxy_redirect off;',
  ];
}

function upstreamNames({ name, externalName }: HostLocation['upstream']): string[] {
  const named = `set $proxy_upstream_name ${quote(name)};`;
  return externalName === undefined ? [named] : [named, `set $proxy_target ${quote(externalName)};`];
}

function canaryNames({ canary, upstream }: HostLocation): string[] {
  const variable = `$canary_${canary!.upstream.name.replaceAll(/[^\w]/g, '_')}`;
  return [
    `set $proxy_upstream_name ${quote(upstream.name)};`,
    `set $proxy_target ${variable};`,
    `if ($proxy_target = ${quote(canary!.upstream.name)}) {`,
    `\tset $proxy_alternative_upstream_name ${quote(canary!.upstream.name)};`,
    '}',
  ];
}

function rewriteText(path: string, target: string): string {
  return `rewrite ${quote(`(?i)${path}`)} ${quote(target)} break;`;
}

/** Errors of servers behind that the default backend is to answer for. */
export function customErrors(annotations: Annotations | undefined, options: Options): readonly string[] {
  const codes = annotations?.customErrors.length ? annotations.customErrors : options['custom-http-errors'].split(',');
  return codes.map((code) => code.trim()).filter((code) => /^[345]\d\d$/.test(code));
}

function errorText(annotations: Annotations | undefined, options: Options): string[] {
  const wanted = customErrors(annotations, options);
  if (wanted.length === 0) return [];
  return ['proxy_intercept_errors on;', ...wanted.map((code) => `error_page ${code} = @custom_${code};`)];
}

/** A word of nginx's configuration: in quotes where it is not plain. */
export function quote(text: string): string {
  if (/^[\w./$:~*@^=,+%-]+$/.test(text)) return text;
  // A backslash stays one, except before what nginx takes for an escape.
  return `"${text.replace(/\\(?=["'\\trn]|$)/g, '\\\\').replace(/"/g, '\\"')}"`;
}
