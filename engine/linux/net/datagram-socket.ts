import { Errno, type ErrnoCode } from '../errno.ts';
import type { SocketAddress, Stat } from '../syscalls.ts';
import { FileDescription } from '../vfs/description.ts';
import type { Inode } from '../vfs/inode.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { parseAddress } from './address.ts';
import type { Datagram } from './attachment.ts';
import type { NetworkStack } from './network-stack.ts';

/** What arrives while nobody reads is dropped beyond this (net.core.rmem_default). */
const BUFFER_BYTES = 212_992;

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
  /** Who answers for whom: a filter has sent datagrams elsewhere than they were addressed to. */
  #aliases: Map<string, SocketAddress> | undefined;

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
  send(data: Uint8Array, to: SocketAddress): void {
    const network = this.#network;
    const { fabric } = network;
    if (parseAddress(to.address) === undefined) throw new Errno('EINVAL');
    if (data.length > MAX_DATAGRAM_BYTES) throw new Errno('EMSGSIZE');
    const source = { address: network.sourceFor(to.address), port: this.port };
    const verdict = fabric.filter({ from: network, flow: { protocol: 'udp', source, destination: to } });
    if (verdict === 'drop') return;
    if (verdict === 'reject') throw new Errno('EPERM');
    if (verdict !== to) {
      this.#aliases ??= new Map();
      this.#aliases.set(`${verdict.address}:${verdict.port}`, to);
    }
    const target = network.isOwn(verdict.address) ? network : fabric.find(verdict.address);
    if (target === undefined) {
      if (network.outgoingAddress === undefined) throw new Errno('ENETUNREACH');
      if (fabric.knowsNetworkOf(verdict.address)) {
        fabric.sim.schedule(ARP_FAILURE_MS, 'packet', () => this.#fail('EHOSTUNREACH'));
      }
      return;
    }
    const latency = fabric.latencyMs(network, target);
    if (latency === undefined) return;
    network.note(verdict.address);
    const bytes = data.slice();
    fabric.sim.schedule(latency, 'packet', () => {
      const receiver = target.datagramFor(verdict.address, verdict.port);
      if (receiver !== undefined) receiver.offer({ data: bytes, peer: source });
      else fabric.sim.schedule(latency, 'packet', () => this.#fail('ECONNREFUSED'));
    });
  }

  offer({ data, peer }: Datagram): void {
    if (this.#bytes + data.length > BUFFER_BYTES) return;
    this.#bytes += data.length;
    this.#waiting.push({ data, peer: this.#aliases?.get(`${peer.address}:${peer.port}`) ?? peer });
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

  #fail(code: ErrnoCode): void {
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
