import type { Task } from '../../../sim/index.ts';
import { decode } from '../../stdio.ts';
import { snapshotBytes } from './persistence.ts';
import { OK, type Reply } from './reply.ts';
import type { Client, RedisServer } from './server.ts';

// A primary's side of replication: https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
// Every replica starts with a whole copy, in the format of our snapshots; none goes on where it left off.

/** PSYNC: the copy, after which the connection carries every change. */
export function* synchronise(server: RedisServer, client: Client): Task<undefined> {
  const name = replicaName(client);
  yield* server.log('*', `Replica ${name} asks for synchronization`);
  yield* server.log('*', `Full resync requested by replica ${name}`);
  yield* server.send(client, { status: `FULLRESYNC ${server.replicationId} ${server.offset}` });
  // What is in the copy is not sent again.
  yield* sendToReplicas(server);
  const copy = decode(snapshotBytes(server.databases));
  client.replica = { database: -1 };
  yield* server.send(client, copy);
  yield* server.log('*', `Synchronization with replica ${name} succeeded`);
  return undefined;
}

/** REPLCONF: the port at which a replica serves; the rest is taken as said. */
export function replconf(client: Client, [name = '', value = '']: readonly string[]): Reply {
  if (name.toLowerCase() === 'listening-port') client.listeningPort = value;
  return OK;
}

/** Hands on what has changed since the last time. */
export function* sendToReplicas(server: RedisServer): Task<void> {
  const changes = server.takeOutgoing();
  for (const client of replicasOf(server)) {
    for (const { database, words } of changes) {
      if (client.replica!.database !== database) yield* server.send(client, ['SELECT', String(database)]);
      client.replica!.database = database;
      yield* server.send(client, words);
    }
    if (client.closing) server.close(client);
  }
}

export const replicasOf = ({ clients }: RedisServer): readonly Client[] =>
  [...clients.values()].filter(({ replica }) => replica !== undefined);

export function replicaName({ address, listeningPort }: Client): string {
  return `${address.slice(0, address.lastIndexOf(':'))}:${listeningPort}`;
}
