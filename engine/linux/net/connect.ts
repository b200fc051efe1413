import type { Timer } from '../../sim/index.ts';
import { Errno, type ErrnoCode } from '../errno.ts';
import type { SocketAddress } from '../syscalls.ts';
import { parseAddress } from './address.ts';
import type { Attachment } from './attachment.ts';
import type { Flow, Sender } from './flow-log.ts';
import type { ListeningSocket } from './listening-socket.ts';
import type { Packet } from './netfilter/packet.ts';
import type { PathResult } from './netfilter/path.ts';
import type { NetNamespace } from './network-namespace.ts';
import { type Link, StreamSocket } from './stream-socket.ts';
import { errorOf, TappedWay } from './tapped-way.ts';

/** When nobody answers to ARP, the kernel reports it after three tries, a second apart. */
const ARP_FAILURE_MS = 3_070;
const FIRST_SYN_RETRY_MS = 1000;
/** net.ipv4.tcp_syn_retries = 6 */
const DEFAULT_TIMEOUT_MS = 127_000;

export type ConnectResult = StreamSocket | ErrnoCode;

/**
 * Connects from a network namespace. `done` is called once, never before this returns.
 * Returns a function that gives the attempt up.
 */
export function openConnection(
  from: NetNamespace,
  destination: SocketAddress,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  done: (result: ConnectResult) => void,
  sender?: Sender,
): () => void {
  const attempt = new Attempt(from, destination, timeoutMs, done, sender);
  attempt.begin();
  return () => attempt.finish();
}

/** A connection's first packet, before it is sent. */
const SYN_BYTES = 60;

class Attempt {
  readonly #from: NetNamespace;
  readonly #wanted: SocketAddress;
  readonly #deadlineMs: number;
  readonly #done: (result: ConnectResult) => void;
  #port = 0;
  #finished = false;
  #timer: Timer | undefined;
  readonly #sender: Sender | undefined;
  #flow: Flow | undefined;

  constructor(
    from: NetNamespace,
    destination: SocketAddress,
    timeoutMs: number,
    done: (result: ConnectResult) => void,
    sender: Sender | undefined,
  ) {
    this.#sender = sender;
    this.#from = from;
    this.#wanted = destination;
    this.#deadlineMs = from.fabric.sim.nowMs + timeoutMs;
    this.#done = done;
  }

  begin(): void {
    const { sim } = this.#from.fabric;
    this.#timer = sim.schedule(this.#deadlineMs - sim.nowMs, 'connect', () => this.finish('ETIMEDOUT'));
    const { address } = this.#wanted;
    if (parseAddress(address) === undefined) this.#after(0, () => this.finish('EINVAL'));
    else {
      const reachable = this.#from.isOwn(address) || this.#from.routeTo(address) !== undefined;
      if (reachable) this.#port = this.#from.ephemeralPort();
      this.#flow = this.#from.fabric.flows.begin(this.#from, this.#syn(), { sender: this.#sender });
      if (reachable) this.#sendSyn(FIRST_SYN_RETRY_MS);
      else this.#after(0, () => this.finish('ENETUNREACH'));
    }
  }

  finish(result?: ConnectResult): void {
    if (this.#finished) {
      if (result instanceof StreamSocket) result.release();
      return;
    }
    this.#finished = true;
    this.#timer?.cancel();
    if (result === undefined) this.#flow?.end({ kind: 'abandoned' });
    else this.#flow?.end(typeof result === 'string' ? { kind: 'failed', code: result } : { kind: 'connected' });
    if (result !== undefined) this.#done(result);
  }

  #after(delayMs: number, run: () => void): void {
    this.#from.fabric.sim.schedule(delayMs, 'connect', () => {
      if (!this.#finished) run();
    });
  }

  #sendSyn(retryMs: number): void {
    const { fabric } = this.#from;
    const packet = this.#syn();
    const result = fabric.carry(this.#from, packet, this.#flow);
    const { end, path, flows } = result;
    const latency = fabric.latencyAlong(path);
    if (end.kind === 'lost' && end.at === this.#from && end.why === 'unreachable') {
      this.#from.note(packet.destination.address, false);
    } else if (end.kind !== 'lost' && end.kind !== 'dropped') this.#from.note(packet.destination.address);
    const wire = new TappedWay(fabric, result);
    wire.control('S', true, latency !== undefined);
    if (end.kind === 'lost') {
      const delayMs = (latency ?? 0) + (end.why === 'unreachable' ? ARP_FAILURE_MS : 0);
      // Beyond: nobody even says no.
      if (end.why !== 'beyond' && latency !== undefined) {
        this.#after(delayMs, () => this.finish(end.why === 'no route' ? 'ENETUNREACH' : 'EHOSTUNREACH'));
      }
      return;
    }
    if (latency === undefined) this.#meets('lost on the way');
    if (end.kind === 'dropped' || latency === undefined) {
      this.#retry(retryMs);
      return;
    }
    const refuse = (code: ErrnoCode) => {
      for (const flow of flows) flow.forget();
      this.#after(latency, () => this.finish(code));
    };
    if (end.kind === 'rejected') {
      this.#after(latency, () => {
        if (end.with === 'tcp-reset') wire.control('R.', false);
        else wire.refuse(this.#syn(), errorOf(end.with));
      });
      refuse(end.with.endsWith('-prohibited') ? 'EHOSTUNREACH' : 'ECONNREFUSED');
      return;
    }
    this.#after(latency, () => {
      const listener = end.to.listenerFor(packet.destination.address, packet.destination.port);
      if (listener === undefined) {
        this.#meets('nobody listens');
        wire.control('R.', false);
        refuse('ECONNREFUSED');
      } else if (listener.full) {
        this.#meets('backlog full');
        this.#retry(retryMs);
      } else this.#establish(packet, end.to, listener, { result, wire, latency });
    });
  }

  #meets(obstacle: Flow['obstacle']): void {
    if (this.#flow !== undefined) this.#flow.obstacle = obstacle;
  }

  #syn(): Packet {
    return {
      protocol: 'tcp',
      bytes: SYN_BYTES,
      source: { address: this.#from.sourceFor(this.#wanted.address), port: this.#port },
      destination: this.#wanted,
      mark: 0,
      inInterface: '',
      outInterface: '',
      state: 'NEW',
      translated: false,
      examined: 0,
    };
  }

  #retry(delayMs: number): void {
    this.#after(delayMs, () => this.#sendSyn(delayMs * 2));
  }

  #establish(
    packet: Packet,
    target: Attachment,
    listener: ListeningSocket,
    { result: { path, flows }, wire, latency }: { result: PathResult; wire: TappedWay; latency: number },
  ): void {
    const from = this.#from;
    const { fabric } = from;
    const server = packet.destination.address === '0.0.0.0' ? '127.0.0.1' : packet.destination.address;
    const way: Link = { sim: fabric.sim, latencyMs: () => fabric.latencyAlong(path), wire };
    wire.control('S.', false);
    let open = 2;
    const close = (): void => {
      open -= 1;
      if (open > 0) return;
      for (const flow of flows) flow.close(fabric.sim.nowMs);
      if (this.#flow !== undefined) this.#flow.closedMs = fabric.sim.nowMs;
    };
    const [client, accepted] = StreamSocket.pair(
      {
        link: way,
        inode: from.socketInode(),
        local: { address: from.sourceFor(this.#wanted.address), port: this.#port },
        remote: this.#wanted,
        onClose: (socket) => {
          from.drop(socket);
          close();
        },
      },
      {
        link: way,
        inode: from.socketInode(),
        local: { address: server, port: packet.destination.port },
        remote: packet.source,
        onClose: (socket) => {
          target.drop(socket);
          close();
        },
      },
    );
    from.adopt(client);
    target.adopt(accepted);
    listener.offer(accepted);
    fabric.sim.schedule(latency, 'connect', () => {
      wire.control('.', true);
      this.finish(client);
    });
  }
}

/** For callers that want an exception. */
export function socketOf(result: ConnectResult): StreamSocket {
  if (result instanceof StreamSocket) return result;
  throw new Errno(result);
}
