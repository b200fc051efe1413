import { Errno, type ErrnoCode } from '../errno.ts';
import type { SocketAddress, Stat } from '../syscalls.ts';
import { FileDescription } from '../vfs/description.ts';
import type { Inode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { parseAddress } from './address.ts';
import type { Datagram } from './attachment.ts';
import type { Flow, Sender } from './flow-log.ts';
import type { Packet } from './netfilter/packet.ts';
import type { NetworkStack } from './network-stack.ts';
import { errorOf, TappedWay } from './tapped-way.ts';

/** What arrives while nobody reads is dropped beyond this (net.core.rmem_default). */
const BUFFER_BYTES = 212_992;

/** Of IPv4 and UDP. */
const HEADER_BYTES = 28;

const ANY = '0.0.0.0';

const DNS_PORT = 53;

/** The largest datagram over IPv4. */
const MAX_DATAGRAM_BYTES = 65_507;

/** When nobody answers to ARP, the kernel reports it after three tries, a second apart. */
const ARP_FAILURE_MS = 3_070;

/** A UDP socket. */
export class DatagramSocket extends FileDescription {
  override readonly kind = 'socket';
  override readonly path: string;
  readonly address: string;
  readonly port: number;
  readonly #network: NetworkStack;
  readonly #inode: Inode;
  readonly #onClose: () => void;
  readonly #readQueue = new WaitQueue();
  #waiting: Datagram[] = [];
  #bytes = 0;
  #error: ErrnoCode | undefined;

  constructor(network: NetworkStack, inode: Inode, address: string, port: number, onClose: () => void) {
    super();
    this.#network = network;
    this.#inode = inode;
    this.address = address;
    this.port = port;
    this.path = `socket:[${inode.number}]`;
    this.#onClose = onClose;
  }

  /** Throws ENETUNREACH, EINVAL, EMSGSIZE, EPERM. Whether it arrives is another matter. */
  send(data: Uint8Array, to: SocketAddress, sender?: Sender): void {
    const network = this.#network;
    const { fabric } = network;
    if (parseAddress(to.address) === undefined) throw new Errno('EINVAL');
    if (data.length > MAX_DATAGRAM_BYTES) throw new Errno('EMSGSIZE');
    if (!network.isOwn(to.address) && network.routeTo(to.address) === undefined) throw new Errno('ENETUNREACH');
    const packet = this.#packet(data, to);
    const answered = fabric.flows.answeredBy(packet);
    const flow = answered === undefined ? this.#note(packet, data, sender) : undefined;
    const result = fabric.carry(network, packet, flow);
    const { end, path } = result;
    const bytes = data.slice();
    const wire = new TappedWay(fabric, result);
    if (end.kind === 'dropped') {
      wire.pass({ protocol: 'udp', data: bytes }, true, true);
      return;
    }
    const latency = fabric.latencyAlong(path);
    const unreachable = end.kind === 'lost' && end.at === network && end.why === 'unreachable';
    if (unreachable) network.note(packet.destination.address, false);
    else if (end.kind === 'delivered') network.note(packet.destination.address);
    wire.pass({ protocol: 'udp', data: bytes }, true, latency !== undefined);
    if (latency === undefined) {
      if (flow !== undefined) flow.obstacle = 'lost on the way';
      return;
    }
    if (end.kind === 'lost') {
      const [code, delayMs] =
        end.why === 'no route' ? (['ENETUNREACH', 0] as const) : (['EHOSTUNREACH', ARP_FAILURE_MS] as const);
      if (end.why !== 'beyond') fabric.sim.schedule(latency + delayMs, 'packet', () => this.#fail(code, flow));
      return;
    }
    if (end.kind === 'rejected') {
      // One's own machine says so at once.
      if (end.at === network) {
        wire.refuse(packet, errorOf(end.with));
        flow?.end({ kind: 'failed', code: 'EPERM' });
        throw new Errno('EPERM');
      }
      fabric.sim.schedule(latency, 'packet', () => {
        wire.refuse(packet, errorOf(end.with));
        this.#fail('ECONNREFUSED', flow);
      });
      return;
    }
    if (flow !== undefined) fabric.flows.awaitAnswer(flow, packet);
    fabric.sim.schedule(latency, 'packet', () => {
      const receiver = end.to.datagramFor(packet.destination.address, packet.destination.port);
      if (receiver !== undefined) {
        receiver.offer({ data: bytes, peer: packet.source });
        flow?.end({ kind: 'delivered' });
        answered?.end({ kind: 'answered' }, bytes);
        return;
      }
      if (flow !== undefined) flow.obstacle = 'nobody listens';
      wire.refuse(packet, 'port unreachable');
      fabric.sim.schedule(latency, 'packet', () => this.#fail('ECONNREFUSED', flow));
    });
  }

  #note(packet: Packet, data: Uint8Array, sender: Sender | undefined): Flow | undefined {
    const question = packet.destination.port === DNS_PORT ? data.slice() : undefined;
    return this.#network.fabric.flows.begin(this.#network, packet, { sender, question });
  }

  #packet(data: Uint8Array, to: SocketAddress): Packet {
    const address = this.address === ANY ? this.#network.sourceFor(to.address) : this.address;
    return {
      protocol: 'udp',
      bytes: data.length + HEADER_BYTES,
      source: { address, port: this.port },
      destination: to,
      mark: 0,
      inInterface: '',
      outInterface: '',
      state: 'NEW',
      translated: false,
      examined: 0,
    };
  }

  offer({ data, peer }: Datagram): void {
    if (this.#bytes + data.length > BUFFER_BYTES) return;
    this.#bytes += data.length;
    this.#waiting.push({ data, peer });
    this.#readQueue.wake();
  }

  /** Undefined when nothing has come. Throws what came back for something sent earlier. */
  receive(): Datagram | undefined {
    const error = this.#error;
    if (error !== undefined) {
      this.#error = undefined;
      throw new Errno(error);
    }
    const datagram = this.#waiting.shift();
    if (datagram !== undefined) this.#bytes -= datagram.data.length;
    return datagram;
  }

  #fail(code: ErrnoCode, flow: Flow | undefined): void {
    flow?.end({ kind: 'failed', code });
    this.#error = code;
    this.#readQueue.wake();
  }

  override get readQueue(): WaitQueue {
    return this.#readQueue;
  }

  override get readable(): boolean {
    return this.#waiting.length > 0 || this.#error !== undefined;
  }

  override read(max: number): Uint8Array | undefined {
    return this.receive()?.data.subarray(0, max);
  }

  override stat(): Stat {
    return this.#inode.stat();
  }

  override release(): void {
    this.#onClose();
    this.#waiting = [];
  }
}
