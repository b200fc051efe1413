import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';

/** Where a server listens. */
export interface ListenSocket {
  readonly address: string;
  readonly port: number;
  readonly isDefault: boolean;
  readonly ssl: boolean;
  readonly place: string;
}

const WORDS =
  /^(default_server|default|ssl|http2|proxy_protocol|deferred|reuseport|bind|(backlog|rcvbuf|sndbuf|fastopen|so_keepalive|ipv6only|setfib)=\S+)$/;

/** Of a server's block. Addresses of IPv6 are left out: the simulated machines speak IPv4. Throws ConfigError. */
export function listensOf(block: readonly Directive[]): readonly ListenSocket[] {
  const directives = block.filter(({ name }) => name === 'listen');
  if (directives.length === 0) return [{ address: '0.0.0.0', port: 80, isDefault: false, ssl: false, place: '' }];
  const listens: ListenSocket[] = [];
  for (const directive of directives) {
    const listen = listenOf(directive);
    if (listen === undefined) continue;
    if (listens.some(({ address, port }) => address === listen.address && port === listen.port))
      throw new ConfigError(`a duplicate listen ${listen.address}:${listen.port} in ${listen.place}`);
    listens.push(listen);
  }
  return listens;
}

function listenOf(directive: Directive): ListenSocket | undefined {
  const [target = '', ...words] = directive.args;
  const place = placeOf(directive);
  for (const word of words) if (!WORDS.test(word)) throw new ConfigError(`invalid parameter "${word}" in ${place}`);
  if (words.includes('proxy_protocol'))
    throw new ConfigError(`the parameter "proxy_protocol" is not there in ${place}`);
  if (target.startsWith('unix:')) throw new ConfigError(`sockets of files are not there for "listen" in ${place}`);
  if (target.startsWith('[')) return undefined;
  const match = /^(?:([\d.*]+|[a-z][\w.-]*):)?(\d{1,5})$|^([\d.]+|\*|localhost)$/.exec(target);
  const port = Number(match?.[2] ?? 80);
  if (match === null || port < 1 || port > 65_535)
    throw new ConfigError(`invalid port in "${target}" of the "listen" directive in ${place}`);
  const address = match[1] ?? match[3] ?? '*';
  return {
    address: address === '*' ? '0.0.0.0' : address === 'localhost' ? '127.0.0.1' : address,
    port,
    isDefault: words.includes('default_server') || words.includes('default'),
    ssl: words.includes('ssl'),
    place,
  };
}

interface Named {
  readonly listens: readonly ListenSocket[];
  readonly names: readonly string[];
  readonly patterns: readonly RegExp[];
}

/** Names that two servers have at one address: the first one keeps them. Throws ConfigError for two defaults. */
export function warnOfConflicts(servers: readonly Named[]): readonly string[] {
  const warnings: string[] = [];
  const seen = new Set<string>();
  const defaults = new Set<string>();
  for (const { listens, names, patterns } of servers) {
    for (const { address, port, isDefault, place } of listens) {
      const key = `${address}:${port}`;
      if (isDefault && defaults.has(key)) throw new ConfigError(`a duplicate default server for ${key} in ${place}`);
      if (isDefault) defaults.add(key);
      for (const name of names.length + patterns.length === 0 ? [''] : names) {
        const id = `${key} ${name.replace(/^\*/, '')}`;
        if (seen.has(id)) warnings.push(`conflicting server name "${name}" on ${key}, ignored`);
        seen.add(id);
      }
    }
  }
  return warnings;
}
