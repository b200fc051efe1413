import type { RequestHead } from '../../http.ts';
import type { Config, Location, Server } from './config.ts';
import { matchesWildcard } from './maps.ts';

/**
 * The server for a request, by where it came in and then by name: exact, the longest `*.name`, the longest `name.*`, the
 * first regular expression, the default. http://nginx.org/en/docs/http/server_names.html
 */
export function serverFor(
  servers: readonly Server[],
  { local, headers, target }: Pick<RequestHead, 'local' | 'headers' | 'target'>,
): { readonly server: Server; readonly match: RegExpExecArray | undefined } | undefined {
  const named = /^https?:\/\/([^/?]*)/i.exec(target)?.[1] ?? headers['host'] ?? '';
  const host = named.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
  return serverNamed(servers, local, host);
}

export function serverNamed(
  servers: readonly Server[],
  local: { readonly address: string; readonly port: number },
  host: string,
): { readonly server: Server; readonly match: RegExpExecArray | undefined } | undefined {
  const here = serversAt(servers, local);
  // `.example.com` is `example.com` and `*.example.com`, unless an earlier server has the latter.
  const star = here.findIndex(({ names }) => names.includes(`*.${host}`));
  const exact = here.find(({ names }, at) =>
    names.some((name) => name === host || (name === `.${host}` && (star < 0 || at < star))),
  );
  const found =
    exact ??
    longestWildcard(here, host, (name) => !name.endsWith('.*')) ??
    longestWildcard(here, host, (name) => name.endsWith('.*'));
  if (found !== undefined) return { server: found, match: undefined };
  for (const server of here) {
    for (const pattern of server.patterns) {
      const match = pattern.exec(host);
      if (match !== null) return { server, match };
    }
  }
  const server =
    here.find(({ listens }) => listens.some((listen) => listen.port === local.port && listen.isDefault)) ?? here[0];
  return server === undefined ? undefined : { server, match: undefined };
}

/** Servers that name the very address are asked before those that listen on all. */
function serversAt(
  servers: readonly Server[],
  local: { readonly address: string; readonly port: number },
): readonly Server[] {
  const at = (address: string) =>
    servers.filter(({ listens }) => listens.some((listen) => listen.port === local.port && listen.address === address));
  const own = at(local.address);
  return own.length > 0 ? own : at('0.0.0.0');
}

function longestWildcard(
  servers: readonly Server[],
  host: string,
  fits: (name: string) => boolean,
): Server | undefined {
  let best: Server | undefined;
  let length = 0;
  for (const server of servers) {
    for (const name of server.names) {
      const fixed = name.replace('*', '').length;
      if (fixed <= length || name === `.${host}` || !fits(name) || !matchesWildcard(name, host)) continue;
      best = server;
      length = fixed;
    }
  }
  return best;
}

interface Found {
  readonly location: Location;
  readonly match: RegExpExecArray | undefined;
}

/**
 * The location for a path: an exact one, else the longest prefix, unless a regular expression fits, the first one of which
 * then counts. http://nginx.org/en/docs/http/ngx_http_core_module.html#location
 */
export function locationFor(locations: readonly Location[], uri: string): Found | undefined {
  let best: Location | undefined;
  for (const location of locations) {
    const { modifier, path } = location;
    if (modifier === '=' && path === uri) return { location, match: undefined };
    if ((modifier === '' || modifier === '^~') && uri.startsWith(path) && path.length > (best?.path.length ?? -1))
      best = location;
  }
  const inner = best === undefined ? undefined : locationFor(best.locations, uri);
  if (inner !== undefined && (inner.location.modifier === '=' || inner.match !== undefined)) return inner;
  const prefix = inner?.location ?? best;
  if (best?.modifier !== '^~') {
    for (const location of locations) {
      const match = location.pattern?.exec(uri);
      if (match === null || match === undefined) continue;
      return locationFor(location.locations, uri) ?? { location, match };
    }
  }
  return prefix === undefined ? undefined : { location: prefix, match: undefined };
}

/** `/path` where only `/path/` is passed on: nginx sends the client there. */
export function needsSlash(locations: readonly Location[], uri: string): boolean {
  return locations.some(
    ({ modifier, path, settings }) =>
      (modifier === '' || modifier === '^~') && settings.proxyPass !== undefined && path === `${uri}/`,
  );
}

/** How large a body may be, as far as that is known before anything is rewritten. */
export function bodyLimit({ servers }: Config, head: RequestHead): number {
  const server = serverFor(servers, head)?.server;
  if (server === undefined) return 1024 ** 2;
  return (locationFor(server.locations, head.path)?.location.settings ?? server.settings).maxBodyBytes;
}
