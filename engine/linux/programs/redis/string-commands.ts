import { encode } from '../../stdio.ts';
import { type CommandTable, type Context, read, write } from './command.ts';
import { floatOf, integerOf } from './keyspace.ts';
import { CommandError, formatDouble, notAnInteger, OK, type Reply, syntaxError } from './reply.ts';

const textOf = ({ keys }: Context, key: string) => keys.find(key, 'string')?.text;
const bytes = (text: string) => encode(text).length;

function add({ keys }: Context, key: string, by: number): Reply {
  const current = keys.find(key, 'string')?.text ?? '0';
  const sum = integerOf(current) + by;
  if (!Number.isSafeInteger(sum)) throw new CommandError('ERR increment or decrement would overflow');
  keys.make(key, 'string').text = String(sum);
  return sum;
}

/** The end that `EX 10` and the like mean; undefined for other words. Throws CommandError. */
function expiryOf(option: string, value: string | undefined, nowMs: number, command: string): number | undefined {
  const unit = { EX: 1000, PX: 1, EXAT: 1000, PXAT: 1 }[option];
  if (unit === undefined) return undefined;
  if (value === undefined) throw syntaxError();
  const amount = integerOf(value);
  if (amount <= 0) throw new CommandError(`ERR invalid expire time in '${command}' command`);
  return amount * unit + (option.endsWith('AT') ? 0 : nowMs);
}

function set(context: Context, args: readonly string[]): Reply {
  const { keys, nowMs } = context;
  const [key = '', text = '', ...options] = args;
  let expiresMs: number | undefined;
  const given = new Set<string>();
  for (let at = 0; at < options.length; at++) {
    const option = options[at]!.toUpperCase();
    const expiry = expiryOf(option, options[at + 1], nowMs, 'set');
    if (expiry !== undefined) {
      expiresMs = expiry;
      at += 1;
      given.add('EXPIRE');
    } else if (['NX', 'XX', 'GET', 'KEEPTTL'].includes(option)) given.add(option);
    else throw syntaxError();
  }
  if ((given.has('NX') && given.has('XX')) || (given.has('EXPIRE') && given.has('KEEPTTL'))) throw syntaxError();
  const exists = keys.get(key) !== undefined;
  const before = given.has('GET') ? (textOf(context, key) ?? null) : undefined;
  if ((given.has('NX') && exists) || (given.has('XX') && !exists)) return before ?? null;
  const kept = given.has('KEEPTTL') ? keys.expiry(key) : expiresMs;
  keys.set(key, { type: 'string', text });
  if (kept !== undefined) keys.expire(key, kept);
  return before === undefined ? OK : before;
}

function setPairs({ keys }: Context, args: readonly string[], name: string): void {
  if (args.length % 2 !== 0) throw new CommandError(`ERR wrong number of arguments for '${name}' command`);
  for (let at = 0; at < args.length; at += 2) keys.set(args[at]!, { type: 'string', text: args[at + 1]! });
}

export const STRING_COMMANDS: CommandTable = {
  get: read(2, (context, [key = '']) => textOf(context, key) ?? null),
  set: write(-3, set),
  setnx: write(3, (context, args) => (set(context, [...args, 'NX']) === null ? 0 : 1)),
  setex: write(4, (context, [key = '', seconds = '', text = '']) => {
    const expiry = expiryOf('EX', seconds, context.nowMs, 'setex');
    context.keys.set(key, { type: 'string', text });
    context.keys.expire(key, expiry);
    return OK;
  }),
  getset: write(3, (context, [key = '', text = '']) => {
    const before = textOf(context, key) ?? null;
    context.keys.set(key, { type: 'string', text });
    return before;
  }),
  getdel: write(2, (context, [key = '']) => {
    const before = textOf(context, key) ?? null;
    context.keys.delete(key);
    return before;
  }),
  mget: read(-2, ({ keys }, args) =>
    args.map((key) => {
      const value = keys.get(key);
      return value?.type === 'string' ? value.text : null;
    }),
  ),
  mset: write(-3, (context, args) => {
    setPairs(context, args, 'mset');
    return OK;
  }),
  append: write(3, ({ keys }, [key = '', more = '']) => {
    const value = keys.make(key, 'string');
    value.text += more;
    return bytes(value.text);
  }),
  strlen: read(2, (context, [key = '']) => bytes(textOf(context, key) ?? '')),
  getrange: read(4, (context, [key = '', first = '', last = '']) => {
    const text = textOf(context, key) ?? '';
    const at = (index: number) => (index < 0 ? Math.max(0, text.length + index) : index);
    return text.slice(at(integerOf(first)), at(integerOf(last)) + 1);
  }),
  incr: write(2, (context, [key = '']) => add(context, key, 1)),
  decr: write(2, (context, [key = '']) => add(context, key, -1)),
  incrby: write(3, (context, [key = '', by = '']) => add(context, key, integerOf(by))),
  decrby: write(3, (context, [key = '', by = '']) => add(context, key, -integerOf(by))),
  incrbyfloat: write(3, (context, [key = '', by = '']) => {
    const sum = floatOf(textOf(context, key) ?? '0') + floatOf(by);
    if (!Number.isFinite(sum)) throw notAnInteger();
    const text = formatDouble(Number(sum.toPrecision(15)));
    context.keys.make(key, 'string').text = text;
    return text;
  }),
};
