import { keysOf } from './functions.ts';
import type { Filter } from './tree.ts';
import { indexed, isObject, JqError, type Json, type Path } from './value.ts';

/** A function in scope: the filter of an argument, or what `def` made. Both see the scope they were written in. */
export interface Closure {
  readonly parameters: readonly string[];
  readonly body: Filter;
  /** Filled in after construction, so that a function can call itself. */
  scope: Scope;
}

export interface Scope {
  readonly variables: ReadonlyMap<string, Json>;
  readonly functions: ReadonlyMap<string, Closure>;
  /** Where `break` leads, by the names that `label` gave. */
  readonly labels: ReadonlyMap<string, Break>;
  /** What `input` takes the next of. */
  readonly inputs: Iterator<Json>;
  /** What is left to compute before it counts as endless. */
  readonly budget: { steps: number };
  /** The evaluator itself, for the functions that it calls and that call it. */
  readonly machine: Machine;
}

/** `break` out of a `first` or `limit` is done by not asking for more, so evaluation is lazy. */
export type Results = Generator<Json, void, undefined>;

/** A value with the path that leads to it, for assignments. */
export interface Place {
  readonly path: Path;
  readonly value: Json;
}

interface Machine {
  evaluate(filter: Filter, input: Json, scope: Scope): Results;
  places(filter: Filter, from: Place, scope: Scope): Generator<Place, void, undefined>;
}

/** Throws JqError when there is no more to spend. */
export function spend(scope: Scope): void {
  if (--scope.budget.steps < 0) throw new JqError('the filter does not come to an end');
}

/** Thrown up to the `label` that it was made for; nothing on the way handles it. */
class Break {}

/** The value itself and everything in it. */
export function* descendants(place: Place): Generator<Place, void, undefined> {
  yield place;
  const { value } = place;
  if (typeof value !== 'object' || value === null) return;
  for (const key of isObject(value) ? Object.keys(value) : keysOf(value)) {
    yield* descendants({ path: [...place.path, key as string | number], value: indexed(value, key) });
  }
}

/** The filter calls something that there is not. */
export class UndefinedFunction {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** With a variable more. */
export function bound(scope: Scope, name: string, value: Json): Scope {
  return { ...scope, variables: new Map([...scope.variables, [name, value]]) };
}

/** What comes of the body, until it breaks. */
export function* labelled(name: string, body: Filter, input: Json, scope: Scope): Results {
  const mark = new Break();
  try {
    yield* scope.machine.evaluate(body, input, { ...scope, labels: new Map([...scope.labels, [name, mark]]) });
  } catch (error) {
    if (error !== mark) throw error;
  }
}

/** Throws JqError for a name that nothing has. */
export function variable(name: string, scope: Scope): Json {
  const value = scope.variables.get(name);
  if (value === undefined) throw new JqError(`$${name} is not defined`);
  return value;
}
