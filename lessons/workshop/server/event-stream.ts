import type { ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { Heartbeat } from './heartbeat.ts';

/** Who has so many bytes waiting does not read any more; they come back for them when they do. */
const MOST_WAITING_BYTES = 1024 * 1024;

const encoder = new TextEncoder();

/** An event as it goes over the wire; made once, however many are told. */
export function eventFrame(event: string, data: unknown, id?: number): Uint8Array {
  return encoder.encode(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
}

/** Proxies and Wi-Fi routers drop what is silent for long. */
const ALIVE = eventFrame('alive', {});

/** What a stream's bytes go out by. */
interface Wire {
  /** Bytes that the other end has not taken yet. */
  waiting(): number;
  write(frame: Uint8Array): void;
  end(): void;
}

/** One answer that stays open. */
export class EventSink {
  readonly #wire: Wire;
  /** Ends what tells it; absent until it is told anything. */
  #stop: (() => void) | undefined;
  #open = true;

  constructor(wire: Wire, open: (sink: EventSink) => () => void) {
    this.#wire = wire;
    heartbeat.add(this);
    this.#stop = open(this);
  }

  send(event: string, data: unknown, id?: number): void {
    this.write(eventFrame(event, data, id));
  }

  write(frame: Uint8Array): void {
    if (!this.#open) return;
    if (this.#wire.waiting() >= MOST_WAITING_BYTES) this.close();
    else this.#wire.write(frame);
  }

  beat(): void {
    this.write(ALIVE);
  }

  /** The client may come back, and then says what it heard last. */
  close(): void {
    if (!this.#open) return;
    this.gone();
    this.#wire.end();
  }

  /** The client has left. */
  gone(): void {
    if (!this.#open) return;
    this.#open = false;
    heartbeat.delete(this);
    this.#stop?.();
  }
}

/** One for all the streams of this process. */
const heartbeat = new Heartbeat<EventSink>();

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/**
 * Answers with server-sent events until one of the two ends it. `open` is called at once; what it returns is called at the
 * end. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(context: Context, open: (sink: EventSink) => () => void): Response {
  const { outgoing } = (context.env ?? {}) as Partial<HttpBindings>;
  return outgoing === undefined ? asStream(context, open) : onSocket(outgoing as ServerResponse, open);
}

/**
 * Written to the connection itself: a `ReadableStream` and what reads it cost as much memory again as all else of a
 * connection, and thousands only listen.
 */
function onSocket(outgoing: ServerResponse, open: (sink: EventSink) => () => void): Response {
  outgoing.writeHead(200, HEADERS);
  outgoing.flushHeaders();
  const sink = new EventSink(
    {
      waiting: () => outgoing.writableLength,
      write: (frame) => void outgoing.write(frame),
      end: () => void outgoing.end(),
    },
    open,
  );
  // What would tell the request that it was broken off keeps the request alive, and nobody asks it any more.
  outgoing.removeAllListeners('close');
  outgoing.once('close', () => sink.gone());
  return RESPONSE_ALREADY_SENT;
}

/** Where there is no connection: a test asks for the answer alone. */
function asStream(context: Context, open: (sink: EventSink) => () => void): Response {
  let sink: EventSink;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const wire: Wire = {
          waiting: () => MOST_WAITING_BYTES - controller.desiredSize!,
          write: (frame) => controller.enqueue(frame),
          end: () => controller.close(),
        };
        sink = new EventSink(wire, open);
      },
      cancel: () => sink.gone(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING_BYTES }),
  );
  return context.body(stream, 200, HEADERS);
}
