import type { EchoReply } from '../syscalls.ts';
import { parseAddress } from './address.ts';
import type { NetworkStack } from './network-stack.ts';

/** What every packet starts with: net.ipv4.ip_default_ttl. */
const DEFAULT_TTL = 64;

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
): () => void {
  const { fabric } = from;
  const { sim } = fabric;
  const startMs = sim.nowMs;
  const destination = { address, port: 0 };
  const source = { address: from.sourceFor(address), port: 0 };
  const verdict = fabric.filter({ from, flow: { protocol: 'icmp', source, destination } });
  const answer = (reply: Omit<EchoReply, 'timeMs'>) => () => done({ ...reply, timeMs: sim.nowMs - startMs });
  let timer = sim.schedule(options.timeoutMs, 'ping', () => done(undefined));
  const arriveAfter = (delayMs: number, reply: Omit<EchoReply, 'timeMs'>) => {
    if (delayMs > options.timeoutMs) return;
    timer.cancel();
    timer = sim.schedule(delayMs, 'ping', answer(reply));
  };
  const own = source.address;
  if (verdict === 'drop' || parseAddress(address) === undefined) return () => timer.cancel();
  if (verdict === 'reject') arriveAfter(0, { kind: 'prohibited', from: own, ttl: DEFAULT_TTL });
  else {
    const target = from.isOwn(verdict.address) ? from : fabric.find(verdict.address);
    const latency = target === undefined ? undefined : fabric.latencyMs(from, target);
    if (target === undefined) {
      if (fabric.knowsNetworkOf(verdict.address))
        arriveAfter(ARP_FAILURE_MS, { kind: 'unreachable', from: own, ttl: DEFAULT_TTL });
    } else if (latency !== undefined) {
      from.note(verdict.address);
      const hops = fabric.hops(from, target);
      const ttl = options.ttl ?? DEFAULT_TTL;
      if (ttl <= hops.length) {
        arriveAfter((2 * latency * ttl) / (hops.length + 1), {
          kind: 'exceeded',
          from: hops[ttl - 1]!,
          ttl: DEFAULT_TTL,
        });
      } else arriveAfter(2 * latency, { kind: 'reply', from: address, ttl: DEFAULT_TTL - hops.length });
    }
  }
  return () => timer.cancel();
}
