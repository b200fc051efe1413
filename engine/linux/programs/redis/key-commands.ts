import { type CommandTable, type Context, read, write } from './command.ts';
import { globExpression, integerOf } from './keyspace.ts';
import { CommandError, OK, type Reply, syntaxError } from './reply.ts';

/** Sets the end of a key; one that is past deletes it. */
function expireAt({ keys, nowMs }: Context, key: string, atMs: number, option: string | undefined): Reply {
  if (keys.get(key) === undefined) return 0;
  const before = keys.expiry(key);
  const word = option?.toUpperCase();
  if (word !== undefined && !['NX', 'XX', 'GT', 'LT'].includes(word))
    throw new CommandError(`ERR Unsupported option ${option}`);
  if ((word === 'NX' && before !== undefined) || (word === 'XX' && before === undefined)) return 0;
  if (word === 'GT' && (before === undefined || atMs <= before)) return 0;
  if (word === 'LT' && before !== undefined && atMs >= before) return 0;
  if (atMs <= nowMs) keys.delete(key);
  else keys.expire(key, atMs);
  return 1;
}

function timeToLive({ keys, nowMs }: Context, key: string, unitMs: number): Reply {
  if (keys.get(key) === undefined) return -2;
  const atMs = keys.expiry(key);
  return atMs === undefined ? -1 : Math.round((atMs - nowMs) / unitMs);
}

function rename({ keys }: Context, from: string, to: string): void {
  const value = keys.get(from);
  if (value === undefined) throw new CommandError('ERR no such key');
  const atMs = keys.expiry(from);
  keys.delete(from);
  keys.set(to, value);
  keys.expire(to, atMs);
}

/** Everything is found in the first step: the cursor is always 0. */
function scan({ keys }: Context, args: readonly string[]): Reply {
  if (!/^\d+$/.test(args[0] ?? '')) throw new CommandError('ERR invalid cursor');
  let found = keys.keys();
  for (let at = 1; at < args.length; at += 2) {
    const [option, value] = [args[at]!.toUpperCase(), args[at + 1]];
    if (value === undefined || !['MATCH', 'COUNT', 'TYPE'].includes(option)) throw syntaxError();
    if (option === 'MATCH') {
      const pattern = globExpression(value);
      found = found.filter((key) => pattern.test(key));
    }
    if (option === 'TYPE') found = found.filter((key) => keys.get(key)?.type === value.toLowerCase());
  }
  return ['0', found];
}

export const KEY_COMMANDS: CommandTable = {
  del: write(-2, ({ keys }, names) => names.filter((name) => keys.delete(name)).length),
  unlink: write(-2, ({ keys }, names) => names.filter((name) => keys.delete(name)).length),
  exists: read(-2, ({ keys }, names) => names.filter((name) => keys.get(name) !== undefined).length),
  type: read(2, ({ keys }, [key = '']) => ({ status: keys.get(key)?.type ?? 'none' })),
  keys: read(2, ({ keys }, [pattern = '']) => {
    const expression = globExpression(pattern);
    return keys.keys().filter((key) => expression.test(key));
  }),
  scan: read(-2, scan),
  randomkey: read(1, ({ keys }) => keys.keys()[0] ?? null),
  dbsize: read(1, ({ keys }) => keys.keys().length),
  expire: write(-3, (context, [key = '', seconds = '', option]) =>
    expireAt(context, key, context.nowMs + integerOf(seconds) * 1000, option),
  ),
  pexpire: write(-3, (context, [key = '', ms = '', option]) =>
    expireAt(context, key, context.nowMs + integerOf(ms), option),
  ),
  expireat: write(-3, (context, [key = '', at = '', option]) => expireAt(context, key, integerOf(at) * 1000, option)),
  pexpireat: write(-3, (context, [key = '', at = '', option]) => expireAt(context, key, integerOf(at), option)),
  persist: write(2, ({ keys }, [key = '']) => (keys.expiry(key) !== undefined && keys.expire(key, undefined) ? 1 : 0)),
  ttl: read(2, (context, [key = '']) => timeToLive(context, key, 1000)),
  pttl: read(2, (context, [key = '']) => timeToLive(context, key, 1)),
  rename: write(3, (context, [from = '', to = '']) => {
    rename(context, from, to);
    return OK;
  }),
  renamenx: write(3, (context, [from = '', to = '']) => {
    if (context.keys.get(from) !== undefined && context.keys.get(to) !== undefined) return 0;
    rename(context, from, to);
    return 1;
  }),
  flushdb: write(-1, ({ keys }) => {
    keys.clear();
    return OK;
  }),
};
