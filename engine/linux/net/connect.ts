import type { Timer } from '../../sim/index.ts';
import { Errno, type ErrnoCode } from '../errno.ts';
import type { SocketAddress } from '../syscalls.ts';
import { parseAddress } from './address.ts';
import type { Attachment } from './attachment.ts';
import type { ListeningSocket } from './listening-socket.ts';
import type { NetNamespace } from './network-namespace.ts';
import type { Verdict } from './packet.ts';
import { type Link, StreamSocket } from './stream-socket.ts';

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
): () => void {
  const attempt = new Attempt(from, destination, timeoutMs, done);
  attempt.begin();
  return () => attempt.finish();
}

class Attempt {
  readonly #from: NetNamespace;
  readonly #wanted: SocketAddress;
  readonly #verdict: Verdict;
  readonly #destination: SocketAddress;
  readonly #deadlineMs: number;
  readonly #done: (result: ConnectResult) => void;
  #finished = false;
  #timer: Timer | undefined;

  constructor(
    from: NetNamespace,
    destination: SocketAddress,
    timeoutMs: number,
    done: (result: ConnectResult) => void,
  ) {
    this.#from = from;
    this.#wanted = destination;
    const source = { address: from.sourceFor(destination.address), port: 0 };
    this.#verdict = from.fabric.filter({ from, flow: { protocol: 'tcp', source, destination } });
    this.#destination = typeof this.#verdict === 'string' ? destination : this.#verdict;
    this.#deadlineMs = from.fabric.sim.nowMs + timeoutMs;
    this.#done = done;
  }

  begin(): void {
    const { sim } = this.#from.fabric;
    this.#timer = sim.schedule(this.#deadlineMs - sim.nowMs, 'connect', () => this.finish('ETIMEDOUT'));
    const { address } = this.#destination;
    if (parseAddress(address) === undefined) this.#after(0, () => this.finish('EINVAL'));
    else if (this.#verdict === 'drop') return;
    else if (this.#verdict === 'reject') this.#after(0, () => this.finish('ECONNREFUSED'));
    else if (!this.#from.isOwn(address) && this.#from.outgoingAddress === undefined) {
      this.#after(0, () => this.finish('ENETUNREACH'));
    } else this.#sendSyn(FIRST_SYN_RETRY_MS);
  }

  finish(result?: ConnectResult): void {
    if (this.#finished) {
      if (result instanceof StreamSocket) result.release();
      return;
    }
    this.#finished = true;
    this.#timer?.cancel();
    if (result !== undefined) this.#done(result);
  }

  #after(delayMs: number, run: () => void): void {
    this.#from.fabric.sim.schedule(delayMs, 'connect', () => {
      if (!this.#finished) run();
    });
  }

  #sendSyn(retryMs: number): void {
    const { address, port } = this.#destination;
    const { fabric } = this.#from;
    const target: Attachment | undefined = this.#from.isOwn(address) ? this.#from : fabric.find(address);
    if (target === undefined) {
      if (fabric.knowsNetworkOf(address)) this.#after(ARP_FAILURE_MS, () => this.finish('EHOSTUNREACH'));
      return; // Beyond: nobody even says no.
    }
    const latency = fabric.latencyMs(this.#from, target);
    if (latency === undefined) {
      this.#retry(retryMs);
      return;
    }
    this.#from.note(address);
    this.#after(latency, () => {
      const listener = target.listenerFor(address, port);
      if (listener === undefined) this.#after(latency, () => this.finish('ECONNREFUSED'));
      else if (listener.full) this.#retry(retryMs);
      else this.#establish(target, listener, latency);
    });
  }

  #retry(delayMs: number): void {
    this.#after(delayMs, () => this.#sendSyn(delayMs * 2));
  }

  #establish(target: Attachment, listener: ListeningSocket, latency: number): void {
    const from = this.#from;
    const { fabric } = from;
    const local = { address: from.sourceFor(this.#destination.address), port: from.ephemeralPort() };
    const server = this.#destination.address === '0.0.0.0' ? '127.0.0.1' : this.#destination.address;
    const there: Link = { sim: fabric.sim, latencyMs: () => fabric.latencyMs(from, target) };
    const back: Link = { sim: fabric.sim, latencyMs: () => fabric.latencyMs(target, from) };
    const [client, accepted] = StreamSocket.pair(
      {
        link: there,
        inode: from.socketInode(),
        local,
        remote: this.#wanted,
        onClose: (socket) => from.drop(socket),
      },
      {
        link: back,
        inode: from.socketInode(),
        local: { address: server, port: this.#destination.port },
        remote: local,
        onClose: (socket) => target.drop(socket),
      },
    );
    from.adopt(client);
    target.adopt(accepted);
    listener.offer(accepted);
    fabric.sim.schedule(latency, 'connect', () => this.finish(client));
  }
}

/** For callers that want an exception. */
export function socketOf(result: ConnectResult): StreamSocket {
  if (result instanceof StreamSocket) return result;
  throw new Errno(result);
}
