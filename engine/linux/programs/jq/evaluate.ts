import { CONSTANT_FUNCTIONS, FILTER_FUNCTIONS, fold, TYPE_TESTS } from './filter-functions.ts';
import { arithmetic, FORMATS, FUNCTIONS, keysOf, toText } from './functions.ts';
import {
  bound,
  type Closure,
  descendants,
  labelled,
  type Place,
  type Results,
  type Scope,
  spend,
  UndefinedFunction,
  variable,
} from './scope.ts';
import type { Filter } from './tree.ts';
import {
  compare,
  deletePaths,
  getPath,
  indexed,
  isObject,
  isTrue,
  iterated,
  JqError,
  type Json,
  type JsonObject,
  type Path,
  setPath,
  typeOf,
} from './value.ts';

export function* evaluate(filter: Filter, input: Json, scope: Scope): Results {
  spend(scope);
  switch (filter.kind) {
    case 'identity':
      yield input;
      return;
    case 'literal':
      yield filter.value as Json;
      return;
    case 'recurse':
    case 'index':
    case 'slice':
    case 'iterate':
      for (const { value } of places(filter, { path: [], value: input }, scope)) yield value;
      return;
    case 'optional':
      yield* attempt(filter.target, undefined, input, scope);
      return;
    case 'try':
      yield* attempt(filter.body, filter.handler, input, scope);
      return;
    case 'pipe':
      for (const value of evaluate(filter.left, input, scope)) yield* evaluate(filter.right, value, scope);
      return;
    case 'comma':
      yield* evaluate(filter.left, input, scope);
      yield* evaluate(filter.right, input, scope);
      return;
    case 'alternative':
      yield* alternative(filter.left, filter.right, input, scope);
      return;
    case 'if':
      for (const test of evaluate(filter.test, input, scope)) {
        if (isTrue(test)) yield* evaluate(filter.yes, input, scope);
        else if (filter.no === undefined) yield input;
        else yield* evaluate(filter.no, input, scope);
      }
      return;
    default:
      yield* construct(filter, input, scope);
  }
}

function* attempt(body: Filter, handler: Filter | undefined, input: Json, scope: Scope): Results {
  try {
    yield* evaluate(body, input, scope);
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
    if (handler !== undefined) yield* evaluate(handler, error.value, scope);
  }
}

function* alternative(left: Filter, right: Filter, input: Json, scope: Scope): Results {
  let found = false;
  try {
    for (const value of evaluate(left, input, scope)) {
      if (!isTrue(value)) continue;
      found = true;
      yield value;
    }
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
  }
  if (!found) yield* evaluate(right, input, scope);
}

function* construct(filter: Filter, input: Json, scope: Scope): Results {
  switch (filter.kind) {
    case 'variable':
      yield variable(filter.name, scope);
      return;
    case 'string':
      yield* interpolate(filter, input, scope);
      return;
    case 'binary':
      yield* operate(filter.operator, filter.left, filter.right, input, scope);
      return;
    case 'negate':
      for (const value of evaluate(filter.operand, input, scope)) yield arithmetic('-', 0, value);
      return;
    case 'array':
      yield filter.body === undefined ? [] : [...evaluate(filter.body, input, scope)];
      return;
    case 'object':
      yield* objects(filter.entries, 0, {}, input, scope);
      return;
    case 'assign':
      yield* assign(filter.operator, filter.left, filter.right, input, scope);
      return;
    case 'bind':
      for (const value of evaluate(filter.source, input, scope))
        yield* evaluate(filter.body, input, bound(scope, filter.name, value));
      return;
    case 'fold':
      yield* fold(filter, input, scope);
      return;
    case 'define':
      yield* evaluate(filter.rest, input, defined(scope, filter.name, filter.parameters, filter.body));
      return;
    case 'label':
      yield* labelled(filter.name, filter.body, input, scope);
      return;
    case 'break':
      throw scope.labels.get(filter.name) ?? new JqError(`$*label-${filter.name} is not defined`);
    case 'call':
      yield* call(filter.name, filter.args, input, scope);
      return;
    default:
      throw new Error(`a filter of kind ${filter.kind} is evaluated elsewhere`);
  }
}

function defined(scope: Scope, name: string, parameters: readonly string[], body: Filter): Scope {
  const closure: Closure = { parameters, body, scope };
  const inner = { ...scope, functions: new Map([...scope.functions, [`${name}/${parameters.length}`, closure]]) };
  closure.scope = inner;
  return inner;
}

function* interpolate(filter: Filter & { kind: 'string' }, input: Json, scope: Scope): Results {
  const show = filter.format === undefined ? toText : FORMATS[filter.format];
  if (show === undefined) throw new JqError(`${filter.format} is not a valid format`);
  let texts = [''];
  for (const part of filter.parts) {
    const values = typeof part === 'string' ? [part] : [...evaluate(part, input, scope)].map(show);
    texts = values.flatMap((value) => texts.map((text) => text + value));
  }
  yield* texts;
}

function* operate(operator: string, left: Filter, right: Filter, input: Json, scope: Scope): Results {
  if (operator === 'and' || operator === 'or') {
    for (const a of evaluate(left, input, scope)) {
      if (isTrue(a) === (operator === 'or')) yield operator === 'or';
      else for (const b of evaluate(right, input, scope)) yield isTrue(b);
    }
    return;
  }
  for (const b of evaluate(right, input, scope)) {
    for (const a of evaluate(left, input, scope)) {
      const order = /[=<>]/.test(operator) ? compare(a, b) : 0;
      const holds: Readonly<Record<string, boolean>> = {
        '==': order === 0,
        '!=': order !== 0,
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
      };
      yield holds[operator] ?? arithmetic(operator, a, b);
    }
  }
}

function* objects(
  entries: readonly { key: Filter; value: Filter }[],
  at: number,
  made: JsonObject,
  input: Json,
  scope: Scope,
): Results {
  const entry = entries[at];
  if (entry === undefined) {
    yield made;
    return;
  }
  for (const key of evaluate(entry.key, input, scope)) {
    if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
    for (const value of evaluate(entry.value, input, scope)) {
      yield* objects(entries, at + 1, Object.fromEntries([...Object.entries(made), [key, value]]), input, scope);
    }
  }
}

function* assign(operator: string, left: Filter, right: Filter, input: Json, scope: Scope): Results {
  if (operator === '|=') {
    let result = input;
    for (const { path } of [...places(left, { path: [], value: input }, scope)]) {
      const [updated] = evaluate(right, getPath(result, path), scope);
      result = updated === undefined ? deletePaths(result, [path]) : setPath(result, path, () => updated);
    }
    yield result;
    return;
  }
  for (const value of evaluate(right, input, scope)) {
    let result = input;
    for (const { path } of [...places(left, { path: [], value: input }, scope)]) {
      result = setPath(result, path, (before) => {
        if (operator === '=') return value;
        if (operator === '//=') return isTrue(before) ? before : value;
        return arithmetic(operator.slice(0, -1), before, value);
      });
    }
    yield result;
  }
}

/** Where a filter leads: each value with its path. Throws JqError for filters that make new values. */
function* places(filter: Filter, from: Place, scope: Scope): Generator<Place, void, undefined> {
  spend(scope);
  const { path, value } = from;
  switch (filter.kind) {
    case 'identity':
      yield from;
      return;
    case 'index':
      for (const key of evaluate(filter.key, value, scope)) {
        for (const place of places(filter.target, from, scope)) {
          yield { path: [...place.path, key as string | number], value: indexed(place.value, key) };
        }
      }
      return;
    case 'slice':
      yield* slices(filter, from, scope);
      return;
    case 'iterate':
      for (const place of places(filter.target, from, scope)) {
        iterated(place.value);
        for (const key of isObject(place.value) ? Object.keys(place.value) : keysOf(place.value)) {
          yield { path: [...place.path, key as string | number], value: indexed(place.value, key) };
        }
      }
      return;
    case 'recurse':
      yield* descendants(from);
      return;
    case 'pipe':
      for (const place of places(filter.left, from, scope)) yield* places(filter.right, place, scope);
      return;
    case 'comma':
      yield* places(filter.left, from, scope);
      yield* places(filter.right, from, scope);
      return;
    case 'optional':
      try {
        yield* places(filter.target, from, scope);
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
      }
      return;
    case 'if':
      for (const test of evaluate(filter.test, value, scope)) {
        if (isTrue(test)) yield* places(filter.yes, from, scope);
        else if (filter.no !== undefined) yield* places(filter.no, from, scope);
        else yield from;
      }
      return;
    case 'alternative': {
      const found = [...places(filter.left, from, scope)].filter((place) => isTrue(place.value));
      yield* found.length > 0 ? found : places(filter.right, from, scope);
      return;
    }
    case 'call':
      yield* calledPlaces(filter, from, scope);
      return;
    default:
      // A new value: fine as a value, but nothing that could be assigned to.
      for (const made of evaluate(filter, value, scope)) yield { path: [...path, Number.NaN], value: made };
  }
}

function* slices(filter: Filter & { kind: 'slice' }, from: Place, scope: Scope): Generator<Place, void, undefined> {
  const bounds = (part: Filter | undefined) =>
    part === undefined ? [undefined] : [...evaluate(part, from.value, scope)];
  for (const place of places(filter.target, from, scope)) {
    for (const end of bounds(filter.to)) {
      for (const start of bounds(filter.from)) {
        const { value } = place;
        if (value !== null && typeof value !== 'string' && !Array.isArray(value))
          throw new JqError(`Cannot index ${typeOf(value)} with object`);
        const [low, high] = [start ?? undefined, end ?? undefined].map((bound) =>
          bound === undefined ? undefined : Math.floor(Number(bound)),
        );
        yield {
          path: [...place.path, Number.NaN],
          value: value === null ? null : (value as readonly Json[]).slice(low, high),
        };
      }
    }
  }
}

function* calledPlaces(
  { name, args }: Filter & { kind: 'call' },
  from: Place,
  scope: Scope,
): Generator<Place, void, undefined> {
  const closure = scope.functions.get(`${name}/${args.length}`);
  if (closure !== undefined) {
    yield* places(closure.body, from, argumentScope(closure, args, scope));
    return;
  }
  switch (`${name}/${args.length}`) {
    case 'empty/0':
      return;
    case 'select/1':
      for (const test of evaluate(args[0]!, from.value, scope)) if (isTrue(test)) yield from;
      return;
    case 'recurse/0':
      yield* descendants(from);
      return;
    case 'first/1':
      for (const place of places(args[0]!, from, scope)) {
        yield place;
        return;
      }
      return;
    case 'getpath/1':
      for (const path of evaluate(args[0]!, from.value, scope))
        yield { path: [...from.path, ...(path as Path)], value: getPath(from.value, path as Path) };
      return;
    default:
      for (const value of call(name, args, from.value, scope)) yield { path: [...from.path, Number.NaN], value };
  }
}

function argumentScope(closure: Closure, args: readonly Filter[], scope: Scope): Scope {
  const functions = new Map(closure.scope.functions);
  let { variables } = closure.scope;
  closure.parameters.forEach((parameter, index) => {
    const body = args[index]!;
    if (!parameter.startsWith('$')) functions.set(`${parameter}/0`, { parameters: [], body, scope });
    else variables = new Map([...variables, [parameter.slice(1), evaluate(body, null, scope).next().value ?? null]]);
  });
  return { ...closure.scope, variables, functions };
}

function* call(name: string, args: readonly Filter[], input: Json, scope: Scope): Results {
  const closure = scope.functions.get(`${name}/${args.length}`);
  if (closure !== undefined) {
    yield* evaluate(closure.body, input, argumentScope(closure, args, scope));
    return;
  }
  const key = `${name}/${args.length}`;
  if (Object.hasOwn(FILTER_FUNCTIONS, key)) yield* FILTER_FUNCTIONS[key]!(input, args, scope);
  else if (args.length === 0 && Object.hasOwn(TYPE_TESTS, name)) {
    if (TYPE_TESTS[name]!(input)) yield input;
  } else if (args.length === 0 && Object.hasOwn(CONSTANT_FUNCTIONS, name)) yield CONSTANT_FUNCTIONS[name]!(scope);
  else if (name === 'recurse' && args.length === 0)
    for (const { value } of descendants({ path: [], value: input })) yield value;
  else if ((name === 'first' || name === 'last') && args.length === 0) yield indexed(input, name === 'first' ? 0 : -1);
  else if (Object.hasOwn(FORMATS, name)) yield FORMATS[name]!(input);
  else if (Object.hasOwn(FUNCTIONS, name) && FUNCTIONS[name]!.length - 1 >= args.length)
    yield* applied(FUNCTIONS[name]!, args, [], input, scope);
  else if (Object.hasOwn(FUNCTIONS, name)) yield* applied(FUNCTIONS[name]!, args, [], input, scope);
  else throw new UndefinedFunction(`${name}/${args.length}`);
}

/** Every combination of the arguments' values. */
function* applied(
  run: (input: Json, ...args: Json[]) => Json,
  args: readonly Filter[],
  values: readonly Json[],
  input: Json,
  scope: Scope,
): Results {
  const next = args[values.length];
  if (next === undefined) {
    yield run(input, ...values);
    return;
  }
  for (const value of evaluate(next, input, scope)) yield* applied(run, args, [...values, value], input, scope);
}

/** A scope to start from. */
export function rootScope(variables: ReadonlyMap<string, Json>, inputs: Iterator<Json>, steps: number): Scope {
  const none = { functions: new Map(), labels: new Map() };
  return { ...none, variables, inputs, budget: { steps }, machine: { evaluate, places } };
}
