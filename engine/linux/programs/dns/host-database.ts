import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type HostEntry, lookupAddress, lookupHost, type ResolverConfig } from './resolver.ts';

// How the C library finds hosts: in /etc/hosts first, then by DNS. https://man7.org/linux/man-pages/man5/nsswitch.conf.5.html

const ADDRESS = /^\d+(\.\d+){3}$/;

/** getaddrinfo(3), for IPv4: an address stands for itself; nobody is found by an unknown name. */
export function* hostByName(process: Process, name: string, config?: ResolverConfig): Task<HostEntry> {
  if (ADDRESS.test(name)) return { names: [name], addresses: [name] };
  const found = knownHosts(process).filter(
    ({ names, addresses: [address] }) => names.includes(name) && ADDRESS.test(address!),
  );
  if (found.length === 0) return yield* lookupHost(process, name, config);
  return { names: found[0]!.names, addresses: [...new Set(found.flatMap(({ addresses }) => addresses))] };
}

/** getnameinfo(3), for IPv4; undefined where nobody knows a name. */
export function* nameByAddress(process: Process, address: string, config?: ResolverConfig): Task<string | undefined> {
  const known = knownHosts(process).find(({ addresses }) => addresses.includes(address));
  return known?.names[0] ?? (yield* lookupAddress(process, address, config));
}

/** The lines of /etc/hosts, one address each. */
export function knownHosts(process: Process): readonly HostEntry[] {
  let text = '';
  try {
    text = decode(process.readFile('/etc/hosts'));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return text.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address === undefined || names.length === 0 ? [] : [{ names, addresses: [address] }];
  });
}
