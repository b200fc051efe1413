import { captured, FUNCTIONS, toText } from './functions.ts';
import { bound, descendants, type Results, type Scope } from './scope.ts';
import type { Filter } from './tree.ts';
import {
  compare,
  deletePaths,
  described,
  getPath,
  isObject,
  isTrue,
  iterated,
  JqError,
  type Json,
  type JsonObject,
  type Path,
  typeOf,
} from './value.ts';

/** Functions that use their arguments as filters. */
export const FILTER_FUNCTIONS: Readonly<
  Record<string, (input: Json, args: readonly Filter[], scope: Scope) => Results>
> = {
  'empty/0': function* () {},
  'error/0': function* (input) {
    throw new JqError(input);
  },
  'error/1': function* (input, [message], scope) {
    for (const value of scope.machine.evaluate(message!, input, scope)) throw new JqError(value);
  },
  'select/1': function* (input, [test], scope) {
    for (const value of scope.machine.evaluate(test!, input, scope)) if (isTrue(value)) yield input;
  },
  'map/1': function* (input, [body], scope) {
    yield iterated(input).flatMap((value) => [...scope.machine.evaluate(body!, value, scope)]);
  },
  'map_values/1': function* (input, [body], scope) {
    const update = (value: Json) => scope.machine.evaluate(body!, value, scope).next().value as Json | undefined;
    if (Array.isArray(input)) yield input.map(update).filter((value) => value !== undefined);
    else
      yield Object.fromEntries(
        Object.entries(input as JsonObject).flatMap(([key, value]) => {
          const next = update(value);
          return next === undefined ? [] : [[key, next] as const];
        }),
      );
  },
  'recurse/1': function* (input, [body], scope) {
    yield input;
    for (const value of scope.machine.evaluate(body!, input, scope))
      yield* FILTER_FUNCTIONS['recurse/1']!(value, [body!], scope);
  },
  'walk/1': function* (input, [body], scope) {
    const inner = (value: Json): Json => FILTER_FUNCTIONS['walk/1']!(value, [body!], scope).next().value ?? null;
    const walked = Array.isArray(input)
      ? input.map(inner)
      : isObject(input)
        ? Object.fromEntries(Object.entries(input).map(([key, value]) => [key, inner(value)]))
        : input;
    yield* scope.machine.evaluate(body!, walked, scope);
  },
  'with_entries/1': function* (input, [body], scope) {
    const entries = Object.entries(input as JsonObject).flatMap(([key, value]) => [
      ...scope.machine.evaluate(body!, { key, value }, scope),
    ]);
    yield FUNCTIONS['from_entries']!(entries);
  },
  'range/1': function* (input, [to], scope) {
    for (const end of scope.machine.evaluate(to!, input, scope)) for (let i = 0; i < Number(end); i++) yield i;
  },
  'range/2': function* (input, [from, to], scope) {
    for (const start of scope.machine.evaluate(from!, input, scope)) {
      for (const end of scope.machine.evaluate(to!, input, scope))
        for (let i = Number(start); i < Number(end); i++) yield i;
    }
  },
  'range/3': function* (input, [from, to, by], scope) {
    const { machine } = scope;
    for (const start of machine.evaluate(from!, input, scope))
      for (const end of machine.evaluate(to!, input, scope))
        for (const step of machine.evaluate(by!, input, scope)) {
          const up = Number(step) > 0;
          if (Number(step) === 0) return;
          for (let i = Number(start); up ? i < Number(end) : i > Number(end); i += Number(step)) yield i;
        }
  },
  'until/2': function* (input, [done, next], scope) {
    let value = input;
    while (!isTrue(only(done!, value, scope))) value = only(next!, value, scope);
    yield value;
  },
  'while/2': function* (input, [goes, next], scope) {
    for (let value = input; isTrue(only(goes!, value, scope)); value = only(next!, value, scope)) yield value;
  },
  'repeat/1': function* (input, [next], scope) {
    for (let value = input; ; value = only(next!, value, scope)) yield value;
  },
  'isempty/1': function* (input, [body], scope) {
    yield scope.machine.evaluate(body!, input, scope).next().done === true;
  },
  'IN/1': function* (input, [source], scope) {
    yield isAmong(input, source!, input, scope);
  },
  'IN/2': function* (input, [values, source], scope) {
    let found = false;
    for (const value of scope.machine.evaluate(values!, input, scope)) found ||= isAmong(value, source!, input, scope);
    yield found;
  },
  'INDEX/1': function* (input, [key], scope) {
    yield byKey(iterated(input), key!, scope);
  },
  'INDEX/2': function* (input, [source, key], scope) {
    yield byKey(scope.machine.evaluate(source!, input, scope), key!, scope);
  },
  'nth/2': function* (input, [at, body], scope) {
    let left = Number(only(at!, input, scope));
    for (const value of scope.machine.evaluate(body!, input, scope)) {
      if (left-- > 0) continue;
      yield value;
      return;
    }
  },
  'paths/1': function* (input, [test], scope) {
    for (const { path, value } of descendants({ path: [], value: input }))
      if (path.length > 0 && isTrue(only(test!, value, scope))) yield path as Json;
  },
  'any/2': function* (input, [source, test], scope) {
    let found = false;
    for (const value of scope.machine.evaluate(source!, input, scope)) found ||= isTrue(only(test!, value, scope));
    yield found;
  },
  'all/2': function* (input, [source, test], scope) {
    let held = true;
    for (const value of scope.machine.evaluate(source!, input, scope)) held &&= isTrue(only(test!, value, scope));
    yield held;
  },
  'first/1': function* (input, [body], scope) {
    for (const value of scope.machine.evaluate(body!, input, scope)) {
      yield value;
      return;
    }
  },
  'last/1': function* (input, [body], scope) {
    const all = [...scope.machine.evaluate(body!, input, scope)];
    if (all.length > 0) yield all.at(-1)!;
  },
  'inputs/0': function* (_input, _args, { inputs }) {
    for (let next = inputs.next(); next.done !== true; next = inputs.next()) yield next.value;
  },
  'limit/2': function* (input, [count, body], scope) {
    let left = Number(scope.machine.evaluate(count!, input, scope).next().value ?? 0);
    if (left <= 0) return;
    for (const value of scope.machine.evaluate(body!, input, scope)) {
      yield value;
      if (--left <= 0) return;
    }
  },
  'any/1': function* (input, [test], scope) {
    yield iterated(input).some((value) => [...scope.machine.evaluate(test!, value, scope)].some(isTrue));
  },
  'all/1': function* (input, [test], scope) {
    yield iterated(input).every((value) => [...scope.machine.evaluate(test!, value, scope)].every(isTrue));
  },
  'sort_by/1': function* (input, [by], scope) {
    yield keyed(input, by!, scope).map(({ value }) => value);
  },
  'group_by/1': function* (input, [by], scope) {
    yield groups(keyed(input, by!, scope));
  },
  'unique_by/1': function* (input, [by], scope) {
    yield groups(keyed(input, by!, scope)).map((group) => (group as readonly Json[])[0]!);
  },
  'min_by/1': function* (input, [by], scope) {
    yield keyed(input, by!, scope)[0]?.value ?? null;
  },
  'max_by/1': function* (input, [by], scope) {
    yield keyed(input, by!, scope).at(-1)?.value ?? null;
  },
  'path/1': function* (input, [body], scope) {
    for (const { path } of scope.machine.places(body!, { path: [], value: input }, scope)) yield path as Json;
  },
  'paths/0': function* (input) {
    for (const { path } of descendants({ path: [], value: input })) if (path.length > 0) yield path as Json;
  },
  'leaf_paths/0': function* (input) {
    for (const { path, value } of descendants({ path: [], value: input }))
      if (typeof value !== 'object' || value === null) yield path as Json;
  },
  'del/1': function* (input, [body], scope) {
    yield deletePaths(
      input,
      [...scope.machine.places(body!, { path: [], value: input }, scope)].map(({ path }) => path),
    );
  },
  'to_entries/0': function* (input) {
    if (!isObject(input)) throw new JqError(`${described(input)} has no keys`);
    yield FUNCTIONS['to_entries']!(input);
  },
  'getpath/1': function* (input, [path], scope) {
    for (const value of scope.machine.evaluate(path!, input, scope)) yield getPath(input, value as Path);
  },
  'match/1': function* (input, [pattern], scope) {
    for (const value of scope.machine.evaluate(pattern!, input, scope))
      yield* FUNCTIONS['match_all']!(input, value) as readonly Json[];
  },
  'capture/1': function* (input, [pattern], scope) {
    for (const value of scope.machine.evaluate(pattern!, input, scope))
      for (const found of FUNCTIONS['match_all']!(input, value) as readonly Json[]) yield captured(found);
  },
  'scan/1': function* (input, [pattern], scope) {
    for (const value of scope.machine.evaluate(pattern!, input, scope)) {
      for (const found of FUNCTIONS['match_all']!(input, value, 'g') as readonly JsonObject[]) {
        const captures = found['captures'] as readonly JsonObject[];
        yield captures.length === 0 ? found['string']! : captures.map(({ string }) => string!);
      }
    }
  },
  'match/2': (input, args, scope) => matches(input, args, scope),
  'splits/1': (input, args, scope) => pieces(input, args, scope),
  'splits/2': (input, args, scope) => pieces(input, args, scope),
  'sub/3': (input, args, scope) => substitute(input, args, toText(only(args[2]!, input, scope)), scope),
  'gsub/3': (input, args, scope) => substitute(input, args, `g${toText(only(args[2]!, input, scope))}`, scope),
  'sub/2': (input, args, scope) => substitute(input, args, '', scope),
  'gsub/2': (input, args, scope) => substitute(input, args, 'g', scope),
  'isvalid/1': function* (input, [body], scope) {
    try {
      for (const _ of scope.machine.evaluate(body!, input, scope)) break;
      yield true;
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      yield false;
    }
  },
};

/** The first value of a filter. */
function only(body: Filter, input: Json, scope: Scope): Json {
  return (scope.machine.evaluate(body, input, scope).next().value as Json | undefined) ?? null;
}

function isAmong(value: Json, source: Filter, input: Json, scope: Scope): boolean {
  for (const other of scope.machine.evaluate(source, input, scope)) if (compare(value, other) === 0) return true;
  return false;
}

function byKey(values: Iterable<Json>, key: Filter, scope: Scope): Json {
  const index = new Map<string, Json>();
  for (const value of values) index.set(toText(only(key, value, scope)), value);
  return Object.fromEntries(index);
}

function keyed(input: Json, by: Filter, scope: Scope): { key: Json; value: Json }[] {
  if (!Array.isArray(input)) throw new JqError(`Cannot index ${typeOf(input)} with number`);
  return input
    .map((value: Json) => ({ key: [...scope.machine.evaluate(by, value, scope)] as Json, value }))
    .sort((a, b) => compare(a.key, b.key));
}

function groups(sorted: readonly { key: Json; value: Json }[]): Json[] {
  const made: Json[][] = [];
  sorted.forEach(({ key, value }, index) => {
    if (index === 0 || compare(key, sorted[index - 1]!.key) !== 0) made.push([value]);
    else made.at(-1)!.push(value);
  });
  return made;
}

function* matches(input: Json, [pattern, flags]: readonly Filter[], scope: Scope): Results {
  yield* FUNCTIONS['match_all']!(input, only(pattern!, input, scope), only(flags!, input, scope)) as readonly Json[];
}

/** What stands between the matches of a pattern. */
function* pieces(input: Json, [pattern, flags]: readonly Filter[], scope: Scope): Results {
  const given = flags === undefined ? '' : toText(only(flags, input, scope));
  const found = FUNCTIONS['match_all']!(input, only(pattern!, input, scope), `g${given}`) as readonly JsonObject[];
  let from = 0;
  for (const match of found) {
    yield String(input).slice(from, match['offset'] as number);
    from = (match['offset'] as number) + (match['length'] as number);
  }
  yield String(input).slice(from);
}

function* substitute(input: Json, [pattern, replacement]: readonly Filter[], flags: string, scope: Scope): Results {
  const found = FUNCTIONS['match_all']!(
    input,
    scope.machine.evaluate(pattern!, input, scope).next().value ?? null,
    flags,
  ) as readonly JsonObject[];
  let text = '';
  let from = 0;
  for (const match of found) {
    const offset = match['offset'] as number;
    const made = scope.machine.evaluate(replacement!, captured(match), scope).next().value ?? '';
    text += String(input).slice(from, offset) + toText(made);
    from = offset + (match['length'] as number);
  }
  yield text + String(input).slice(from);
}

export const CONSTANT_FUNCTIONS: Readonly<Record<string, (scope: Scope) => Json>> = {
  env: (scope) => scope.variables.get('ENV') ?? {},
  now: (scope) => scope.variables.get('__now__') ?? 0,
  input: ({ inputs }) => {
    const next = inputs.next();
    if (next.done === true) throw new JqError('No more inputs');
    return next.value;
  },
};

export const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  values: (value) => value !== null,
  nulls: (value) => value === null,
  booleans: (value) => typeof value === 'boolean',
  numbers: (value) => typeof value === 'number',
  strings: (value) => typeof value === 'string',
  arrays: (value) => Array.isArray(value),
  objects: isObject,
  iterables: (value) => typeof value === 'object' && value !== null,
  scalars: (value) => typeof value !== 'object' || value === null,
};

/** `reduce` and `foreach`. */
export function* fold(filter: Filter & { kind: 'fold' }, input: Json, scope: Scope): Results {
  for (const start of scope.machine.evaluate(filter.start, input, scope)) {
    let state: Json = start;
    for (const value of scope.machine.evaluate(filter.source, input, scope)) {
      const inner = bound(scope, filter.name, value);
      let last: Json = null;
      for (const next of scope.machine.evaluate(filter.update, state, inner)) {
        last = next;
        if (!filter.each) continue;
        if (filter.extract === undefined) yield next;
        else yield* scope.machine.evaluate(filter.extract, next, inner);
      }
      state = last;
    }
    if (!filter.each) yield state;
  }
}
