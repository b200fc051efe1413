import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import { patternOf } from './pattern.ts';
import { isPlain, type Reading, type Template } from './template.ts';

/** Where `proxy_pass` leads. */
export interface ProxyPass {
  readonly target: Template;
  /** What the target says when it has no variables. */
  readonly url: ProxyUrl | undefined;
  readonly place: string;
}

interface ProxyUrl {
  /** An upstream's name, or a host. */
  readonly host: string;
  readonly port: number | undefined;
  /** What takes the place of the location's prefix; undefined: the request's URI is passed as it is. */
  readonly uri: string | undefined;
}

/** Throws ConfigError. */
export function proxyPassOf(directive: Directive, reading: Reading): ProxyPass {
  const text = directive.args[0]!;
  const place = placeOf(directive);
  const target = reading.template(text, place);
  if (!isPlain(target)) return { target, url: undefined, place };
  if (/^https:\/\//i.test(text)) {
    // TLS towards servers behind is not there.
    throw new ConfigError(`https protocol requires SSL support in ${place}`);
  }
  const url = parseProxyUrl(text);
  if (url === undefined) throw new ConfigError(`invalid URL prefix in ${place}`);
  if (url.host === '') throw new ConfigError(`no host in upstream "${text.slice('http://'.length)}" in ${place}`);
  return { target, url, place };
}

export function parseProxyUrl(text: string): ProxyUrl | undefined {
  const match = /^http:\/\/([^/:?]*)(?::(\d{1,5}))?([/?].*)?$/is.exec(text);
  if (match === null) return undefined;
  const [, host = '', port, uri] = match;
  return { host, port: port === undefined ? undefined : Number(port), uri };
}

/** `proxy_redirect`: what becomes of a Location that a server behind answers with. */
export interface ProxyRedirect {
  readonly from: Template | RegExp | 'default';
  readonly to: Template | undefined;
}

/** Undefined for `off`. Throws ConfigError. */
export function proxyRedirectOf(directive: Directive, reading: Reading): ProxyRedirect | undefined {
  const [from = '', to] = directive.args;
  const place = placeOf(directive);
  if (to === undefined) {
    if (from === 'off') return undefined;
    if (from === 'default') return { from, to };
    throw new ConfigError(`invalid parameter "${from}" in ${place}`);
  }
  const replacement = reading.template(to, place);
  if (!from.startsWith('~')) return { from: reading.template(from, place), to: replacement };
  const ignoreCase = from.startsWith('~*');
  return { from: patternOf(from.slice(ignoreCase ? 2 : 1), ignoreCase, place), to: replacement };
}
