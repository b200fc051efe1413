import type { Environment } from '@marcbachmann/cel-js';
import { refuse, registerAll } from './library.ts';

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

class CelUrl {
  readonly text: string;
  readonly parts: Parts;

  constructor(text: string, parts: Parts) {
    this.text = text;
    this.parts = parts;
  }
}

const ABSOLUTE =
  /^([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/(?:[^@/?#]*@)?((\[[^\]]*\]|[^/?#:]*)(?::(\d*))?))?([^?#]*)(?:\?([^#]*))?$/;

/** An absolute URI or an absolute path, as Go's `url.ParseRequestURI` takes it. */
function split(text: string): Parts | undefined {
  if (/[\s\u0000-\u001f]/.test(text)) return undefined;
  if (text.startsWith('/')) {
    const [path = '', query = ''] = text.split(/\?(.*)/s);
    return { scheme: '', host: '', hostname: '', port: '', path, query };
  }
  const match = ABSOLUTE.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', host = '', hostname = '', port = '', path = '', query = ''] = match;
  return { scheme: scheme.toLowerCase(), host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port, path, query };
}

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library */
export function registerUrl(environment: Environment): void {
  environment.registerType('kubernetes.URL', { ctor: CelUrl, fields: {} });
  environment.registerOperator('kubernetes.URL == kubernetes.URL', (a, b) => a.text === b.text);
  registerAll(environment, {
    'url(string): kubernetes.URL': (text: string) => {
      const parts = split(text);
      return parts === undefined
        ? refuse(
            `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
          )
        : new CelUrl(text, parts);
    },
    'isURL(string): bool': (text: string) => split(text) !== undefined,
    'kubernetes.URL.getScheme(): string': ({ parts }: CelUrl) => parts.scheme,
    'kubernetes.URL.getHost(): string': ({ parts }: CelUrl) => parts.host,
    'kubernetes.URL.getHostname(): string': ({ parts }: CelUrl) => parts.hostname,
    'kubernetes.URL.getPort(): string': ({ parts }: CelUrl) => parts.port,
    'kubernetes.URL.getEscapedPath(): string': ({ parts }: CelUrl) => encodeURI(decode(parts.path)),
    'kubernetes.URL.getQuery(): map<string, list<string>>': ({ parts }: CelUrl) => queryOf(parts.query),
  });
}

function decode(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

function queryOf(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}
