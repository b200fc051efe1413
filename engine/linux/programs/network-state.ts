import { Errno } from '../errno.ts';
import { decode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

export interface InterfaceState {
  readonly name: string;
  readonly index: number;
  readonly mac: string;
  readonly mtu: number;
  readonly addresses: readonly { readonly address: string; readonly prefixLength: number }[];
  /** The first of them. */
  readonly address: string | undefined;
  readonly prefixLength: number;
  readonly kind: string | undefined;
  readonly master: string | undefined;
  /** With the other end's index where it is one of a pair: `eth0@if5`. */
  readonly title: string;
}

export interface Route {
  readonly name: string;
  readonly destination: string;
  readonly gateway: string;
  readonly prefixLength: number;
}

/** The interfaces of this network namespace, as the kernel tells them. */
export function interfacesOf(process: Process): InterfaceState[] {
  return process.networkInterfaces().map(({ name, mac, mtu, addresses, kind, master, peerIndex, index }, at) => ({
    name,
    title: peerIndex === undefined ? name : `${name}@if${peerIndex}`,
    kind,
    master,
    index: index ?? at + 1,
    mac,
    mtu,
    addresses,
    address: addresses[0]?.address,
    prefixLength: addresses[0]?.prefixLength ?? 32,
  }));
}

export function number(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0) >>> 0;
}

function text(process: Process, path: string): string | undefined {
  try {
    return decode(process.readFile(path)).trimEnd();
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

function lines(process: Process, path: string): string[] {
  return (text(process, path) ?? '').split('\n').filter((line) => line !== '');
}

/** /proc keeps addresses as little-endian hexadecimal. */
function address(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}

export function routesOf(process: Process): Route[] {
  return lines(process, '/proc/net/route')
    .slice(1)
    .map((line) => {
      const fields = line.split('\t');
      const prefixLength = Number.parseInt(fields[7]!, 16).toString(2).replaceAll('0', '').length;
      return { name: fields[0]!, destination: address(fields[1]!), gateway: address(fields[2]!), prefixLength };
    });
}
