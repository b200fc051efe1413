import { type Task, waitFor } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import type { Process } from '../syscalls.ts';
import type { TaskGroup } from '../task-group.ts';
import { WaitQueue } from '../vfs/wait-queue.ts';
import { Channel, MAX_DATA_BYTES, type Outbox, WINDOW_BYTES } from './channel.ts';
import { MESSAGE, type Transport } from './transport.ts';
import { type Field, FieldReader, SshError, writeMessage } from './wire.ts';

/** Messages that wait to be written; whoever has more to say waits. */
const MAX_OUTBOX = 16;
const ADMINISTRATIVELY_PROHIBITED = 1;
const CONNECT_FAILED = 2;
const MAX_CHANNELS = 32;

/** What to do about a channel that the other side wants to open: why not, or who works on it. */
export type Opened = { readonly refused: string } | { readonly serve: (channel: Channel) => void };
export type OpenHandler = (type: string, fields: FieldReader) => Task<Opened>;

interface Opening {
  readonly answered: WaitQueue;
  result?: Channel | string;
}

/** The channels of a connection. RFC 4254 */
export class Multiplexer {
  readonly #process: Process;
  readonly #transport: Transport;
  readonly #group: TaskGroup;
  readonly #onOpen: OpenHandler;
  readonly #channels = new Map<number, Channel>();
  readonly #opening = new Map<number, Opening>();
  readonly #outbox: Uint8Array[] = [];
  readonly #posted = new WaitQueue();
  readonly #sent = new WaitQueue();
  #nextId = 0;
  #ended = false;

  /** @param fd the connection's descriptor */
  constructor(process: Process, fd: number, transport: Transport, group: TaskGroup, onOpen: OpenHandler = refuseAll) {
    this.#process = process;
    this.#transport = transport;
    this.#group = group;
    this.#onOpen = onOpen;
    group.start(this.#write(fd));
    group.start(this.#read());
  }

  /** The other side has gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** A new channel, or why there is none. */
  *open(type: string, ...fields: readonly Field[]): Task<Channel | string> {
    const id = this.#nextId++;
    const opening: Opening = { answered: new WaitQueue() };
    this.#opening.set(id, opening);
    yield* this.#postWhenRoom(writeMessage(MESSAGE.channelOpen, type, id, WINDOW_BYTES, MAX_DATA_BYTES, ...fields));
    while (opening.result === undefined && !this.#ended) yield* waitFor(opening.answered);
    return opening.result ?? 'Connection closed';
  }

  /** Waits until all that was to be said is on its way. */
  *flush(): Task<void> {
    while (this.#outbox.length > 0 && !this.#ended) yield* waitFor(this.#sent);
  }

  readonly #out: Outbox = {
    post: (message) => this.#postWhenRoom(message),
    reply: (message) => {
      this.#outbox.push(message);
      this.#posted.wake();
    },
  };

  *#postWhenRoom(message: Uint8Array): Task<void> {
    while (this.#outbox.length >= MAX_OUTBOX && !this.#ended) yield* waitFor(this.#sent);
    if (this.#ended) return;
    this.#outbox.push(message);
    this.#posted.wake();
  }

  *#write(fd: number): Task<void> {
    for (;;) {
      const [message] = this.#outbox;
      if (message === undefined) {
        if (this.#ended) return;
        yield* waitFor(this.#posted);
        continue;
      }
      try {
        yield* this.#process.write(fd, this.#transport.packet(message));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        this.#end();
      }
      this.#outbox.shift();
      this.#sent.wake();
    }
  }

  *#read(): Task<void> {
    try {
      for (;;) {
        const payload = yield* this.#transport.receive();
        if (payload === undefined || payload[0] === MESSAGE.disconnect) break;
        this.#hear(payload[0]!, new FieldReader(payload, 1));
      }
    } catch (error) {
      if (!(error instanceof Errno || error instanceof SshError)) throw error;
    }
    this.#end();
  }

  #hear(message: number, fields: FieldReader): void {
    if (message === MESSAGE.globalRequest) {
      fields.bytes();
      if (fields.boolean()) this.#out.reply(writeMessage(MESSAGE.requestFailure));
    } else if (message === MESSAGE.channelOpen) {
      this.#group.start(this.#accept(fields));
    } else if (message === MESSAGE.channelOpenConfirmation || message === MESSAGE.channelOpenFailure) {
      this.#answerOpening(message, fields);
    } else if (message > MESSAGE.channelOpenFailure) {
      const channel = this.#channels.get(fields.number());
      if (channel === undefined) return;
      channel.hear(message, fields);
      if (message === MESSAGE.channelClose) {
        channel.close();
        this.#channels.delete(channel.id);
      }
    }
  }

  *#accept(fields: FieldReader): Task<void> {
    const type = fields.text();
    const peerId = fields.number();
    const window = fields.number();
    fields.number();
    const opened: Opened =
      this.#channels.size >= MAX_CHANNELS ? { refused: 'too many channels' } : yield* this.#onOpen(type, fields);
    if ('refused' in opened) {
      const reason = opened.refused === 'prohibited' ? ADMINISTRATIVELY_PROHIBITED : CONNECT_FAILED;
      this.#out.reply(writeMessage(MESSAGE.channelOpenFailure, peerId, reason, opened.refused, ''));
      return;
    }
    const channel = this.#add(this.#nextId++, peerId, window);
    this.#out.reply(writeMessage(MESSAGE.channelOpenConfirmation, peerId, channel.id, WINDOW_BYTES, MAX_DATA_BYTES));
    opened.serve(channel);
  }

  #answerOpening(message: number, fields: FieldReader): void {
    const id = fields.number();
    const opening = this.#opening.get(id);
    if (opening === undefined) return;
    this.#opening.delete(id);
    if (message === MESSAGE.channelOpenConfirmation) opening.result = this.#add(id, fields.number(), fields.number());
    else {
      fields.number();
      opening.result = fields.text();
    }
    opening.answered.wake();
  }

  #add(id: number, peerId: number, window: number): Channel {
    const channel = new Channel(id, peerId, window, this.#out);
    this.#channels.set(id, channel);
    return channel;
  }

  #end(): void {
    this.#ended = true;
    for (const channel of this.#channels.values()) channel.end();
    for (const { answered } of this.#opening.values()) answered.wake();
    this.#posted.wake();
    this.#sent.wake();
  }
}

function* refuseAll(): Task<Opened> {
  return { refused: 'prohibited' };
}
