import type { EchoReply } from '../syscalls.ts';
import { parseAddress } from './address.ts';
import { answeringAddress } from './fabric.ts';
import type { Sender } from './flow-log.ts';
import type { TrackedFlow } from './netfilter/hook.ts';
import type { Packet } from './netfilter/packet.ts';
import type { NetworkStack } from './network-stack.ts';

/** What every packet starts with: net.ipv4.ip_default_ttl. */
const DEFAULT_TTL = 64;

/** Headers and the 56 bytes that ping sends. */
const ECHO_BYTES = 84;

/** When nobody answers to ARP, the kernel reports it after three tries, a second apart. */
const ARP_FAILURE_MS = 3_070;

/**
 * Sends an echo request. `done` is called once, with the answer or, when none came in time, without.
 * Returns a function that gives up.
 */
export function sendEcho(
  from: NetworkStack,
  address: string,
  options: { readonly ttl?: number; readonly timeoutMs: number },
  done: (reply: EchoReply | undefined) => void,
  sender?: Sender,
): () => void {
  const { fabric } = from;
  const { sim } = fabric;
  const startMs = sim.nowMs;
  const packet: Packet = {
    protocol: 'icmp',
    bytes: ECHO_BYTES,
    source: { address: from.sourceFor(address), port: 0 },
    destination: { address, port: 0 },
    mark: 0,
    inInterface: '',
    outInterface: '',
    state: 'NEW',
    translated: false,
    examined: 0,
  };
  const own = packet.source.address;
  const flow = fabric.flows.begin(from, packet, { sender });
  let flows: readonly TrackedFlow[] = [];
  const answer = (reply: Omit<EchoReply, 'timeMs'>) => () => {
    if (reply.kind === 'reply') for (const each of flows) each.answered?.();
    flow.end(reply.kind === 'reply' ? { kind: 'answered' } : { kind: 'failed', code: 'EHOSTUNREACH' });
    done({ ...reply, timeMs: sim.nowMs - startMs });
  };
  let timer = sim.schedule(options.timeoutMs, 'ping', () => {
    flow.end({ kind: 'failed', code: 'ETIMEDOUT' });
    done(undefined);
  });
  const arriveAfter = (delayMs: number, reply: Omit<EchoReply, 'timeMs'>) => {
    if (delayMs > options.timeoutMs) return;
    timer.cancel();
    timer = sim.schedule(delayMs, 'ping', answer(reply));
  };
  if (parseAddress(address) === undefined) return () => timer.cancel();
  const { end, path, flows: tracked } = fabric.carry(from, packet, flow);
  flows = tracked;
  const latency = fabric.latencyAlong(path);
  if (end.kind === 'lost') {
    if (end.at === from && end.why === 'unreachable') from.note(address, false);
    const by = end.at === from ? own : answeringAddress(end.at, path.at(-2) ?? from);
    const delayMs = 2 * (latency ?? 0) + (end.why === 'no route' ? 0 : ARP_FAILURE_MS);
    if (end.why !== 'beyond') arriveAfter(delayMs, { kind: 'unreachable', from: by, ttl: DEFAULT_TTL });
  } else if (end.kind === 'rejected') {
    const by = end.at === from ? own : (end.at.addresses[0] ?? own);
    arriveAfter(2 * (latency ?? 0), { kind: 'prohibited', from: by, ttl: DEFAULT_TTL });
  } else if (end.kind === 'delivered' && latency !== undefined) {
    from.note(packet.destination.address);
    const hops = fabric.hops(path);
    const ttl = options.ttl ?? DEFAULT_TTL;
    if (ttl <= hops.length) {
      arriveAfter((2 * latency * ttl) / (hops.length + 1), {
        kind: 'exceeded',
        from: hops[ttl - 1]!,
        ttl: DEFAULT_TTL,
      });
    } else arriveAfter(2 * latency, { kind: 'reply', from: address, ttl: DEFAULT_TTL - hops.length });
  }
  return () => timer.cancel();
}
