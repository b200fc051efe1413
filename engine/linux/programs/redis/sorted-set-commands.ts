import { type CommandTable, type Context, read, write } from './command.ts';
import { floatOf, integerOf, sortedMembers, stretch } from './keyspace.ts';
import { CommandError, formatDouble, type Reply, syntaxError } from './reply.ts';

const scoresOf = ({ keys }: Context, key: string) => keys.find(key, 'zset')?.scores ?? new Map<string, number>();

function add({ keys }: Context, args: readonly string[]): Reply {
  const [key = '', ...rest] = args;
  const options = new Set<string>();
  while (rest[0] !== undefined && /^(nx|xx|ch|gt|lt|incr)$/i.test(rest[0])) options.add(rest.shift()!.toLowerCase());
  if (rest.length === 0 || rest.length % 2 !== 0) throw syntaxError();
  if (options.has('nx') && options.has('xx'))
    throw new CommandError('ERR XX and NX options at the same time are not compatible');
  const pairs = rest.flatMap((word, at) => (at % 2 === 0 ? [[rest[at + 1]!, floatOf(word)] as const] : []));
  const { scores } = keys.make(key, 'zset');
  let [added, changed] = [0, 0];
  let last: number | null = null;
  for (const [member, given] of pairs) {
    const before = scores.get(member);
    const score = options.has('incr') ? (before ?? 0) + given : given;
    if ((options.has('nx') && before !== undefined) || (options.has('xx') && before === undefined)) continue;
    if (before !== undefined && ((options.has('gt') && score <= before) || (options.has('lt') && score >= before)))
      continue;
    if (before === undefined) added += 1;
    else if (before !== score) changed += 1;
    scores.set(member, score);
    last = score;
  }
  keys.dropIfEmpty(key);
  if (options.has('incr')) return last === null ? null : { double: last };
  return options.has('ch') ? added + changed : added;
}

type Ranked = readonly (readonly [member: string, score: number])[];

const shown = (members: Ranked, withScores: boolean): Reply =>
  withScores ? members.flatMap(([member, score]) => [member, formatDouble(score)]) : members.map(([member]) => member);

/** `(5`, `5`, `-inf`: whether a score is beyond that end. */
function bound(text: string): { value: number; open: boolean } {
  const open = text.startsWith('(');
  return { value: floatOf(open ? text.slice(1) : text, 'ERR min or max is not a float'), open };
}

function between(members: Ranked, low: string, high: string): Ranked {
  const [min, max] = [bound(low), bound(high)];
  return members.filter(
    ([, score]) =>
      (min.open ? score > min.value : score >= min.value) && (max.open ? score < max.value : score <= max.value),
  );
}

function range(context: Context, args: readonly string[]): Reply {
  const [key = '', first = '', last = '', ...words] = args;
  const options = words.map((word) => word.toUpperCase());
  const reverse = options.includes('REV');
  const sorted = sortedMembers(scoresOf(context, key));
  const scores = options.includes('WITHSCORES');
  if (options.includes('BYSCORE')) {
    const chosen = reverse ? between(sorted, last, first).toReversed() : between(sorted, first, last);
    return shown(limited(chosen, words), scores);
  }
  return shown(stretch(reverse ? sorted.reverse() : sorted, integerOf(first), integerOf(last)), scores);
}

function limited(members: Ranked, words: readonly string[]): Ranked {
  const at = words.findIndex((word) => word.toUpperCase() === 'LIMIT');
  if (at < 0) return members;
  const [offset, count] = [integerOf(words[at + 1] ?? ''), integerOf(words[at + 2] ?? '')];
  return members.slice(offset, count < 0 ? undefined : offset + count);
}

function pop(context: Context, [key = '', count = '1']: readonly string[], end: 'min' | 'max'): Reply {
  const scores = scoresOf(context, key);
  const sorted = sortedMembers(scores);
  const taken = (end === 'min' ? sorted : sorted.reverse()).slice(0, integerOf(count));
  for (const [member] of taken) scores.delete(member);
  context.keys.dropIfEmpty(key);
  return shown(taken, true);
}

function rank(context: Context, [key = '', member = '']: readonly string[], reverse: boolean): Reply {
  const sorted = sortedMembers(scoresOf(context, key));
  const at = (reverse ? sorted.reverse() : sorted).findIndex(([each]) => each === member);
  return at < 0 ? null : at;
}

export const SORTED_SET_COMMANDS: CommandTable = {
  zadd: write(-4, add),
  zincrby: write(4, (context, [key = '', by = '', member = '']) => add(context, [key, 'INCR', by, member])),
  zrem: write(-3, (context, [key = '', ...members]) => {
    const scores = scoresOf(context, key);
    const count = members.filter((member) => scores.delete(member)).length;
    context.keys.dropIfEmpty(key);
    return count;
  }),
  zscore: read(3, (context, [key = '', member = '']) => {
    const score = scoresOf(context, key).get(member);
    return score === undefined ? null : { double: score };
  }),
  zcard: read(2, (context, [key = '']) => scoresOf(context, key).size),
  zcount: read(
    4,
    (context, [key = '', low = '', high = '']) => between(sortedMembers(scoresOf(context, key)), low, high).length,
  ),
  zrank: read(-3, (context, args) => rank(context, args, false)),
  zrevrank: read(-3, (context, args) => rank(context, args, true)),
  zrange: read(-4, range),
  zrevrange: read(-4, (context, args) => range(context, [...args, 'REV'])),
  zrangebyscore: read(-4, (context, args) => range(context, [...args, 'BYSCORE'])),
  zrevrangebyscore: read(-4, (context, args) => range(context, [...args, 'BYSCORE', 'REV'])),
  zremrangebyscore: write(4, (context, [key = '', low = '', high = '']) => {
    const scores = scoresOf(context, key);
    const gone = between(sortedMembers(scores), low, high);
    for (const [member] of gone) scores.delete(member);
    context.keys.dropIfEmpty(key);
    return gone.length;
  }),
  zpopmin: write(-2, (context, args) => pop(context, args, 'min')),
  zpopmax: write(-2, (context, args) => pop(context, args, 'max')),
};
