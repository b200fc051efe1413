import { type Task, waitFor } from '../../sim/index.ts';
import { ByteQueue } from '../vfs/byte-queue.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { MESSAGE } from './transport.ts';
import { type Field, type FieldReader, writeMessage } from './wire.ts';

/** What may be sent ahead of whoever reads, and in one message. */
export const WINDOW_BYTES = 2 * 1024 * 1024;
export const MAX_DATA_BYTES = 32 * 1024;
/** `SSH_EXTENDED_DATA_STDERR` */
const STDERR = 1;

/** What the other side asks of a channel; returns whether it is done. */
export type RequestHandler = (name: string, fields: FieldReader) => boolean;

/** Where messages go that are to be sent. */
export interface Outbox {
  /** Waits for room. */
  post(message: Uint8Array): Task<void>;
  /** Answers at once: whoever hears the other side must not wait for it. */
  reply(message: Uint8Array): void;
}

/** One conversation on a connection. RFC 4254, section 5 */
export class Channel {
  readonly id: number;
  readonly #outbox: Outbox;
  readonly #received = new ByteQueue();
  readonly #errors = new ByteQueue();
  readonly #arrived = new WaitQueue();
  readonly #room = new WaitQueue();
  #peerId: number;
  #peerWindow: number;
  #taken = 0;
  #ended = false;
  #closed = false;
  #closeSent = false;
  onRequest: RequestHandler = () => false;

  constructor(id: number, peerId: number, peerWindow: number, outbox: Outbox) {
    this.id = id;
    this.#peerId = peerId;
    this.#peerWindow = peerWindow;
    this.#outbox = outbox;
  }

  /** The other side has closed it, or is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Sends all of it, as the other side has room. Nothing is sent into a channel that is closed. */
  *send(data: Uint8Array, isError = false): Task<void> {
    for (let at = 0; at < data.length; ) {
      while (this.#peerWindow <= 0 && !this.#closed) yield* waitFor(this.#room);
      if (this.#closed) return;
      const piece = data.subarray(at, at + Math.min(MAX_DATA_BYTES, this.#peerWindow));
      at += piece.length;
      this.#peerWindow -= piece.length;
      yield* this.#outbox.post(
        isError
          ? writeMessage(MESSAGE.channelExtendedData, this.#peerId, STDERR, piece)
          : writeMessage(MESSAGE.channelData, this.#peerId, piece),
      );
    }
  }

  /** What has come; undefined when no more will. */
  receive(): Task<Uint8Array | undefined> {
    return this.#take(this.#received);
  }

  receiveErrors(): Task<Uint8Array | undefined> {
    return this.#take(this.#errors);
  }

  *#take(queue: ByteQueue): Task<Uint8Array | undefined> {
    while (queue.length === 0 && !this.#ended && !this.#closed) yield* waitFor(this.#arrived);
    if (queue.length === 0) return undefined;
    const data = queue.take(MAX_DATA_BYTES);
    this.#taken += data.length;
    if (this.#taken >= WINDOW_BYTES / 2 && !this.#closed) {
      const taken = this.#taken;
      this.#taken = 0;
      yield* this.#outbox.post(writeMessage(MESSAGE.channelWindowAdjust, this.#peerId, taken));
    }
    return data;
  }

  *whenClosed(): Task<void> {
    while (!this.#closed) yield* waitFor(this.#arrived);
  }

  request(name: string, ...fields: readonly Field[]): Task<void> {
    return this.#outbox.post(writeMessage(MESSAGE.channelRequest, this.#peerId, name, false, ...fields));
  }

  *sendEnd(): Task<void> {
    if (!this.#closed) yield* this.#outbox.post(writeMessage(MESSAGE.channelEof, this.#peerId));
  }

  close(): void {
    if (this.#closeSent) return;
    this.#closeSent = true;
    this.#outbox.reply(writeMessage(MESSAGE.channelClose, this.#peerId));
  }

  /** A message for this channel. */
  hear(message: number, fields: FieldReader): void {
    if (message === MESSAGE.channelWindowAdjust) this.#peerWindow += fields.number();
    else if (message === MESSAGE.channelData) this.#received.push(fields.bytes());
    else if (message === MESSAGE.channelExtendedData) {
      fields.number();
      this.#errors.push(fields.bytes());
    } else if (message === MESSAGE.channelEof) this.#ended = true;
    else if (message === MESSAGE.channelClose) this.end();
    else if (message === MESSAGE.channelRequest) {
      const name = fields.text();
      const wantsReply = fields.boolean();
      const done = this.onRequest(name, fields);
      const answer = done ? MESSAGE.channelSuccess : MESSAGE.channelFailure;
      if (wantsReply) this.#outbox.reply(writeMessage(answer, this.#peerId));
    }
    this.#room.wake();
    this.#arrived.wake();
  }

  /** Nothing comes any more. */
  end(): void {
    this.#closed = true;
    this.#room.wake();
    this.#arrived.wake();
  }
}
