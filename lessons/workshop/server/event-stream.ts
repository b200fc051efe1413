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

/** One answer that stays open. */
export class EventSink {
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  readonly #ended: () => void;
  #open = true;

  constructor(controller: ReadableStreamDefaultController<Uint8Array>, ended: () => void) {
    this.#controller = controller;
    this.#ended = ended;
  }

  send(event: string, data: unknown, id?: number): void {
    this.write(eventFrame(event, data, id));
  }

  write(frame: Uint8Array): void {
    if (!this.#open) return;
    if (this.#controller.desiredSize! <= 0) this.close();
    else this.#controller.enqueue(frame);
  }

  beat(): void {
    this.write(ALIVE);
  }

  /** The client may come back, and then says what it heard last. */
  close(): void {
    if (!this.#open) return;
    this.gone();
    this.#controller.close();
  }

  /** The client has left. */
  gone(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#ended();
  }
}

/** One for all the streams of this process. */
const heartbeat = new Heartbeat<EventSink>();

/**
 * Answers with server-sent events until one of the two ends it. `open` is called at once; what it returns is called at the
 * end. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(context: Context, open: (sink: EventSink) => () => void): Response {
  let sink: EventSink;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let close: (() => void) | undefined;
        sink = new EventSink(controller, () => {
          heartbeat.delete(sink);
          close?.();
        });
        heartbeat.add(sink);
        close = open(sink);
      },
      cancel: () => sink.gone(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING_BYTES }),
  );
  return context.body(stream, 200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'transfer-encoding': 'chunked',
  });
}
