import type { Task } from '../../../sim/index.ts';
import { HASH_COMMANDS, LIST_COMMANDS, SET_COMMANDS } from './collection-commands.ts';
import type { Blocked, Command, CommandTable } from './command.ts';
import { parseMemory } from './config.ts';
import { CONNECTION_COMMANDS, type ConnectionCommand } from './connection-commands.ts';
import { KEY_COMMANDS } from './key-commands.ts';
import { CommandError, OK, type Reply } from './reply.ts';
import type { Client, RedisServer } from './server.ts';
import { SORTED_SET_COMMANDS } from './sorted-set-commands.ts';
import { STRING_COMMANDS } from './string-commands.ts';
import { fingerprint, leaveTransaction } from './transaction.ts';

const DATA_COMMANDS: CommandTable = {
  ...STRING_COMMANDS,
  ...KEY_COMMANDS,
  ...HASH_COMMANDS,
  ...LIST_COMMANDS,
  ...SET_COMMANDS,
  ...SORTED_SET_COMMANDS,
};

/** Commands that are answered while a transaction is being put together. */
const NOT_QUEUED: ReadonlySet<string> = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);
const BEFORE_LOGIN: ReadonlySet<string> = new Set(['auth', 'hello', 'quit', 'reset']);
const WHILE_SUBSCRIBED: ReadonlySet<string> = new Set([
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ping',
  'quit',
  'reset',
]);

function find<T extends Command | ConnectionCommand>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Carries out what a client sent, and answers. */
export function* serveCommand(server: RedisServer, client: Client, words: readonly string[]): Task<void> {
  server.commands += 1;
  try {
    const reply = yield* execute(server, client, words);
    if (reply !== undefined) yield* server.send(client, reply);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (client.queue !== undefined && words[0]?.toLowerCase() !== 'exec')
      client.dirty ||= !error.message.startsWith('ERR MULTI');
    yield* server.send(client, { error: error.message });
  }
}

/** Undefined when the answer has been sent already or comes later. Throws CommandError. */
function* execute(server: RedisServer, client: Client, words: readonly string[]): Task<Reply | undefined> {
  const name = words[0]!.toLowerCase();
  const own = find(CONNECTION_COMMANDS, name);
  const command = own ?? find(DATA_COMMANDS, name);
  if (command === undefined) throw unknown(words);
  const { arity } = command;
  if (arity > 0 ? words.length !== arity : words.length < -arity)
    throw new CommandError(`ERR wrong number of arguments for '${name}' command`);
  if (server.primary !== undefined && find(DATA_COMMANDS, name)?.write)
    throw new CommandError("READONLY You can't write against a read only replica.");
  if (!client.authenticated && !BEFORE_LOGIN.has(name)) throw new CommandError('NOAUTH Authentication required.');
  const subscribed = client.channels.size + client.patterns.size > 0;
  if (subscribed && client.protocol === 2 && !WHILE_SUBSCRIBED.has(name))
    throw new CommandError(
      `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  if (client.queue !== undefined && !NOT_QUEUED.has(name)) {
    client.queue.push(words);
    return { status: 'QUEUED' };
  }
  if (name === 'exec') return yield* executeQueue(server, client);
  if (own !== undefined) return yield* own.run(server, client, words.slice(1));
  const reply = runData(server, client.database, words);
  if (!isBlocked(reply)) {
    if (find(DATA_COMMANDS, name)?.write) yield* serveBlocked(server);
    return reply;
  }
  const now = reply.attempt();
  if (now !== undefined) {
    server.changed(client.database, words);
    return now;
  }
  client.blocked = { wait: reply, deadlineMs: server.process.now() + reply.timeoutMs, words };
  return undefined;
}

function unknown(words: readonly string[]): CommandError {
  const args = words.slice(1).map((word) => `'${word.slice(0, 128)}' `);
  return new CommandError(
    `ERR unknown command '${words[0]!.slice(0, 128)}', with args beginning with: ${args.join('')}`,
  );
}

export function isBlocked(reply: Reply | Blocked): reply is Blocked {
  return typeof reply === 'object' && reply !== null && 'attempt' in reply;
}

/** A command about data; also how files are loaded. Throws CommandError. */
export function runData(server: RedisServer, database: number, words: readonly string[]): Reply | Blocked {
  const name = words[0]!.toLowerCase();
  const command = find(DATA_COMMANDS, name);
  if (command === undefined) throw unknown(words);
  const limit = parseMemory(server.setting('maxmemory')) ?? 0;
  if (
    command.write &&
    limit > 0 &&
    !['del', 'unlink', 'flushdb', 'expire'].includes(name) &&
    server.usedMemory() > limit
  ) {
    if (!evict(server, limit)) throw new CommandError("OOM command not allowed when used memory > 'maxmemory'.");
  }
  const keys = server.databases[database]!;
  const reply = command.run({ keys, nowMs: server.nowMs }, words.slice(1));
  if (command.write && !isBlocked(reply)) server.changed(database, absolute(words, server.nowMs));
  return reply;
}

/** `allkeys-*` and `volatile-*` throw away the oldest keys. */
function evict(server: RedisServer, limit: number): boolean {
  const policy = server.setting('maxmemory-policy');
  if (policy === 'noeviction') return false;
  for (const keys of server.databases) {
    for (const key of keys.keys()) {
      if (server.usedMemory() <= limit) return true;
      if (policy.startsWith('allkeys') || keys.expiry(key) !== undefined) keys.delete(key);
    }
  }
  return server.usedMemory() <= limit;
}

/** Ends of keys are kept as moments, so that they mean the same when they are read again. */
function absolute(words: readonly string[], nowMs: number): readonly string[] {
  const [name = '', key = '', value = ''] = words;
  const unit = { expire: 1000, pexpire: 1 }[name.toLowerCase()];
  if (unit !== undefined) return ['PEXPIREAT', key, String(nowMs + Number(value) * unit)];
  if (name.toLowerCase() === 'setex') return ['SET', key, words[3]!, 'PXAT', String(nowMs + Number(value) * 1000)];
  if (name.toLowerCase() !== 'set') return words;
  const at = words.findIndex((word, index) => index > 2 && /^(ex|px)$/i.test(word));
  if (at < 0) return words;
  const ms = Number(words[at + 1]) * (words[at]!.toLowerCase() === 'ex' ? 1000 : 1);
  return [...words.slice(0, at), 'PXAT', String(nowMs + ms), ...words.slice(at + 2)];
}

function* executeQueue(server: RedisServer, client: Client): Task<Reply> {
  const { queue, dirty, watched } = client;
  if (queue === undefined) throw new CommandError('ERR EXEC without MULTI');
  const touched = [...watched].some(([key, before]) => fingerprint(server, key) !== before);
  leaveTransaction(client);
  if (dirty) throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
  if (touched) return null;
  const replies: Reply[] = [];
  for (const words of queue) {
    try {
      const own = find(CONNECTION_COMMANDS, words[0]!.toLowerCase());
      if (own !== undefined) {
        replies.push((yield* own.run(server, client, words.slice(1))) ?? OK);
        continue;
      }
      const reply = runData(server, client.database, words);
      // Inside a transaction nothing waits.
      replies.push(isBlocked(reply) ? (reply.attempt() ?? null) : reply);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      replies.push({ error: error.message });
    }
  }
  yield* serveBlocked(server);
  return replies;
}

/** Gives clients that wait what has come, the longest waiting first. */
export function* serveBlocked(server: RedisServer): Task<void> {
  const nowMs = server.process.now();
  for (const client of server.clients.values()) {
    const { blocked } = client;
    if (blocked === undefined) continue;
    const reply = blocked.wait.attempt() ?? (blocked.deadlineMs <= nowMs ? null : undefined);
    if (reply === undefined) continue;
    client.blocked = undefined;
    if (reply !== null) server.changed(client.database, blocked.words);
    yield* server.send(client, reply);
  }
}
