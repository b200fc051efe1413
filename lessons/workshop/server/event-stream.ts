import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';

/** Proxies and Wi-Fi routers drop what is silent for long. */
const HEARTBEAT_MS = 20_000;

export interface EventSink {
  send(event: string, data: unknown, id?: number): void;
}

/**
 * Answers with server-sent events until the client goes. `open` is called at once; what it returns is called at the end.
 * Events that are sent while an earlier one is on its way wait their turn.
 */
export function eventStream(context: Context, open: (sink: EventSink) => () => void): Response {
  context.header('cache-control', 'no-store');
  context.header('x-accel-buffering', 'no');
  return streamSSE(context, async (stream) => {
    const sink: EventSink = {
      send: (event, data, id) =>
        void stream
          .writeSSE({ event, data: JSON.stringify(data), ...(id === undefined ? {} : { id: String(id) }) })
          .catch(() => {}),
    };
    const close = open(sink);
    const heart = setInterval(() => sink.send('alive', {}), HEARTBEAT_MS);
    await new Promise<void>((resolve) => stream.onAbort(resolve));
    clearInterval(heart);
    close();
  });
}
