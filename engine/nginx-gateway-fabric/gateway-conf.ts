import type { Upstream } from './backends.ts';
import type { Configuration, GatewayServer } from './configuration.ts';
import { quote, ruleTexts } from './location-text.ts';
import { conditionsOf, type PathNode } from './matching.ts';

/** nginx.conf, as the controller writes it. */
export function gatewayConf({ servers, upstreams }: Configuration): string {
  const written = servers.map((server, at) => serverText(server, at));
  const lines = [
    'daemon off;',
    'worker_processes 1;',
    'pid /tmp/nginx/nginx.pid;',
    'error_log stderr info;',
    '',
    'events {',
    '\tworker_connections 1024;',
    '}',
    '',
    'http {',
    ...indent([
      'include /etc/nginx/mime.types;',
      'default_type application/octet-stream;',
      'log_format main \'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"\';',
      'access_log /dev/stdout main;',
      'server_tokens off;',
      'port_in_redirect off;',
      '',
      '# what a client asked for, or the name of the server',
      'map $http_host $gw_api_compliant_host {',
      "\t'' $host;",
      '\tdefault $http_host;',
      '}',
      '',
      '# the path as it was sent, also where a request has been led elsewhere',
      'map $request_uri $request_uri_path {',
      '\t"~^(?<path>[^?]*)(\\?.*)?$" $path;',
      '}',
      '',
      'map $http_upgrade $connection_upgrade {',
      '\tdefault upgrade;',
      "\t'' close;",
      '}',
      '',
      ...upstreams.flatMap(upstreamText),
      ...written.flatMap(({ http }) => http),
      ...answering(8500, 500),
      ...answering(8503, 503),
      ...defaultServers(servers),
      ...written.flatMap(({ server }) => server),
    ]),
    '}',
    '',
  ];
  return lines.join('\n');
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? line : `\t${line}`));
}

function upstreamText({ name, servers }: Upstream): string[] {
  // Nobody is ready: there is somebody who says so.
  const all = servers.length > 0 ? servers : ['127.0.0.1:8503'];
  return [`upstream ${name} {`, '\trandom two least_conn;', ...all.map((each) => `\tserver ${each};`), '}', ''];
}

function answering(port: number, status: number): string[] {
  return ['server {', `\tlisten 127.0.0.1:${port};`, '\taccess_log off;', `\treturn ${status};`, '}', ''];
}

/** What is asked under no name that a listener has. */
function defaultServers(servers: readonly GatewayServer[]): string[] {
  const ports = new Map(servers.map(({ port, pem }) => [port, pem !== undefined]));
  const named = new Set(servers.filter(({ hostname }) => hostname === undefined).map(({ port }) => port));
  return [...ports]
    .filter(([port]) => !named.has(port))
    .flatMap(([port, isTls]) => [
      'server {',
      `\tlisten ${port}${isTls ? ' ssl' : ''} default_server;`,
      ...(isTls ? ['\tssl_reject_handshake on;'] : ['\tdefault_type text/html;', '\treturn 404;']),
      '}',
      '',
    ]);
}

function serverText(server: GatewayServer, number: number): { readonly http: string[]; readonly server: string[] } {
  const { port, hostname, pem, nodes } = server;
  const http: string[] = [];
  const inner: string[] = [];
  const places = new Map<object, string>();
  for (const candidate of nodes.flatMap(({ candidates }) => candidates)) {
    if (places.has(candidate)) continue;
    const place = `s${number}_r${places.size}`;
    places.set(candidate, place);
    const backends = server.backendsOf(candidate);
    const texts = ruleTexts(candidate, { id: place, backends, port, scheme: pem === undefined ? 'http' : 'https' });
    http.push(...texts.http);
    inner.push(
      '',
      `# ${candidate.route.metadata.namespace}/${candidate.route.metadata.name} rule ${candidate.ruleIndex}`,
      `location = /_ngf-internal-${place} {`,
      '\tinternal;',
      ...indent(texts.location),
      '}',
    );
  }
  const locations = nodes.flatMap((node, at) => nodeText(node, `$ngf_s${number}_n${at}`, places, http));
  const hasRoot = nodes.some(({ path, exact }) => path === '/' && !exact);
  const isDefault = hostname === undefined ? ' default_server' : '';
  return {
    http,
    server: [
      'server {',
      `\tlisten ${port}${pem === undefined ? '' : ' ssl'}${isDefault};`,
      ...(pem === undefined ? [] : [`\tssl_certificate ${pem};`, `\tssl_certificate_key ${pem};`]),
      `\tserver_name ${hostname === undefined ? '_' : quote(hostname)};`,
      ...indent([...locations, ...(hasRoot ? [] : ['', 'location / {', '\treturn 404;', '}']), ...inner]),
      '}',
      '',
    ],
  };
}

/** Leads to the rule that fits: each condition is looked at in turn, and where one fails the next rule's are. */
function nodeText(node: PathNode, variable: string, places: ReadonlyMap<object, string>, http: string[]): string[] {
  const { path, exact, candidates } = node;
  const head = ['', `location ${exact ? '= ' : ''}${quote(path)} {`];
  const [first] = candidates;
  if (first !== undefined && conditionsOf(first).length === 0) {
    return [...head, `\trewrite ^ /_ngf-internal-${places.get(first)} last;`, '}'];
  }
  let next = '""';
  for (const [at, candidate] of [...candidates.entries()].toReversed()) {
    let fits = places.get(candidate)!;
    const otherwise = next;
    for (const [index, { variable: field, value }] of [...conditionsOf(candidate).entries()].toReversed()) {
      const name = `${variable}_${at}_${index}`;
      http.push(`map ${field} ${name} {`, `\tdefault ${otherwise};`, `\t${literal(value)} ${fits};`, '}', '');
      fits = name;
    }
    next = fits;
  }
  return [
    ...head,
    `\tset $ngf_place ${next};`,
    '\tif ($ngf_place = "") {',
    '\t\treturn 404;',
    '\t}',
    '\trewrite ^ /_ngf-internal-$ngf_place last;',
    '}',
  ];
}

/** A value of a map that is taken as it is: `default` and what begins with a tilde mean something there. */
function literal(value: string): string {
  return `"${/^(?:default|hostnames|volatile|include)$|^[~\\]/.test(value) ? `\\${value}` : value}"`;
}
