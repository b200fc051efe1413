import { CallProblem, fn, isTrue, MANY, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { isObject, sameJson } from '../../kubectl/unstructured.ts';
import { type Dictionary, dictionaryOf, entryOf, listOf, setEntry, shown, textOf, wholeOf } from './arguments.ts';

/** sprig's dig: the value at a path of keys, or the default that stands before the dictionary. */
function dig(args: readonly unknown[]): unknown {
  const keys = args.slice(0, -2).map(textOf);
  let current: unknown = dictionaryOf(args.at(-1));
  for (const key of keys) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return args.at(-2);
    current = current[key];
  }
  return current;
}

/** Fills what the first dictionary lacks (an empty value counts as lacking) from the others, in place. */
function merge(into: Dictionary, from: Dictionary, overwrites: boolean): Dictionary {
  for (const [key, value] of Object.entries(from)) {
    const own = entryOf(into, key);
    if (isObject(own) && isObject(value)) merge(own as Dictionary, value as Dictionary, overwrites);
    else if (overwrites ? isTrue(value) || own === undefined : !isTrue(own)) setEntry(into, key, copied(value));
  }
  return into;
}

/** A copy that may be changed without the original noticing. */
export function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)])) as T;
}

function dictionary(args: readonly unknown[]): Dictionary {
  const result: Dictionary = {};
  for (let at = 0; at < args.length; at += 2)
    setEntry(result, shown(args[at]), at + 1 < args.length ? args[at + 1] : '');
  return result;
}

function picked(dict: Dictionary, test: (key: string) => boolean): Dictionary {
  return Object.fromEntries(Object.entries(dict).filter(([key]) => test(key)));
}

function unique(items: readonly unknown[]): readonly unknown[] {
  return items.filter((item, index) => items.findIndex((other) => sameJson(other, item)) === index);
}

const keyNames = (args: readonly unknown[]) => args.flatMap((dict) => Object.keys(dictionaryOf(dict)).sort());

/** What sprig has for lists and dictionaries. https://masterminds.github.io/sprig/lists.html */
export const COLLECTIONS: Readonly<Record<string, TemplateFunction>> = {
  list: fn(0, MANY, (args) => [...args]),
  tuple: fn(0, MANY, (args) => [...args]),
  first: fn(1, 1, ([list]) => listOf(list)[0] ?? null),
  last: fn(1, 1, ([list]) => listOf(list).at(-1) ?? null),
  rest: fn(1, 1, ([list]) => listOf(list).slice(1)),
  initial: fn(1, 1, ([list]) => listOf(list).slice(0, -1)),
  append: fn(2, 2, ([list, item]) => [...listOf(list), item]),
  prepend: fn(2, 2, ([list, item]) => [item, ...listOf(list)]),
  concat: fn(0, MANY, (args) => args.flatMap(listOf)),
  reverse: fn(1, 1, ([list]) => [...listOf(list)].reverse()),
  uniq: fn(1, 1, ([list]) => unique(listOf(list))),
  without: fn(1, MANY, ([list, ...gone]) => listOf(list).filter((item) => !gone.some((one) => sameJson(one, item)))),
  has: fn(2, 2, ([item, list]) =>
    list === null || list === undefined ? false : listOf(list).some((one) => sameJson(one, item)),
  ),
  compact: fn(1, 1, ([list]) => listOf(list).filter(isTrue)),
  chunk: fn(2, 2, ([size, list]) => {
    const items = listOf(list);
    const width = Math.max(1, wholeOf(size));
    return Array.from({ length: Math.ceil(items.length / width) }, (_, at) =>
      items.slice(at * width, (at + 1) * width),
    );
  }),
  dict: fn(0, MANY, dictionary),
  get: fn(2, 2, ([dict, key]) =>
    Object.hasOwn(dictionaryOf(dict), textOf(key)) ? dictionaryOf(dict)[textOf(key)] : '',
  ),
  set: fn(3, 3, ([dict, key, value]) => {
    setEntry(dictionaryOf(dict), textOf(key), value);
    return dict;
  }),
  unset: fn(2, 2, ([dict, key]) => {
    delete dictionaryOf(dict)[textOf(key)];
    return dict;
  }),
  hasKey: fn(2, 2, ([dict, key]) => Object.hasOwn(dictionaryOf(dict), textOf(key))),
  keys: fn(0, MANY, keyNames),
  values: fn(1, 1, ([dict]) =>
    Object.keys(dictionaryOf(dict))
      .sort()
      .map((key) => dictionaryOf(dict)[key]),
  ),
  pluck: fn(1, MANY, ([key, ...dicts]) =>
    dicts.map(dictionaryOf).flatMap((dict) => (Object.hasOwn(dict, textOf(key)) ? [dict[textOf(key)]] : [])),
  ),
  pick: fn(1, MANY, ([dict, ...keys]) => picked(dictionaryOf(dict), (key) => keys.includes(key))),
  omit: fn(1, MANY, ([dict, ...keys]) => picked(dictionaryOf(dict), (key) => !keys.includes(key))),
  merge: fn(1, MANY, ([into, ...others]) =>
    others.reduce<Dictionary>((all, other) => merge(all, dictionaryOf(other), false), dictionaryOf(into)),
  ),
  mergeOverwrite: fn(1, MANY, ([into, ...others]) =>
    others.reduce<Dictionary>((all, other) => merge(all, dictionaryOf(other), true), dictionaryOf(into)),
  ),
  deepCopy: fn(1, 1, ([value]) => copied(value)),
  dig: fn(3, MANY, dig),
  default: fn(1, 2, (args) => (args.length === 2 && isTrue(args[1]) ? args[1] : args[0])),
  empty: fn(1, 1, ([value]) => !isTrue(value)),
  coalesce: fn(0, MANY, (args) => args.find(isTrue) ?? null),
  all: fn(0, MANY, (args) => args.every(isTrue)),
  any: fn(0, MANY, (args) => args.some(isTrue)),
  ternary: fn(3, 3, ([yes, no, test]) => (test === true ? yes : no)),
  fail: fn(1, 1, ([message]) => {
    throw new CallProblem(textOf(message));
  }),
};
