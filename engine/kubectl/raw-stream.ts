import type { ApiResponse } from '../api/request.ts';
import { encode } from '../linux/stdio.ts';
import { Channel, type Task } from '../sim/index.ts';
import { openWatch } from './stream.ts';

/** Hands on what an answer carries bit by bit (a watch's events, a log), as the server would write it, until it ends. */
export function* eachChunk(response: ApiResponse, write: (chunk: Uint8Array) => Task<void>): Task<void> {
  const { watch, byteStream } = response;
  if (watch !== undefined) {
    const events = openWatch(watch);
    try {
      for (let event = yield* events.receive(); event !== undefined; event = yield* events.receive())
        yield* write(encode(`${JSON.stringify(event)}\n`));
    } finally {
      events.close();
    }
  }
  if (byteStream === undefined) return;
  const chunks = new Channel<Uint8Array>();
  const stop = byteStream({ write: (chunk) => chunks.send(chunk), end: () => chunks.close() });
  try {
    for (let chunk = yield* chunks.receive(); chunk !== undefined; chunk = yield* chunks.receive()) yield* write(chunk);
  } finally {
    stop();
  }
}
