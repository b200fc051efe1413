import type { HttpServerResponse } from '../../http.ts';
import type { Exchange } from './exchange.ts';

/** Sends a client elsewhere; a path is completed to an address unless `absolute_redirect` is off. */
export function redirect(exchange: Exchange, status: number, location: string): HttpServerResponse {
  return { status, headers: { Location: completeLocation(exchange, location) } };
}

export function completeLocation({ settings, request, server }: Exchange, location: string): string {
  if (!location.startsWith('/') || !settings.absoluteRedirect) return location;
  const scheme = request.tls === undefined ? 'http' : 'https';
  const { port } = request.local;
  const shown = settings.portInRedirect && port !== (scheme === 'http' ? 80 : 443) ? `:${port}` : '';
  const asked = (request.headers['host'] ?? '').replace(/:\d*$/, '').toLowerCase();
  const host = settings.serverNameInRedirect || asked === '' ? (server.names[0] ?? request.local.address) : asked;
  return `${scheme}://${host}${shown}${location}`;
}

/** What a text of `return` is, by the end of the path. */
export function textType({ settings, uri }: Exchange): string {
  return typeOf(settings.types, uri) ?? settings.defaultType;
}

export function typeOf(types: ReadonlyMap<string, string>, path: string): string | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : types.get(extension);
}
