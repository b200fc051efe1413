import type { Random, Simulation } from '../../../sim/index.ts';
import type { Route } from '../../syscalls.ts';
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
  /** How many rules the packet was held against there. */
  readonly examined: number;
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
  readonly route: Route;
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
  /**
   * It went no further than `at`: there is no route, nobody on the link has the address, or the default route led out of
   * what is simulated, where nobody even says no.
   */
  | { readonly kind: 'lost'; readonly at: Attachment; readonly why: 'no route' | 'unreachable' | 'beyond' }
  | { readonly kind: 'dropped'; readonly at: Attachment }
  | { readonly kind: 'rejected'; readonly at: Attachment; readonly with: string };

/** What a packet was in a stack on its way. */
interface Hop {
  readonly entered: Pick<Packet, 'source' | 'destination'>;
  /** As the stack sent it on, which it did by the route; absent where its way ended. */
  left?: Pick<Packet, 'source' | 'destination'>;
  route?: Route;
}

export interface PathResult {
  readonly end: PathEnd;
  /** The network stacks on the way, the sender's first. */
  readonly path: readonly Attachment[];
  /** One for each stack of the path. */
  readonly hops: readonly Hop[];
  /** What stacks on the way remember of the flow. */
  readonly flows: readonly TrackedFlow[];
}

/** What is known of who holds which address. */
interface Addresses {
  readonly sim: Simulation;
  find(address: string): Attachment | undefined;
  /** The stack of the machine itself. */
  machineOf(hostName: string): Attachment | undefined;
  /** Whether an address belongs to a network that is attached somewhere. */
  knowsNetworkOf(address: string): boolean;
}

export interface PathOptions {
  readonly fabric: Addresses;
  readonly random: Random;
  /** Told of each hook that has rules and of each route taken, in order. */
  readonly observe?: (step: PathStep) => void;
}

/** What every packet starts with, and each stack on the way takes one of. */
const MAX_HOPS = 64;

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
  readonly #hops: Hop[] = [];
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
      const passed: Hop = { entered: original };
      this.#hops.push(passed);
      const known = this.#follow(at);
      const entered = this.#hook(at, arriving ? 'PREROUTING' : 'OUTPUT', known);
      if (entered !== undefined) return this.#end(entered);
      if (at.isOwn(packet.destination.address)) {
        const taken = this.#takeIn(at, arriving, known);
        // A virtual server may have given it to somebody else, where it goes next.
        if (taken !== undefined || at.isOwn(packet.destination.address)) {
          this.#note(at, original, known);
          if (!arriving) passed.left = { source: packet.source, destination: packet.destination };
          return this.#end(taken ?? { kind: 'delivered', to: at });
        }
      }
      const route = at.routeTo(packet.destination.address);
      if (route === undefined) return this.#end({ kind: 'lost', at, why: 'no route' });
      packet.outInterface = route.interfaceName;
      const forwarded = arriving && packet.balanced !== true;
      const left = (forwarded ? this.#hook(at, 'FORWARD', known) : undefined) ?? this.#hook(at, 'POSTROUTING', known);
      if (left !== undefined) return this.#end(left);
      this.#note(at, original, known);
      passed.left = { source: packet.source, destination: packet.destination };
      passed.route = route;
      const next = this.#nextHop(at, route);
      this.#tell(at, route, next);
      if (next === undefined) return this.#end({ kind: 'lost', at, why: this.#whyLost(route) });
      packet.inInterface = inInterface(at, next);
      packet.outInterface = '';
      packet.mark = 0;
      delete packet.balanced;
      this.#path.push(next);
    }
    // Time to live exceeded: a loop.
    return this.#end({ kind: 'lost', at: this.#path.at(-1)!, why: 'beyond' });
  }

  #tell(at: Attachment, route: Route, next: Attachment | undefined): void {
    const onward = next === undefined ? {} : { next, inInterface: inInterface(at, next) };
    this.#options.observe?.({ kind: 'route', attachment: at, route, ...onward });
  }

  #whyLost({ prefixLength, gateway }: Route): 'unreachable' | 'beyond' {
    if (prefixLength > 0) return 'unreachable';
    const known = gateway === undefined && this.#options.fabric.knowsNetworkOf(this.#packet.destination.address);
    return known ? 'unreachable' : 'beyond';
  }

  #end(end: PathEnd): PathResult {
    return { end, path: this.#path, hops: this.#hops, flows: this.#flows };
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
    const before = packet.examined;
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
    if (known !== undefined) {
      packet.mark = seen.mark;
      packet.examined = seen.examined;
    }
    observe?.({
      kind: 'hook',
      attachment: at,
      hook,
      matched,
      examined: packet.examined - before,
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
      answered: () => {
        entry.answered = true;
      },
      close: (nowMs) => conntrack.close(entry, nowMs),
    });
  }

  /**
   * A Pod's packets go to its machine, also those to another Pod of the machine: the bridge shows them to the packet filter
   * (br_netfilter). A machine's go to whoever has the next address on the link, or to the machine that this one is on.
   */
  #nextHop(at: Attachment, { interfaceName, gateway }: Route): Attachment | undefined {
    const { fabric } = this.#options;
    const target = fabric.find(gateway ?? this.#packet.destination.address);
    if (!at.isMachine) {
      const machine = fabric.machineOf(at.hostName);
      return gateway !== undefined && target !== machine ? undefined : (machine ?? target);
    }
    if (target === undefined || target.hostName === at.hostName) return target;
    if (at.isBridge(interfaceName)) return undefined;
    return fabric.machineOf(target.hostName) ?? target;
  }
}

/** The interface by which what one stack sends comes into the next. */
export function inInterface(from: Attachment, at: Attachment): string {
  const back = at.isMachine && from.hostName !== at.hostName ? undefined : at.routeTo(from.addresses[0] ?? '');
  return back?.interfaceName ?? UPLINK;
}
