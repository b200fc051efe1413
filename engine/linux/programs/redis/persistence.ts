import { Errno } from '../../errno.ts';
import { concatBytes, decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Keyspace, sortedMembers, type Value } from './keyspace.ts';
import { encodeReply, RespReader } from './reply.ts';

// What outlives a restart. Both files hold commands that make the data again: the append-only file those that came, the
// snapshot the shortest ones. (Redis's snapshot has a format of its own; ours begins like it and is not compatible.)

const MAGIC = 'REDIS0012-commands\n';

/** The commands that make a key what it is. */
function commandsFor(key: string, value: Value, expiresMs: number | undefined): string[][] {
  const made = {
    string: () => ['SET', key, (value as Extract<Value, { type: 'string' }>).text],
    list: () => ['RPUSH', key, ...(value as Extract<Value, { type: 'list' }>).items],
    hash: () => ['HSET', key, ...[...(value as Extract<Value, { type: 'hash' }>).fields].flat()],
    set: () => ['SADD', key, ...(value as Extract<Value, { type: 'set' }>).members],
    zset: () => [
      'ZADD',
      key,
      ...sortedMembers((value as Extract<Value, { type: 'zset' }>).scores).flatMap(([member, score]) => [
        String(score),
        member,
      ]),
    ],
  }[value.type]();
  return expiresMs === undefined ? [made] : [made, ['PEXPIREAT', key, String(expiresMs)]];
}

/** All that there is, as commands. */
export function snapshotBytes(databases: readonly Keyspace[]): Uint8Array {
  const commands = databases.flatMap((keys, index) => {
    const names = keys.keys();
    const made = names.flatMap((key) => commandsFor(key, keys.get(key)!, keys.expiry(key)));
    return names.length === 0 ? [] : [['SELECT', String(index)], ...made];
  });
  return concatBytes(commands.map((words) => encodeReply(words, 2)));
}

/** Throws Errno. The file is whole or the one before: it is written beside and renamed. */
export function saveSnapshot(process: Process, path: string, databases: readonly Keyspace[]): void {
  const temporary = `${path.slice(0, path.lastIndexOf('/'))}/temp-${process.pid}.rdb`;
  process.writeFile(temporary, concatBytes([encode(MAGIC), snapshotBytes(databases)]));
  process.rename(temporary, path);
}

/** The commands in a file; undefined when there is none. Throws Error when it is damaged, Errno when it cannot be read. */
export function readCommands(
  process: Process,
  path: string,
  kind: 'snapshot' | 'append-only',
): readonly (readonly string[])[] | undefined {
  let bytes: Uint8Array;
  try {
    bytes = process.readFile(path);
  } catch (error) {
    if (error instanceof Errno && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const magic = encode(MAGIC);
  if (kind === 'snapshot') {
    if (decode(bytes.subarray(0, magic.length)) !== MAGIC)
      throw new Error('Wrong signature trying to load DB from file');
    bytes = bytes.subarray(magic.length);
  }
  const reader = new RespReader();
  reader.push(bytes);
  const commands: (readonly string[])[] = [];
  for (let command = reader.command(); command !== undefined; command = reader.command()) commands.push(command);
  return commands;
}

export function appendCommand(process: Process, path: string, words: readonly string[]): void {
  process.writeFile(path, encodeReply(words, 2), { append: true });
}
