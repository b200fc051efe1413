import type { HookContext } from '../netfilter/hook.ts';
import type { Packet } from '../netfilter/packet.ts';
import { markText, type TypeName } from './data-type.ts';

/** A question about a packet. */
export interface Selector {
  readonly type: TypeName;
  /** Undefined where the packet has no such thing, so that no comparison fits. */
  readonly read: (packet: Packet, context: HookContext) => string | undefined;
}

function port(side: 'source' | 'destination', protocol?: Packet['protocol'] | 'sctp'): Selector {
  return {
    type: 'inet_service',
    read: (packet) =>
      packet.protocol === 'icmp' || (protocol !== undefined && packet.protocol !== protocol)
        ? undefined
        : String(packet[side].port),
  };
}

function addressKind(address: string, { isLocal }: HookContext): string {
  if (address === '255.255.255.255') return 'broadcast';
  return isLocal(address) ? 'local' : 'unicast';
}

/** By the name under which `nft list` shows them. */
export const SELECTORS: Readonly<Record<string, Selector>> = {
  'ip saddr': { type: 'ipv4_addr', read: ({ source }) => source.address },
  'ip daddr': { type: 'ipv4_addr', read: ({ destination }) => destination.address },
  'ip protocol': { type: 'inet_proto', read: ({ protocol }) => protocol },
  'meta l4proto': { type: 'inet_proto', read: ({ protocol }) => protocol },
  'meta nfproto': { type: 'nf_proto', read: () => 'ipv4' },
  'th sport': port('source'),
  'th dport': port('destination'),
  'tcp sport': port('source', 'tcp'),
  'tcp dport': port('destination', 'tcp'),
  'udp sport': port('source', 'udp'),
  'udp dport': port('destination', 'udp'),
  'sctp sport': port('source', 'sctp'),
  'sctp dport': port('destination', 'sctp'),
  'icmp type': {
    type: 'icmp_type',
    read: ({ protocol, state }) =>
      protocol === 'icmp' ? (state === 'NEW' ? 'echo-request' : 'echo-reply') : undefined,
  },
  'meta mark': { type: 'mark', read: ({ mark }) => markText(mark) },
  iifname: { type: 'ifname', read: ({ inInterface }) => inInterface || undefined },
  oifname: { type: 'ifname', read: ({ outInterface }) => outInterface || undefined },
  iif: { type: 'iface_index', read: ({ inInterface }) => inInterface || undefined },
  oif: { type: 'iface_index', read: ({ outInterface }) => outInterface || undefined },
  'ct state': { type: 'ct_state', read: ({ state }) => (state === 'NEW' ? 'new' : 'established') },
  'ct status': { type: 'ct_status', read: ({ translated }) => (translated ? 'dnat' : 'confirmed') },
  'fib saddr type': { type: 'fib_addrtype', read: ({ source }, context) => addressKind(source.address, context) },
  'fib daddr type': {
    type: 'fib_addrtype',
    read: ({ destination }, context) => addressKind(destination.address, context),
  },
};
