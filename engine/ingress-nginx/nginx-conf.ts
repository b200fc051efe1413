import type { Canary } from './annotations.ts';
import { customErrors, locationText, type Paths, quote } from './location-text.ts';
import { type HostLocation, type HostServer, type Model, usesExpressions } from './model.ts';
import type { Options } from './options.ts';
import type { Upstream } from './upstreams.ts';

/**
 * nginx.conf as the controller writes it. Where the real one balances in Lua, with endpoints that come over a socket, this one
 * writes plain `upstream` blocks: what an administrator would write, and what any nginx runs. So new endpoints need a reload.
 * Canaries, sticky cookies and redirects, which are Lua there too, are maps and returns here.
 */
export function nginxConf(model: Model, options: Options, paths: Paths): string {
  const locations = model.servers.flatMap(({ locations: each }) => each);
  const text = [
    '# Configuration written by the ingress controller: changes are lost at the next one',
    'daemon off;',
    `worker_processes ${options['worker-processes']};`,
    'pid /tmp/nginx/nginx.pid;',
    `error_log ${options['error-log-path']} ${options['error-log-level']};`,
    '',
    'events {',
    '\tmulti_accept on;',
    `\tworker_connections ${options['max-worker-connections']};`,
    '\tuse epoll;',
    '}',
    '',
    'http {',
    ...indent(httpOptions(options)),
    ...indent(variables(options, locations)),
    ...indent(limitZones(locations)),
    ...indent(
      model.upstreams.filter(({ servers }) => servers.length > 0).flatMap((each) => upstreamText(each, options)),
    ),
    ...indent(locations.flatMap(canaryText)),
    ...indent(defaultServer()),
    ...indent(model.servers.flatMap((server) => serverText(server, options, paths))),
    '}',
    '',
  ];
  return text.join('\n');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? line : `\t${line}`));
}

function httpOptions(options: Options): string[] {
  const escaping = options['log-format-escape-json'] === 'true' ? 'escape=json ' : '';
  const log =
    options['disable-access-log'] === 'true'
      ? 'access_log off;'
      : `access_log ${options['access-log-path']} upstreaminfo;`;
  return [
    'include /etc/nginx/mime.types;',
    'default_type text/html;',
    `keepalive_timeout ${options['keep-alive']}s;`,
    `client_header_timeout ${options['client-header-timeout']}s;`,
    `client_body_timeout ${options['client-body-timeout']}s;`,
    `large_client_header_buffers ${options['large-client-header-buffers']};`,
    `server_tokens ${options['server-tokens'] === 'true' ? 'on' : 'off'};`,
    `map_hash_bucket_size ${options['map-hash-bucket-size']};`,
    'port_in_redirect off;',
    `log_format upstreaminfo ${escaping}'${options['log-format-upstream'].replaceAll("'", "\\'")}';`,
    log,
    `limit_req_status ${options['limit-req-status-code']};`,
    `ssl_protocols ${options['ssl-protocols']};`,
    ...snippet(options['http-snippet']),
    '',
  ];
}

function variables(options: Options, locations: readonly HostLocation[]): string[] {
  const forwarded = options['use-forwarded-headers'] === 'true';
  const cookies = new Set(locations.flatMap(({ annotations }) => annotations?.affinityCookie ?? []));
  return [
    'map $http_x_request_id $req_id {',
    '\tdefault $http_x_request_id;',
    '\t"" $request_id;',
    '}',
    '',
    `map ${forwarded ? '$http_x_forwarded_proto' : '$scheme'} $pass_access_scheme {`,
    `\tdefault ${forwarded ? '$http_x_forwarded_proto' : '$scheme'};`,
    '\t"" $scheme;',
    '}',
    '',
    `map ${forwarded ? '$http_x_forwarded_host' : '$http_host'} $best_http_host {`,
    `\tdefault ${forwarded ? '$http_x_forwarded_host' : '$http_host'};`,
    '\t"" $host;',
    '}',
    '',
    `map ${forwarded ? '$http_x_forwarded_for' : '$remote_addr'} $full_x_forwarded_for {`,
    `\tdefault ${forwarded ? '"$http_x_forwarded_for, $remote_addr"' : '$remote_addr'};`,
    '\t"" $remote_addr;',
    '}',
    '',
    '# WebSockets: https://nginx.org/en/docs/http/websocket.html',
    'map $http_upgrade $connection_upgrade {',
    '\tdefault upgrade;',
    "\t'' close;",
    '}',
    '',
    'map $scheme $hsts {',
    '\tdefault "";',
    `\thttps "${strictTransport(options)}";`,
    '}',
    '',
    ...[...cookies].flatMap((cookie) => stickyText(cookie)),
  ];
}

function strictTransport(options: Options): string {
  const inner = options['hsts-include-subdomains'] === 'true' ? '; includeSubDomains' : '';
  const preload = options['hsts-preload'] === 'true' ? '; preload' : '';
  return `max-age=${options['hsts-max-age']}${inner}${preload}`;
}

/** Whoever comes without the cookie is given one, and is sent where it leads from then on. */
function stickyText(cookie: string): string[] {
  const name = cookie.replaceAll('-', '_');
  return [
    `map $cookie_${cookie} $sticky_${name} {`,
    `\tdefault $cookie_${cookie};`,
    '\t"" $request_id;',
    '}',
    '',
    `map $cookie_${cookie} $set_${name} {`,
    '\tdefault "";',
    `\t"" "${cookie}=$request_id; Path=/; HttpOnly";`,
    '}',
    '',
  ];
}

function limitZones(locations: readonly HostLocation[]): string[] {
  const lines = new Set<string>();
  for (const { ingress, annotations } of locations) {
    if (ingress === undefined || annotations === undefined) continue;
    const name = `${ingress.metadata.namespace}_${ingress.metadata.name}`;
    if (annotations.limitRps > 0)
      lines.add(`limit_req_zone $binary_remote_addr zone=${name}_rps:5m rate=${annotations.limitRps}r/s;`);
    if (annotations.limitRpm > 0)
      lines.add(`limit_req_zone $binary_remote_addr zone=${name}_rpm:5m rate=${annotations.limitRpm}r/m;`);
  }
  return lines.size === 0 ? [] : [...lines, ''];
}

function upstreamText({ name, servers, hashBy }: Upstream, options: Options): string[] {
  const method = { least_conn: 'least_conn;', ip_hash: 'ip_hash;' }[options['load-balance']];
  return [
    `upstream ${name} {`,
    ...(hashBy === '' ? [] : [`\thash ${hashBy} consistent;`]),
    ...(hashBy === '' && method !== undefined ? [`\t${method}`] : []),
    ...servers.map((server) => `\tserver ${server} max_fails=0;`),
    '}',
    '',
  ];
}

/** Who gets a request of a location with a canary: by header, else by cookie, else by share. */
function canaryText(location: HostLocation): string[] {
  const { canary, upstream } = location;
  if (canary === undefined) return [];
  const { rule, upstream: other } = canary;
  const name = other.name.replaceAll(/[^\w]/g, '_');
  const share = Math.min(100, (rule.weight / rule.weightTotal) * 100);
  const byWeight =
    share <= 0
      ? [`map $host $weight_${name} {`, `\tdefault ${upstream.name};`, '}', '']
      : [
          `split_clients $request_id $weight_${name} {`,
          `\t${Number(share.toFixed(2))}% ${other.name};`,
          `\t* ${upstream.name};`,
          '}',
          '',
        ];
  const choices = (always: string) => [`\t${always} ${other.name};`, `\tnever ${upstream.name};`];
  const byCookie = [
    `map ${rule.cookie === '' ? '$host' : `$cookie_${rule.cookie}`} $cookie_${name}_canary {`,
    `\tdefault $weight_${name};`,
    ...(rule.cookie === '' ? [] : choices('always')),
    '}',
    '',
  ];
  const field = `$http_${rule.header.replaceAll('-', '_').toLowerCase()}`;
  const byHeader = [
    `map ${rule.header === '' ? '$host' : field} $canary_${name} {`,
    `\tdefault $cookie_${name}_canary;`,
    ...(rule.header === '' ? [] : headerChoices(rule, other, choices('always'))),
    '}',
    '',
  ];
  return [...byWeight, ...byCookie, ...byHeader];
}

function headerChoices({ headerValue, headerPattern }: Canary, { name }: Upstream, choices: string[]): string[] {
  if (headerValue !== '') return [`\t${quote(headerValue)} ${name};`];
  return headerPattern === '' ? choices : [`\t${quote(`~${headerPattern}`)} ${name};`];
}

/** The page for what no rule fits, and what the controller itself asks for. */
function defaultServer(): string[] {
  return [
    '# default server: answers 404',
    'server {',
    '\tlisten 127.0.0.1:8181 default_server;',
    '\tset $proxy_upstream_name "internal";',
    '\tset $proxy_alternative_upstream_name "";',
    '\taccess_log off;',
    '\tlocation / {',
    '\t\treturn 404;',
    '\t}',
    '}',
    '',
    'server {',
    '\tlisten 127.0.0.1:10246;',
    '\taccess_log off;',
    '\tlocation /healthz {',
    '\t\treturn 200;',
    '\t}',
    '\tlocation /nginx_status {',
    '\t\tstub_status on;',
    '\t}',
    '}',
    '',
  ];
}

function serverText(server: HostServer, options: Options, paths: Paths): string[] {
  const { host, aliases, locations } = server;
  const isDefault = host === '_' ? ' default_server' : '';
  const enforced = usesExpressions(server);
  const certificate = paths.certificate(host);
  const appRoot = locations.find(({ annotations }) => (annotations?.appRoot ?? '') !== '')?.annotations?.appRoot;
  return [
    `## start server ${host}`,
    'server {',
    `\tserver_name ${[host, ...aliases].map(quote).join(' ')};`,
    '',
    `\tlisten 80${isDefault};`,
    `\tlisten 443${isDefault} ssl;`,
    `\tssl_certificate ${certificate};`,
    `\tssl_certificate_key ${certificate};`,
    '',
    '\tset $proxy_upstream_name "-";',
    '\tset $proxy_alternative_upstream_name "";',
    ...(appRoot === undefined
      ? []
      : ['', '\tif ($uri = /) {', `\t\treturn 302 $pass_access_scheme://$http_host${appRoot};`, '\t}']),
    ...indent(snippet(options['server-snippet'])),
    ...indent(snippet(server.snippet)),
    ...locations.flatMap((location) => ['', ...indent(locationText(location, server, { options, enforced, paths }))]),
    ...errorLocations(server, options),
    ...(host === '_' ? ['', ...indent(healthLocation())] : []),
    '}',
    `## end server ${host}`,
    '',
  ];
}

function errorLocations({ locations }: HostServer, options: Options): string[] {
  const codes = new Set(locations.flatMap(({ annotations }) => customErrors(annotations, options)));
  return [...codes].flatMap((code) => [
    '',
    `\tlocation @custom_${code} {`,
    '\t\tinternal;',
    `\t\tproxy_set_header X-Code ${code};`,
    '\t\tproxy_set_header X-Format $http_accept;',
    '\t\tproxy_set_header X-Original-URI $request_uri;',
    '\t\tproxy_set_header X-Namespace $namespace;',
    '\t\tproxy_set_header X-Ingress-Name $ingress_name;',
    '\t\tproxy_set_header X-Service-Name $service_name;',
    '\t\trewrite (.*) / break;',
    '\t\tproxy_pass http://upstream-default-backend;',
    '\t}',
  ]);
}

function healthLocation(): string[] {
  return ['# health checks of load balancers', 'location = /healthz {', '\taccess_log off;', '\treturn 200;', '}'];
}

/** What an administrator or a user wrote in nginx's words. */
function snippet(text: string): string[] {
  return text.trim() === '' ? [] : ['', ...text.trimEnd().split('\n')];
}
