import type { Simulation } from '../../sim/index.ts';
import { Errno, type ErrnoCode } from '../errno.ts';
import type { SocketAddress, Stat } from '../syscalls.ts';
import { ByteQueue } from '../vfs/byte-queue.ts';
import { FileDescription } from '../vfs/description.ts';
import type { Inode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import type { TcpContent } from './capture/content.ts';

/** Bytes on the way and not yet read, per direction. */
const WINDOW_BYTES = 65_536;

const EMPTY = new Uint8Array(0);

/** RFC 6298 as Linux has it: first retransmission after 200 ms, doubling up to 2 min, giving up after about 15 min. */
const FIRST_RETRANSMISSION_MS = 200;
const MAX_RETRANSMISSION_MS = 120_000;
const GIVE_UP_MS = 924_600;

const DELAYED_ACK_MS = 40;

/** The way from one end of a connection to the other. */
export interface Link {
  readonly sim: Simulation;
  /** Milliseconds one way; undefined while nothing gets through. */
  readonly latencyMs: () => number | undefined;
  /** Tells whoever listens on the way; absent where there is none (Unix sockets). */
  readonly wire?: Wire;
}

/** A way through the network, for whoever listens there. */
interface Wire {
  /** While nobody listens, nothing else is asked. */
  readonly tapped: boolean;
  show(forth: boolean, segment: Omit<TcpContent, 'protocol'>, arrives: boolean): void;
}

export interface StreamSocketOptions {
  readonly link: Link;
  readonly inode: Inode;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Called when the last descriptor is closed. */
  readonly onClose?: (socket: StreamSocket) => void;
}

interface Sending {
  readonly deliver: () => void;
  /** Tells whoever listens, and whether it arrives. */
  readonly show: (arrives: boolean) => void;
}

/** One end of an established connection. What it sends arrives in order, after the latency of the link. */
export class StreamSocket extends FileDescription {
  override readonly kind = 'socket';
  override readonly path: string;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly #readQueue = new WaitQueue();
  readonly #link: Link;
  readonly #inode: Inode;
  readonly #onClose: StreamSocketOptions['onClose'];
  readonly #received = new ByteQueue();
  readonly #writeQueue = new WaitQueue();
  #peer!: StreamSocket;
  #isClient = false;
  #sent = 0;
  #inFlight = 0;
  #lastArrivalMs = 0;
  #stalled: Sending[] | undefined;
  #finSent = false;
  #finReceived = false;
  #closed = false;
  /** Why the connection is broken; the first read reports it. */
  #error: ErrnoCode | undefined;
  #broken = false;

  private constructor(options: StreamSocketOptions) {
    super();
    this.#link = options.link;
    this.#inode = options.inode;
    this.#onClose = options.onClose;
    this.local = options.local;
    this.remote = options.remote;
    this.path = `socket:[${options.inode.number}]`;
  }

  static pair(a: StreamSocketOptions, b: StreamSocketOptions): readonly [StreamSocket, StreamSocket] {
    const first = new StreamSocket(a);
    const second = new StreamSocket(b);
    first.#isClient = true;
    first.#peer = second;
    second.#peer = first;
    return [first, second];
  }

  /** As `ss` names it. */
  get state(): 'ESTAB' | 'FIN-WAIT' | 'CLOSE-WAIT' {
    if (this.#finReceived) return 'CLOSE-WAIT';
    return this.#finSent ? 'FIN-WAIT' : 'ESTAB';
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get writeQueue(): WaitQueue {
    return this.#writeQueue;
  }

  override get readable(): boolean {
    return this.#received.length > 0 || this.#finReceived || this.#broken;
  }

  override read(max: number): Uint8Array | undefined {
    if (this.#error !== undefined) {
      const code = this.#error;
      this.#error = undefined;
      throw new Errno(code);
    }
    if (this.#received.length > 0) {
      const data = this.#received.take(max);
      this.#peer.#writeQueue.wake();
      return data;
    }
    return this.#finReceived || this.#broken ? EMPTY : undefined;
  }

  override write(data: Uint8Array, offset: number): number {
    if (this.#error !== undefined) {
      const code = this.#error;
      this.#error = undefined;
      throw new Errno(code);
    }
    if (this.#finSent || this.#broken) throw new Errno('EPIPE');
    const room = WINDOW_BYTES - this.#inFlight - this.#peer.#received.length;
    const count = Math.min(room, data.length - offset);
    if (count <= 0) return 0;
    const chunk = offset === 0 && count === data.length ? data : data.subarray(offset, offset + count);
    const at = this.#sent;
    this.#sent += count;
    this.#inFlight += count;
    this.#transmit(
      () => this.#peer.#arrive(chunk),
      (arrives) => this.#show('P.', arrives, at, chunk),
    );
    return count;
  }

  shutdownWrite(): void {
    if (this.#finSent || this.#broken) return;
    this.#finSent = true;
    this.#transmit(
      () => {
        this.#peer.#finReceived = true;
        this.#peer.#acknowledgeEnd();
        this.#peer.#readQueue.wake();
      },
      (arrives) => this.#show('F.', arrives, this.#sent),
    );
  }

  override stat(): Stat {
    return this.#inode.stat();
  }

  /** Closing with unread data tells the peer that it was lost. */
  override release(): void {
    if (this.#received.length > 0) this.abort();
    else if (!this.#closed) {
      this.shutdownWrite();
      this.#close();
    }
  }

  /** Ends the connection without ceremony. */
  abort(): void {
    if (this.#closed) return;
    this.#sendReset();
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    this.#received.clear();
    this.#onClose?.(this);
  }

  /** The machine has lost its power: the peer hears nothing. */
  abandon(): void {
    this.#closed = true;
    this.#broken = true;
    this.#received.clear();
    this.#stalled = undefined;
  }

  #arrive(chunk: Uint8Array): void {
    this.#peer.#inFlight -= chunk.length;
    if (this.#closed) {
      this.#sendReset();
      return;
    }
    if (this.#broken) return;
    this.#received.push(chunk);
    if (this.#tapped) this.#show('.', true);
    this.#readQueue.wake();
  }

  #sendReset(): void {
    this.#transmit(
      () => this.#peer.#fail('ECONNRESET'),
      (arrives) => this.#show('R.', arrives),
    );
  }

  get #tapped(): boolean {
    return this.#link.wire?.tapped === true;
  }

  /** The end of a stream is acknowledged with one's own, if that comes soon (TCP_DELACK_MIN). */
  #acknowledgeEnd(): void {
    if (!this.#tapped) return;
    if (this.#finSent) {
      this.#show('.', true);
      return;
    }
    this.#link.sim.schedule(DELAYED_ACK_MS, 'capture', () => {
      if (!this.#finSent && !this.#broken) this.#show('.', true);
    });
  }

  /** Only the kernel of whoever listens makes segments of what is sent; see `capture.ts`. */
  #show(
    flags: string,
    arrives: boolean,
    sequence = this.#sent + (this.#finSent ? 1 : 0),
    data: Uint8Array = EMPTY,
  ): void {
    const { wire } = this.#link;
    if (wire === undefined || !wire.tapped) return;
    const peer = this.#peer;
    const acknowledged = peer.#sent - peer.#inFlight + (this.#finReceived ? 1 : 0);
    const window = WINDOW_BYTES - this.#received.length;
    wire.show(this.#isClient, { flags, sequence, acknowledged, window, data }, arrives);
  }

  #fail(code: ErrnoCode): void {
    if (this.#broken) return;
    this.#broken = true;
    if (!this.#closed) this.#error = code;
    this.#received.clear();
    this.#readQueue.wake();
    this.#writeQueue.wake();
  }

  #transmit(deliver: () => void, show: (arrives: boolean) => void): void {
    if (this.#stalled !== undefined) {
      this.#stalled.push({ deliver, show });
      return;
    }
    const { sim, latencyMs } = this.#link;
    const latency = latencyMs();
    if (latency === undefined) {
      this.#stalled = [{ deliver, show }];
      show(false);
      this.#retransmit(FIRST_RETRANSMISSION_MS, sim.nowMs + GIVE_UP_MS);
      return;
    }
    show(true);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, sim.nowMs + latency);
    sim.schedule(this.#lastArrivalMs - sim.nowMs, 'packet', deliver);
  }

  #retransmit(delayMs: number, deadlineMs: number): void {
    const { sim, latencyMs } = this.#link;
    sim.schedule(delayMs, 'retransmit', () => {
      const stalled = this.#stalled;
      if (stalled === undefined) return;
      if (latencyMs() !== undefined) {
        this.#stalled = undefined;
        for (const { deliver, show } of stalled) this.#transmit(deliver, show);
      } else if (sim.nowMs >= deadlineMs) {
        this.#stalled = undefined;
        this.#fail('ETIMEDOUT');
      } else {
        stalled[0]!.show(false);
        this.#retransmit(Math.min(delayMs * 2, MAX_RETRANSMISSION_MS), deadlineMs);
      }
    });
  }
}
