import type { Task } from '../../../sim/index.ts';
import { globExpression } from './keyspace.ts';
import type { Reply } from './reply.ts';
import type { Client, RedisServer } from './server.ts';

type Kind = 'channels' | 'patterns';

/** How many got it. */
export function* publish(server: RedisServer, channel: string, text: string): Task<Reply> {
  let count = 0;
  for (const client of [...server.clients.values()]) {
    if (client.channels.has(channel)) {
      yield* server.send(client, { pushed: ['message', channel, text] });
      count += 1;
    }
    for (const pattern of client.patterns) {
      if (!globExpression(pattern).test(channel)) continue;
      yield* server.send(client, { pushed: ['pmessage', pattern, channel, text] });
      count += 1;
    }
  }
  return count;
}

export function* subscribe(server: RedisServer, client: Client, names: readonly string[], kind: Kind): Task<undefined> {
  for (const name of names) {
    client[kind].add(name);
    yield* confirm(server, client, kind === 'channels' ? 'subscribe' : 'psubscribe', name);
  }
}

/** Without names from everything. */
export function* unsubscribe(
  server: RedisServer,
  client: Client,
  names: readonly string[],
  kind: Kind,
): Task<undefined> {
  const word = kind === 'channels' ? 'unsubscribe' : 'punsubscribe';
  const gone = names.length > 0 ? names : [...client[kind]];
  for (const name of gone) {
    client[kind].delete(name);
    yield* confirm(server, client, word, name);
  }
  if (gone.length === 0) yield* confirm(server, client, word, null);
}

function* confirm(server: RedisServer, client: Client, word: string, name: string | null): Task<void> {
  yield* server.send(client, { pushed: [word, name, client.channels.size + client.patterns.size] });
}
