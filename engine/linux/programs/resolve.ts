import type { Task } from '../../sim/index.ts';
import type { Process } from '../syscalls.ts';
import { knownHosts } from './dns/host-database.ts';
import { lookupHost } from './dns/resolver.ts';

/** The IPv4 address of a name: an address itself, what /etc/hosts says, or DNS. Undefined for an unknown name. */
export function* resolveHost(process: Process, name: string): Task<string | undefined> {
  return hostsAddress(process, name) ?? (yield* lookupHost(process, name)).addresses[0];
}

/** Without asking anybody. */
function hostsAddress(process: Process, name: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return name;
  if (name === 'localhost') return '127.0.0.1';
  for (const { names, addresses } of knownHosts(process)) {
    const [address] = addresses;
    if (address !== undefined && /^\d+\./.test(address) && names.includes(name)) return address;
  }
  return name === process.hostname ? '127.0.0.1' : undefined;
}

export interface HttpUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** With the query, never empty. */
  readonly path: string;
}

export function parseUrl(text: string): HttpUrl | undefined {
  const match = /^(?:([a-z]+):\/\/|(?![a-z]+:\/\/))(?:[^@/]*@)?([^/:?#]+)(?::(\d{1,5}))?([/?][^#]*)?/i.exec(text);
  if (match === null) return undefined;
  const scheme = (match[1] ?? 'http').toLowerCase();
  const path = match[4] ?? '/';
  return {
    scheme,
    host: match[2]!,
    port: Number(match[3] ?? (scheme === 'https' ? 443 : 80)),
    path: path.startsWith('?') ? `/${path}` : path,
  };
}

/** The address a `Location` leads to. */
export function followUrl(from: HttpUrl, location: string): HttpUrl | undefined {
  if (/^[a-z]+:\/\//i.test(location)) return parseUrl(location);
  if (location.startsWith('/')) return { ...from, path: location };
  return { ...from, path: from.path.replace(/[^/]*$/, '') + location };
}
