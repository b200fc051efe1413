import type { WorkshopApi } from './api.ts';
import { WorkshopError } from './api.ts';

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 20_000;
/** A page that nobody has looked at for so long lets its connection go: a browser opens six to one server. */
const UNSEEN_MS = 30_000;

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
    const seen = whileSeen();
    try {
      const { signal } = seen;
      const response = await api.fetch(path, { headers: last === '' ? {} : { 'last-event-id': last }, signal });
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
    } finally {
      seen.end();
    }
    connected(false);
    await shown();
    await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random())));
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }
}

/** A signal that is given when the page has been out of sight for a while. */
function whileSeen(): { readonly signal: AbortSignal; end(): void } {
  const unseen = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => unseen.abort(), UNSEEN_MS);
  };
  look();
  document.addEventListener('visibilitychange', look);
  return {
    signal: unseen.signal,
    end() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    },
  };
}

/** Resolves when the page is in sight. */
async function shown(): Promise<void> {
  while (document.hidden)
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
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
