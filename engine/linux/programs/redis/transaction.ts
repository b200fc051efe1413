import type { Client, RedisServer } from './server.ts';

/** EXEC and DISCARD end it. */
export function leaveTransaction(client: Client): void {
  client.queue = undefined;
  client.dirty = false;
  client.watched = new Map();
}

/** What a watched key (`database key`) looks like. */
export function fingerprint(server: RedisServer, name: string): string {
  const space = name.indexOf(' ');
  const value = server.databases[Number(name.slice(0, space))]!.get(name.slice(space + 1));
  return JSON.stringify(value, (_, part) => (part instanceof Map || part instanceof Set ? [...part] : part)) ?? '';
}
