import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { lookupHost } from './dns/resolver.ts';

/** The IPv4 address of a name: an address itself, what /etc/hosts says, or DNS. Undefined for an unknown name. */
export function* resolveHost(process: Process, name: string): Task<string | undefined> {
  return hostsAddress(process, name) ?? (yield* lookupHost(process, name)).addresses[0];
}

/** Without asking anybody. */
function hostsAddress(process: Process, name: string): string | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return name;
  if (name === 'localhost') return '127.0.0.1';
  try {
    for (const line of decode(process.readFile('/etc/hosts')).split('\n')) {
      const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (address !== undefined && /^\d+\./.test(address) && names.includes(name)) return address;
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
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
