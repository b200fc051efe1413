import type { Simulation } from '../../sim/index.ts';
import type { ErrnoCode } from '../errno.ts';
import type { Attachment } from './attachment.ts';
import type { Endpoint, Packet } from './netfilter/packet.ts';
import type { PathResult, PathStep } from './netfilter/path.ts';

// What became of connections, datagrams and echo requests, for whoever looks at a run. It is no part of the run: nothing in
// the simulation reads it.

/** The process that sends. */
export interface Sender {
  /** In the machine's initial pid namespace. */
  readonly pid: number;
  readonly argv: readonly string[];
}

/** One try to get a flow's first packet through. */
export interface FlowTry {
  readonly atMs: number;
  readonly steps: readonly PathStep[];
  readonly result: PathResult;
  /** When each stack of the path is reached, in milliseconds after the try; undefined where nothing gets through. */
  readonly arrivalsMs: readonly (number | undefined)[];
  /** As the packet was at the end of its way. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** How it ended for the sender. */
export type FlowOutcome =
  | { readonly kind: 'connected' | 'answered' | 'abandoned' }
  /** A datagram has reached a socket; whether anybody answers is another matter. */
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly code: ErrnoCode };

/** Why a packet that no rule stopped was not taken in where it went. */
export type Obstacle = 'nobody listens' | 'backlog full' | 'lost on the way';

/** A connection, a datagram or an echo request. */
export class Flow {
  readonly number: number;
  readonly protocol: Packet['protocol'];
  readonly beganMs: number;
  readonly from: Attachment;
  readonly sender: Sender | undefined;
  /** As the sender has it, before any translation. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Of a datagram to a name server. */
  readonly question: Uint8Array | undefined;
  tries = 0;
  /** The last one. */
  last: FlowTry | undefined;
  outcome: FlowOutcome | undefined;
  obstacle: Obstacle | undefined;
  endedMs: number | undefined;
  /** When the connection's last end was closed. */
  closedMs: number | undefined;
  /** What came back to a datagram to a name server. */
  answer: Uint8Array | undefined;
  readonly #sim: Simulation;

  constructor(number: number, sim: Simulation, from: Attachment, packet: Packet, about: FlowDetails) {
    this.number = number;
    this.#sim = sim;
    this.protocol = packet.protocol;
    this.beganMs = sim.nowMs;
    this.from = from;
    this.source = packet.source;
    this.destination = packet.destination;
    this.sender = about.sender;
    this.question = about.question;
  }

  tried(attempt: FlowTry): void {
    this.tries += 1;
    this.last = attempt;
    this.obstacle = undefined;
  }

  /** What comes first counts, except that an answer says more than a delivery. */
  end(outcome: FlowOutcome, answer?: Uint8Array): void {
    if (this.outcome !== undefined && this.outcome.kind !== 'delivered') return;
    this.outcome = outcome;
    if (this.question !== undefined) this.answer = answer;
    this.endedMs = this.#sim.nowMs;
  }
}

export interface FlowDetails {
  readonly sender?: Sender | undefined;
  readonly question?: Uint8Array | undefined;
}

/** So many are remembered. */
const MAX_FLOWS = 1000;

/** The flows of a network, the newest last. One that does not remember begins none. */
export class FlowLog {
  readonly #sim: Simulation;
  readonly #remembers: boolean;
  readonly #awaited = new Map<string, Flow>();
  #flows: Flow[] = [];
  #count = 0;

  constructor(sim: Simulation, remembers: boolean) {
    this.#sim = sim;
    this.#remembers = remembers;
  }

  get flows(): readonly Flow[] {
    return this.#flows;
  }

  begin(from: Attachment, packet: Packet, about: FlowDetails): Flow | undefined {
    if (!this.#remembers) return undefined;
    const flow = new Flow(++this.#count, this.#sim, from, packet, about);
    this.#flows.push(flow);
    if (this.#flows.length >= 2 * MAX_FLOWS) this.#forget();
    return flow;
  }

  /** A datagram was delivered: what comes back from `source` to `destination`, as its receiver sees these, answers it. */
  awaitAnswer(flow: Flow, packet: Pick<Packet, 'source' | 'destination'>): void {
    this.#awaited.set(keyOf(packet.destination, packet.source), flow);
  }

  /** The flow that a datagram answers, if it answers one. */
  answeredBy(packet: Pick<Packet, 'source' | 'destination'>): Flow | undefined {
    return this.#awaited.get(keyOf(packet.source, packet.destination));
  }

  #forget(): void {
    this.#flows = this.#flows.slice(-MAX_FLOWS);
    const oldest = this.#flows[0]!.number;
    for (const [key, { number }] of this.#awaited) if (number < oldest) this.#awaited.delete(key);
  }
}

function keyOf(source: Endpoint, destination: Endpoint): string {
  return `${source.address}:${source.port} ${destination.address}:${destination.port}`;
}
