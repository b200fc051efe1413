import type { EchoOptions, EchoReply } from '../syscalls.ts';
import { parseAddress } from './address.ts';
import { answeringAddress, type Fabric } from './fabric.ts';
import type { Sender } from './flow-log.ts';
import type { TrackedFlow } from './netfilter/hook.ts';
import type { Packet } from './netfilter/packet.ts';
import type { PathResult } from './netfilter/path.ts';
import type { NetworkStack } from './network-stack.ts';
import { errorOf, TappedWay } from './tapped-way.ts';

/** What every packet starts with: net.ipv4.ip_default_ttl. */
const DEFAULT_TTL = 64;

/** What ping sends unless told. */
const PAYLOAD_BYTES = 56;

/** With the headers of IP and ICMP. */
const ECHO_BYTES = PAYLOAD_BYTES + 28;

/** When nobody answers to ARP, the kernel reports it after three tries, a second apart. */
const ARP_FAILURE_MS = 3_070;

/**
 * Sends an echo request. `done` is called once, with the answer or, when none came in time, without.
 * Returns a function that gives up.
 */
export function sendEcho(
  from: NetworkStack,
  address: string,
  options: EchoOptions,
  done: (reply: EchoReply | undefined) => void,
  sender?: Sender,
): () => void {
  const { fabric } = from;
  const { sim } = fabric;
  const startMs = sim.nowMs;
  const packet = request(from, address);
  const flow = fabric.flows.begin(from, packet, { sender });
  let flows: readonly TrackedFlow[] = [];
  const answer = (reply: Reply) => () => {
    if (reply.kind === 'reply') for (const each of flows) each.answered?.();
    flow?.end(reply.kind === 'reply' ? { kind: 'answered' } : { kind: 'failed', code: 'EHOSTUNREACH' });
    done({ ...reply, timeMs: sim.nowMs - startMs });
  };
  let timer = sim.schedule(options.timeoutMs, 'ping', () => {
    flow?.end({ kind: 'failed', code: 'ETIMEDOUT' });
    done(undefined);
  });
  if (parseAddress(address) === undefined) return () => timer.cancel();
  const result = fabric.carry(from, packet, flow);
  flows = result.flows;
  const latency = fabric.latencyAlong(result.path);
  noteNeighbour(from, result, packet, latency);
  const found = answerTo(from, { result, latency, address, ttl: options.ttl ?? DEFAULT_TTL });
  show(fabric, { result, latency, packet, options, answer: found?.reply.kind });
  if (found !== undefined && found.delayMs <= options.timeoutMs) {
    timer.cancel();
    timer = sim.schedule(found.delayMs, 'ping', answer(found.reply));
  }
  return () => timer.cancel();
}

type Reply = Omit<EchoReply, 'timeMs'>;

function request(from: NetworkStack, address: string): Packet {
  return {
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
}

function noteNeighbour(from: NetworkStack, { end }: PathResult, packet: Packet, latency: number | undefined): void {
  if (end.kind === 'lost' && end.at === from && end.why === 'unreachable') from.note(packet.destination.address, false);
  else if (end.kind === 'delivered' && latency !== undefined) from.note(packet.destination.address);
}

interface Carried {
  readonly result: PathResult;
  readonly latency: number | undefined;
  readonly address: string;
  readonly ttl: number;
}

/** What comes back, and after how long; undefined where nothing does. */
function answerTo(
  from: NetworkStack,
  { result: { end, path }, latency, address, ttl }: Carried,
): { readonly delayMs: number; readonly reply: Reply } | undefined {
  const { fabric } = from;
  const own = from.sourceFor(address);
  const backAndForth = 2 * (latency ?? 0);
  if (end.kind === 'lost') {
    if (end.why === 'beyond') return undefined;
    const by = end.at === from ? own : answeringAddress(end.at, path.at(-2) ?? from);
    const delayMs = backAndForth + (end.why === 'no route' ? 0 : ARP_FAILURE_MS);
    return { delayMs, reply: { kind: 'unreachable', from: by, ttl: DEFAULT_TTL } };
  }
  if (end.kind === 'rejected') {
    const by = end.at === from ? own : (end.at.addresses[0] ?? own);
    return { delayMs: backAndForth, reply: { kind: 'prohibited', from: by, ttl: DEFAULT_TTL } };
  }
  if (end.kind !== 'delivered' || latency === undefined) return undefined;
  const hops = fabric.hops(path);
  if (ttl > hops.length) {
    return { delayMs: backAndForth, reply: { kind: 'reply', from: address, ttl: DEFAULT_TTL - hops.length } };
  }
  const delayMs = 2 * (fabric.alongMs(path.slice(0, ttl + 1)) ?? latency);
  return { delayMs, reply: { kind: 'exceeded', from: hops[ttl - 1]!, ttl: DEFAULT_TTL } };
}

/** Tells whoever listens of the request and of what comes back. */
function show(
  fabric: Fabric,
  sent: Omit<Carried, 'address' | 'ttl'> & {
    readonly packet: Packet;
    readonly options: EchoOptions;
    readonly answer: EchoReply['kind'] | undefined;
  },
): void {
  if (fabric.capture === undefined) return;
  const { result, latency, packet, options, answer } = sent;
  const { id = 0, sequence = 0, bytes = PAYLOAD_BYTES, ttl = DEFAULT_TTL } = options;
  const { path, hops, end } = result;
  // It does not get beyond the router where its time to live is over.
  const reached = answer === 'exceeded' ? ttl + 1 : path.length;
  const wire = new TappedWay(fabric, { ...result, path: path.slice(0, reached), hops: hops.slice(0, reached) });
  const message = { protocol: 'icmp', id, sequence, bytes } as const;
  wire.pass({ ...message, type: 'echo request', ttl }, true, latency !== undefined);
  const arrivalMs = fabric.alongMs(path.slice(0, reached));
  if (arrivalMs === undefined || latency === undefined) return;
  if (answer === 'reply') wire.pass({ ...message, type: 'echo reply', ttl: DEFAULT_TTL }, false, true, arrivalMs);
  else if (answer === 'exceeded') wire.refuse(packet, 'time exceeded', arrivalMs);
  else if (end.kind === 'rejected') wire.refuse(packet, errorOf(end.with), arrivalMs);
}
