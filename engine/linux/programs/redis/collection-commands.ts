import { type Blocked, type CommandTable, type Context, read, write } from './command.ts';
import { floatOf, integerOf, stretch } from './keyspace.ts';
import { CommandError, OK, type Reply, syntaxError } from './reply.ts';

const wrongCount = (name: string) => new CommandError(`ERR wrong number of arguments for '${name}' command`);

function setFields({ keys }: Context, args: readonly string[], name: string): number {
  const [key = '', ...pairs] = args;
  if (pairs.length === 0 || pairs.length % 2 !== 0) throw wrongCount(name);
  const { fields } = keys.make(key, 'hash');
  const before = fields.size;
  for (let at = 0; at < pairs.length; at += 2) fields.set(pairs[at]!, pairs[at + 1]!);
  return fields.size - before;
}

const fieldsOf = ({ keys }: Context, key: string) => keys.find(key, 'hash')?.fields ?? new Map<string, string>();

export const HASH_COMMANDS: CommandTable = {
  hset: write(-4, (context, args) => setFields(context, args, 'hset')),
  hmset: write(-4, (context, args) => {
    setFields(context, args, 'hmset');
    return OK;
  }),
  hsetnx: write(4, (context, [key = '', field = '', text = '']) => {
    if (fieldsOf(context, key).has(field)) return 0;
    return setFields(context, [key, field, text], 'hsetnx');
  }),
  hget: read(3, (context, [key = '', field = '']) => fieldsOf(context, key).get(field) ?? null),
  hmget: read(-3, (context, [key = '', ...names]) => names.map((name) => fieldsOf(context, key).get(name) ?? null)),
  hgetall: read(2, (context, [key = '']) => ({ pairs: [...fieldsOf(context, key)] })),
  hkeys: read(2, (context, [key = '']) => [...fieldsOf(context, key).keys()]),
  hvals: read(2, (context, [key = '']) => [...fieldsOf(context, key).values()]),
  hlen: read(2, (context, [key = '']) => fieldsOf(context, key).size),
  hexists: read(3, (context, [key = '', field = '']) => (fieldsOf(context, key).has(field) ? 1 : 0)),
  hdel: write(-3, (context, [key = '', ...names]) => {
    const fields = fieldsOf(context, key);
    const count = names.filter((name) => fields.delete(name)).length;
    context.keys.dropIfEmpty(key);
    return count;
  }),
  hincrby: write(4, ({ keys }, [key = '', field = '', by = '']) => {
    const text = keys.find(key, 'hash')?.fields.get(field) ?? '0';
    if (!/^-?\d+$/.test(text)) throw new CommandError('ERR hash value is not an integer');
    const sum = Number(text) + integerOf(by);
    keys.make(key, 'hash').fields.set(field, String(sum));
    return sum;
  }),
};

function push({ keys }: Context, args: readonly string[], end: 'left' | 'right', mustExist = false): Reply {
  const [key = '', ...items] = args;
  if (mustExist && keys.find(key, 'list') === undefined) return 0;
  const list = keys.make(key, 'list').items;
  for (const item of items) {
    if (end === 'left') list.unshift(item);
    else list.push(item);
  }
  return list.length;
}

function popOne({ keys }: Context, key: string, end: 'left' | 'right'): string | undefined {
  const list = keys.find(key, 'list')?.items;
  const item = end === 'left' ? list?.shift() : list?.pop();
  keys.dropIfEmpty(key);
  return item;
}

function pop(context: Context, args: readonly string[], end: 'left' | 'right'): Reply {
  const [key = '', count] = args;
  if (count === undefined) return popOne(context, key, end) ?? null;
  if (!/^\d+$/.test(count)) throw new CommandError('ERR value is out of range, must be positive');
  if (context.keys.find(key, 'list') === undefined) return null;
  const items: string[] = [];
  for (let left = Number(count); left > 0; left--) {
    const item = popOne(context, key, end);
    if (item === undefined) break;
    items.push(item);
  }
  return items;
}

function blockingPop(context: Context, args: readonly string[], end: 'left' | 'right'): Blocked {
  const seconds = floatOf(args.at(-1)!, 'ERR timeout is not a float or out of range');
  if (seconds < 0) throw new CommandError('ERR timeout is negative');
  return {
    timeoutMs: seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000,
    attempt: () => {
      for (const key of args.slice(0, -1)) {
        const item = popOne(context, key, end);
        if (item !== undefined) return [key, item];
      }
      return undefined;
    },
  };
}

function move(context: Context, from: string, to: string, take: 'left' | 'right', give: 'left' | 'right'): Reply {
  context.keys.find(to, 'list');
  const item = popOne(context, from, take);
  if (item === undefined) return null;
  push(context, [to, item], give);
  return item;
}

function endOf(word: string | undefined): 'left' | 'right' {
  const end = word?.toLowerCase();
  if (end !== 'left' && end !== 'right') throw syntaxError();
  return end;
}

export const LIST_COMMANDS: CommandTable = {
  lpush: write(-3, (context, args) => push(context, args, 'left')),
  rpush: write(-3, (context, args) => push(context, args, 'right')),
  lpushx: write(-3, (context, args) => push(context, args, 'left', true)),
  rpushx: write(-3, (context, args) => push(context, args, 'right', true)),
  lpop: write(-2, (context, args) => pop(context, args, 'left')),
  rpop: write(-2, (context, args) => pop(context, args, 'right')),
  blpop: write(-3, (context, args) => blockingPop(context, args, 'left')),
  brpop: write(-3, (context, args) => blockingPop(context, args, 'right')),
  lmove: write(5, (context, [from = '', to = '', take, give]) => move(context, from, to, endOf(take), endOf(give))),
  rpoplpush: write(3, (context, [from = '', to = '']) => move(context, from, to, 'right', 'left')),
  llen: read(2, ({ keys }, [key = '']) => keys.find(key, 'list')?.items.length ?? 0),
  lrange: read(4, ({ keys }, [key = '', first = '', last = '']) =>
    stretch(keys.find(key, 'list')?.items ?? [], integerOf(first), integerOf(last)),
  ),
  lindex: read(3, ({ keys }, [key = '', index = '']) => keys.find(key, 'list')?.items.at(integerOf(index)) ?? null),
  lset: write(4, ({ keys }, [key = '', index = '', text = '']) => {
    const items = keys.find(key, 'list')?.items;
    if (items === undefined) throw new CommandError('ERR no such key');
    const at = integerOf(index) < 0 ? items.length + integerOf(index) : integerOf(index);
    if (at < 0 || at >= items.length) throw new CommandError('ERR index out of range');
    items[at] = text;
    return OK;
  }),
  lrem: write(4, ({ keys }, [key = '', count = '', text = '']) => {
    const items = keys.find(key, 'list')?.items ?? [];
    const wanted = integerOf(count);
    let removed = 0;
    while (wanted === 0 || removed < Math.abs(wanted)) {
      const at = wanted < 0 ? items.lastIndexOf(text) : items.indexOf(text);
      if (at < 0) break;
      items.splice(at, 1);
      removed += 1;
    }
    keys.dropIfEmpty(key);
    return removed;
  }),
  ltrim: write(4, ({ keys }, [key = '', first = '', last = '']) => {
    const items = keys.find(key, 'list')?.items ?? [];
    items.splice(0, items.length, ...stretch(items, integerOf(first), integerOf(last)));
    keys.dropIfEmpty(key);
    return OK;
  }),
};

const membersOf = ({ keys }: Context, key: string) => keys.find(key, 'set')?.members ?? new Set<string>();

/** Small sets of integers are kept in order. */
function inOrder(members: ReadonlySet<string>): string[] {
  const items = [...members];
  return items.length <= 512 && items.every((item) => /^-?\d{1,15}$/.test(item))
    ? items.sort((a, b) => Number(a) - Number(b))
    : items;
}

function combine(context: Context, names: readonly string[], how: 'inter' | 'union' | 'diff'): string[] {
  const [first = new Set<string>(), ...rest] = names.map((key) => membersOf(context, key));
  const combined = { inter: 'intersection', union: 'union', diff: 'difference' } as const;
  return inOrder(rest.reduce((set, other) => set[combined[how]](other), new Set(first)));
}

export const SET_COMMANDS: CommandTable = {
  sadd: write(-3, ({ keys }, [key = '', ...items]) => {
    const { members } = keys.make(key, 'set');
    const before = members.size;
    for (const item of items) members.add(item);
    return members.size - before;
  }),
  srem: write(-3, (context, [key = '', ...items]) => {
    const members = membersOf(context, key);
    const count = items.filter((item) => members.delete(item)).length;
    context.keys.dropIfEmpty(key);
    return count;
  }),
  smembers: read(2, (context, [key = '']) => inOrder(membersOf(context, key))),
  scard: read(2, (context, [key = '']) => membersOf(context, key).size),
  sismember: read(3, (context, [key = '', item = '']) => (membersOf(context, key).has(item) ? 1 : 0)),
  spop: write(2, (context, [key = '']) => {
    const members = membersOf(context, key);
    const [first] = members;
    if (first === undefined) return null;
    members.delete(first);
    context.keys.dropIfEmpty(key);
    return first;
  }),
  sinter: read(-2, (context, names) => combine(context, names, 'inter')),
  sunion: read(-2, (context, names) => combine(context, names, 'union')),
  sdiff: read(-2, (context, names) => combine(context, names, 'diff')),
};
