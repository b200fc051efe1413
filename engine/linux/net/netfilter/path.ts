import type { Random, Simulation } from '../../../sim/index.ts';
import type { Attachment } from '../attachment.ts';
import type { ConntrackEntry } from './conntrack.ts';
import type { Hook, HookVerdict, Notice, TrackedFlow } from './hook.ts';
import type { Packet } from './packet.ts';
import { type MatchedRule, runHook } from './walk.ts';

/** One hook that a packet passed, and the rules that fitted there. */
export interface HookStep {
  readonly kind: 'hook';
  readonly attachment: Attachment;
  readonly hook: Hook;
  readonly matched: readonly (MatchedRule | Notice)[];
  /** As the packet left the hook. */
  readonly source: Packet['source'];
  readonly destination: Packet['destination'];
  readonly verdict: HookVerdict;
  /** The chain whose policy dropped the packet. */
  readonly policyOf?: { readonly table: string; readonly chain: string };
}

/** Where a stack sent a packet that is not for itself. */
interface RouteStep {
  readonly kind: 'route';
  readonly attachment: Attachment;
  readonly outInterface: string;
  /** Absent where nobody holds the address. */
  readonly next?: Attachment;
  /** The interface of the next stack by which the packet comes in. */
  readonly inInterface?: string;
}

/** What whoever follows a packet is told. */
export type PathStep = HookStep | RouteStep;

/** What became of a packet. */
type PathEnd =
  | { readonly kind: 'delivered'; readonly to: Attachment }
  /** Nobody holds the address. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'dropped'; readonly at: Attachment }
  | { readonly kind: 'rejected'; readonly at: Attachment; readonly with: string };

export interface PathResult {
  readonly end: PathEnd;
  /** The network stacks on the way, the sender's first. */
  readonly path: readonly Attachment[];
  /** What stacks on the way remember of the flow. */
  readonly flows: readonly TrackedFlow[];
}

/** What is known of who holds which address. */
interface Addresses {
  readonly sim: Simulation;
  find(address: string): Attachment | undefined;
  /** The stack of the machine itself. */
  machineOf(hostName: string): Attachment | undefined;
}

export interface PathOptions {
  readonly fabric: Addresses;
  readonly random: Random;
  /** Told of each hook that has rules and of each route taken, in order. */
  readonly observe?: (step: PathStep) => void;
}

/** What every packet starts with, and each stack on the way takes one of. */
const MAX_HOPS = 64;

/** The name of the bridge that joins a machine with its Pods. */
const BRIDGE = 'cni0';
const UPLINK = 'eth0';
const LOOPBACK = 'lo';

/**
 * Carries a packet from the stack that sends it to the one that takes it, through the rules of every stack on the way:
 * a Pod's own, its machine's, and the other machine's. The packet's addresses are afterwards those that the receiver sees.
 */
export function carryPacket(from: Attachment, packet: Packet, options: PathOptions): PathResult {
  return new Journey(from, packet, options).run();
}

class Journey {
  readonly #packet: Packet;
  readonly #options: PathOptions;
  readonly #path: Attachment[];
  readonly #flows: TrackedFlow[] = [];

  constructor(from: Attachment, packet: Packet, options: PathOptions) {
    this.#packet = packet;
    this.#options = options;
    this.#path = [from];
  }

  run(): PathResult {
    const packet = this.#packet;
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      const at = this.#path.at(-1)!;
      const arriving = hop > 0;
      const original = { source: packet.source, destination: packet.destination };
      const known = this.#follow(at);
      const entered = this.#hook(at, arriving ? 'PREROUTING' : 'OUTPUT', known);
      if (entered !== undefined) return this.#end(entered);
      if (at.isOwn(packet.destination.address)) {
        const taken = this.#takeIn(at, arriving, known);
        this.#note(at, original, known);
        return this.#end(taken ?? { kind: 'delivered', to: at });
      }
      const next = this.#nextHop(at);
      packet.outInterface = outInterface(at, next);
      const left = (arriving ? this.#hook(at, 'FORWARD', known) : undefined) ?? this.#hook(at, 'POSTROUTING', known);
      if (left !== undefined) return this.#end(left);
      this.#note(at, original, known);
      this.#route(at, next);
      if (next === undefined) return this.#end({ kind: 'lost' });
      packet.inInterface = inInterface(at, next);
      packet.outInterface = '';
      packet.mark = 0;
      this.#path.push(next);
    }
    return this.#end({ kind: 'lost' });
  }

  #route(at: Attachment, next: Attachment | undefined): void {
    const { outInterface } = this.#packet;
    const onward = next === undefined ? {} : { next, inInterface: inInterface(at, next) };
    this.#options.observe?.({ kind: 'route', attachment: at, outInterface, ...onward });
  }

  #end(end: PathEnd): PathResult {
    return { end, path: this.#path, flows: this.#flows };
  }

  /** What is sent to one of the stack's own addresses goes out by loopback and comes in again. */
  #takeIn(at: Attachment, arriving: boolean, known: ConntrackEntry | undefined): PathEnd | undefined {
    const packet = this.#packet;
    if (!arriving) {
      packet.outInterface = LOOPBACK;
      const left = this.#hook(at, 'POSTROUTING', known);
      if (left !== undefined) return left;
      packet.inInterface = LOOPBACK;
      packet.outInterface = '';
    }
    return this.#hook(at, 'INPUT', known);
  }

  /** Translates what belongs to a flow that passed before as that was translated. */
  #follow(at: Attachment): ConntrackEntry | undefined {
    const packet = this.#packet;
    const { conntrack } = at;
    if (conntrack === undefined) return undefined;
    const { nowMs } = this.#options.fabric.sim;
    // A TCP connection is looked at once, when it begins; a port may be used again.
    if (packet.protocol === 'tcp') return undefined;
    const answered = conntrack.answeredBy(packet, nowMs);
    if (answered !== undefined) {
      packet.source = answered.original.destination;
      packet.destination = answered.original.source;
      return answered;
    }
    const original = conntrack.originalOf(packet, nowMs);
    if (original === undefined) return undefined;
    packet.source = original.reply.destination;
    packet.destination = original.reply.source;
    return original;
  }

  /** Undefined where the packet may go on. */
  #hook(at: Attachment, hook: Hook, known: ConntrackEntry | undefined): PathEnd | undefined {
    const { ruleset } = at;
    const { fabric, random, observe } = this.#options;
    const packet = this.#packet;
    if (ruleset === undefined) return undefined;
    const matched: (MatchedRule | Notice)[] = [];
    let policyOf: HookStep['policyOf'];
    const seen: Packet = known === undefined ? packet : { ...packet, state: 'ESTABLISHED' };
    const verdict = runHook(ruleset, hook, seen, {
      nowMs: fabric.sim.nowMs,
      random,
      isLocal: (address) => at.isOwn(address),
      addressOf: (name) => at.addressOn(name),
      onFlow: (flow) => this.#flows.push(flow),
      ...(observe === undefined
        ? {}
        : {
            onMatch: (rule: MatchedRule) => matched.push(rule),
            onNotice: (notice: Notice) => matched.push(notice),
            onPolicy: (table: string, chain: string) => {
              policyOf = { table, chain };
            },
          }),
    });
    if (known !== undefined) packet.mark = seen.mark;
    observe?.({
      kind: 'hook',
      attachment: at,
      hook,
      matched,
      source: packet.source,
      destination: packet.destination,
      verdict,
      ...(policyOf !== undefined && { policyOf }),
    });
    if (verdict === 'ACCEPT') return undefined;
    return verdict === 'DROP' ? { kind: 'dropped', at } : { kind: 'rejected', at, with: verdict.reject };
  }

  #note(at: Attachment, original: Pick<Packet, 'source' | 'destination'>, known: ConntrackEntry | undefined): void {
    const { conntrack } = at;
    if (conntrack === undefined || known !== undefined) return;
    const entry = conntrack.add(this.#packet, original, this.#options.fabric.sim.nowMs);
    this.#flows.push({
      forget: () => conntrack.delete(entry),
      close: (nowMs) => conntrack.close(entry, nowMs),
    });
  }

  /** A Pod's packets go to its machine, a machine's to the Pod on it or to the other machine. */
  #nextHop(at: Attachment): Attachment | undefined {
    const { fabric } = this.#options;
    const target = fabric.find(this.#packet.destination.address);
    if (!at.isMachine) return fabric.machineOf(at.hostName) ?? target;
    if (target === undefined || target.hostName === at.hostName) return target;
    return fabric.machineOf(target.hostName) ?? target;
  }
}

function outInterface(at: Attachment, next: Attachment | undefined): string {
  return at.isMachine && next !== undefined && next.hostName === at.hostName ? BRIDGE : UPLINK;
}

function inInterface(from: Attachment, at: Attachment): string {
  return at.isMachine && from.hostName === at.hostName ? BRIDGE : UPLINK;
}
