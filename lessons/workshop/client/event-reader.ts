import type { WorkshopApi } from './api.ts';
import { WorkshopError } from './api.ts';

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;

/**
 * Reads server-sent events for as long as the page lives, coming back by itself after a lost connection. (EventSource
 * cannot send the header that says who we are, and a token does not belong into an address.)
 */
export async function readEvents(
  api: WorkshopApi,
  path: string,
  hear: (event: ServerEvent) => void,
  connected: (yes: boolean) => void,
): Promise<void> {
  let last = '';
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    try {
      const response = await api.fetch(path, { headers: last === '' ? {} : { 'last-event-id': last } });
      connected(true);
      waitMs = FIRST_WAIT_MS;
      for await (const block of blocksOf(response.body!)) {
        const fields = fieldsOf(block);
        if (fields['id'] !== undefined) last = fields['id'];
        if (fields['data'] !== undefined)
          hear({ event: fields['event'] ?? 'message', data: JSON.parse(fields['data']) });
      }
    } catch (error) {
      // Whoever is not known here will not be known in a second.
      if (error instanceof WorkshopError && error.status === 401) {
        connected(false);
        return;
      }
    }
    connected(false);
    await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random())));
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}

async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop()!;
    yield* blocks;
  }
}

function fieldsOf(block: string): Readonly<Record<string, string | undefined>> {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      fields[name] = fields[name] === undefined ? value : `${fields[name]}\n${value}`;
  }
  return fields;
}
