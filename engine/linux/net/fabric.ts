import type { Random, Simulation } from '../../sim/index.ts';
import type { Inode } from '../vfs/inode.ts';
import { LayerStore } from '../vfs/lower-tree.ts';
import { inSubnet } from './address.ts';
import type { Attachment } from './attachment.ts';
import type { Capture } from './capture/capture.ts';
import { type Flow, FlowLog } from './flow-log.ts';
import type { Packet } from './netfilter/packet.ts';
import { carryPacket, type PathResult, type PathStep } from './netfilter/path.ts';

export interface FabricOptions {
  /** Milliseconds one way. */
  readonly loopbackMs?: number;
  readonly sameHostMs?: number;
  readonly betweenHostsMs?: number;
  /** Whether nothing is remembered of what was sent, for whoever never asks. */
  readonly unrecorded?: boolean;
}

/** A directory of one machine that others may mount. */
export interface ExportedDirectory {
  readonly root: Inode;
  /** Whether the machine at that place gets an answer now. */
  isReachableFrom(client: Attachment): boolean;
}

interface Held {
  readonly prefixLength: number;
  readonly attachment: Attachment;
}

/** The network between machines: who holds which address, how long packets take, what is cut off. */
export class Fabric {
  readonly sim: Simulation;
  /** Built file trees of image layers, shared by all machines. */
  readonly layers = new LayerStore();
  /** What became of what was sent. */
  readonly flows: FlowLog;
  /** What machines let others mount, by file handle. */
  readonly exports = new Map<string, ExportedDirectory>();
  /** Told of every packet while somebody listens to an interface. */
  capture: Capture | undefined;
  readonly #loopbackMs: number;
  readonly #sameHostMs: number;
  readonly #betweenHostsMs: number;
  readonly #holders = new Map<string, Held>();
  readonly #partitions = new Set<string>();
  readonly #latencies = new Map<string, number>();
  readonly #losses = new Map<string, number>();
  readonly #machines = new Map<string, Attachment>();
  readonly #random: Random;

  constructor(sim: Simulation, options: FabricOptions = {}) {
    this.sim = sim;
    this.flows = new FlowLog(sim, options.unrecorded !== true);
    this.#random = sim.random('netfilter');
    this.#loopbackMs = options.loopbackMs ?? 0.05;
    this.#sameHostMs = options.sameHostMs ?? 0.1;
    this.#betweenHostsMs = options.betweenHostsMs ?? 0.3;
  }

  /** The last one to claim an address holds it. */
  claim(address: string, prefixLength: number, attachment: Attachment): void {
    this.#holders.set(address, { prefixLength, attachment });
    if (attachment.isMachine) this.#machines.set(attachment.hostName, attachment);
  }

  release(address: string, attachment: Attachment): void {
    if (this.#holders.get(address)?.attachment === attachment) this.#holders.delete(address);
  }

  /** The namespaces of a host that hold addresses. */
  attachmentsOf(hostName: string): Attachment[] {
    const found = new Set<Attachment>();
    for (const { attachment } of this.#holders.values()) if (attachment.hostName === hostName) found.add(attachment);
    return [...found];
  }

  find(address: string): Attachment | undefined {
    return this.#holders.get(address)?.attachment;
  }

  /** Whether the address belongs to a network that is attached here, so that somebody reports it as unreachable. */
  knowsNetworkOf(address: string): boolean {
    for (const [held, { prefixLength }] of this.#holders) if (inSubnet(address, held, prefixLength)) return true;
    return false;
  }

  /** One way, in milliseconds; undefined when nothing gets through. */
  latencyMs(from: Attachment, to: Attachment): number | undefined {
    if (!from.up || !to.up) return undefined;
    if (from === to) return this.#loopbackMs;
    if (from.hostName === to.hostName) return this.#sameHostMs;
    const pair = pairOf(from.hostName, to.hostName);
    if (this.#partitions.has(pair)) return undefined;
    return this.#latencies.get(pair) ?? this.#betweenHostsMs;
  }

  /** Carries a packet through the rules of every stack on its way; Services and network policies take hold here. */
  carry(from: Attachment, packet: Packet, flow?: Flow): PathResult {
    const surroundings = { fabric: this, random: this.#random };
    if (flow === undefined) return carryPacket(from, packet, surroundings);
    const steps: PathStep[] = [];
    const result = carryPacket(from, packet, { ...surroundings, observe: (step) => steps.push(step) });
    const { source, destination } = packet;
    const arrivalsMs = result.path.map((_, index) => (index === 0 ? 0 : this.alongMs(result.path.slice(0, index + 1))));
    flow.tried({ atMs: this.sim.nowMs, steps, result, arrivalsMs, source, destination });
    return result;
  }

  /** One way for one packet along a path that `carry` found, in milliseconds; undefined when it does not get through. */
  latencyAlong(path: readonly Attachment[]): number | undefined {
    return this.#losses.size > 0 && this.#loses(path) ? undefined : this.alongMs(path);
  }

  #loses(path: readonly Attachment[]): boolean {
    return path.some(({ hostName }, index) => {
      const loss = index === 0 ? undefined : this.#losses.get(pairOf(path[index - 1]!.hostName, hostName));
      return loss !== undefined && this.sim.random('packet loss').float() < loss;
    });
  }

  /** The same for a packet that is not lost. */
  alongMs(path: readonly Attachment[]): number | undefined {
    const hosts = path.filter(({ hostName }, index) => index === 0 || path[index - 1]!.hostName !== hostName);
    const [first, last] = [path[0]!, path.at(-1)!];
    if (hosts.length <= 2) return this.latencyMs(first, last);
    let total = 0;
    for (let index = 1; index < hosts.length; index++) {
      const latency = this.latencyMs(hosts[index - 1]!, hosts[index]!);
      if (latency === undefined) return undefined;
      total += latency;
    }
    return total;
  }

  /** The stack of the machine itself, and not of a Pod on it. */
  machineOf(hostName: string): Attachment | undefined {
    return this.#machines.get(hostName);
  }

  /** The routers on the way, by the address they answer with: that of the interface a packet came in by. */
  hops(path: readonly Attachment[]): readonly string[] {
    const [first, last] = [path[0]!, path.at(-1)!];
    // What joins the Pods of a machine is a bridge, and no router.
    if (first.hostName === last.hostName && !first.isMachine && !last.isMachine) return [];
    return path.slice(1, -1).map((stack, index) => answeringAddress(stack, path[index]!));
  }

  // Faults

  /** Whether two hosts hear each other. */
  joins(hostA: string, hostB: string): boolean {
    return this.#partitions.size === 0 || !this.#partitions.has(pairOf(hostA, hostB));
  }

  /** Which part of the packets between two hosts is lost, from 0 to 1. */
  setLoss(hostA: string, hostB: string, probability: number): void {
    if (probability > 0) this.#losses.set(pairOf(hostA, hostB), probability);
    else this.#losses.delete(pairOf(hostA, hostB));
  }

  /** Cuts the connection between two hosts, or restores it. */
  setPartition(hostA: string, hostB: string, cut: boolean): void {
    if (cut) this.#partitions.add(pairOf(hostA, hostB));
    else this.#partitions.delete(pairOf(hostA, hostB));
  }

  /** Latency between two hosts, one way; undefined restores the usual one. */
  setLatency(hostA: string, hostB: string, latencyMs: number | undefined): void {
    if (latencyMs === undefined) this.#latencies.delete(pairOf(hostA, hostB));
    else this.#latencies.set(pairOf(hostA, hostB), latencyMs);
  }
}

/** The address by which a stack answers another on a link. */
export function answeringAddress(stack: Attachment, from: Attachment): string {
  const back = stack.routeTo(from.addresses[0] ?? '');
  return back === undefined ? (stack.addresses[0] ?? '0.0.0.0') : stack.addressOn(back.interfaceName);
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
