import { ShellFault } from './control.ts';
import { CopyOnWriteMap } from './copy-on-write-map.ts';

export interface Variable {
  /** Undefined while declared but not set, and for arrays. */
  value: string | undefined;
  /** Elements by number, or by key. */
  elements: Map<number, string> | undefined;
  entries: Map<string, string> | undefined;
  exported: boolean;
  readonly: boolean;
  integer: boolean;
  /** Of a `declare -n`: the variable it stands for; empty until it is assigned to. */
  reference?: string;
  /** Of the shell that may change it: to another it is what its parent had when it was forked. */
  readonly owner: Owner;
}

/** Nothing but itself: a shell that forks becomes another owner, as its child does. */
type Owner = object;

/** A chain of references ends here. */
const MAX_REFERENCES = 8;

function newVariable(owner: Owner): Variable {
  return {
    owner,
    value: undefined,
    elements: undefined,
    entries: undefined,
    exported: false,
    readonly: false,
    integer: false,
  };
}

/** `x=$x$x` in a loop must not fill the memory of the host. */
const MAX_VALUE_LENGTH = 32 * 1024 * 1024;

/** Makes the values that are made when they are read, by name; a list is an array. */
export type Compute = (name: string) => string | readonly string[] | undefined;

/** The shell's variables, with what `local` has put aside. Values computed on reading (`$RANDOM`) are added by name. */
export class Variables {
  readonly #variables: CopyOnWriteMap<string, Variable>;
  #owner: Owner = {};
  readonly #compute: Compute;
  /** Of each function call under way: what its locals replaced. */
  readonly #frames: CopyOnWriteMap<string, Variable | undefined>[];
  #environment: Record<string, string> | undefined;
  /** Counts changes of PATH, so that remembered locations can be forgotten. */
  pathChanges = 0;

  /** Told how many bytes the shell holds, whenever a large value changes. */
  onMemory: ((bytes: number) => void) | undefined;
  #largeBytes = 0;
  /** Whether there has been a `declare -n`: most shells never see one. */
  #hasReferences = false;

  readonly #bash: boolean;

  constructor(compute: Compute, bash: boolean, from?: Variables) {
    this.#compute = compute;
    this.#bash = bash;
    this.#variables = from === undefined ? new CopyOnWriteMap() : from.#variables.share();
    this.#frames = from === undefined ? [] : from.#frames.map((frame) => frame.share());
    if (from === undefined) return;
    from.#owner = {};
    this.#environment = from.#environment;
    this.#hasReferences = from.#hasReferences;
  }

  /** The variable as one that may be changed; undefined when there is none. */
  #own(name: string): Variable | undefined {
    const variable = this.#variables.get(name);
    if (variable === undefined || variable.owner === this.#owner) return variable;
    const own = copyOf(variable, this.#owner);
    this.#variables.set(name, own);
    return own;
  }

  #create(name: string): Variable {
    const variable = newVariable(this.#owner);
    this.#variables.set(name, variable);
    return variable;
  }

  /** `declare -n name=target`. */
  refer(name: string, target: string): void {
    const variable = this.#own(name) ?? this.#create(name);
    variable.reference = target;
    this.#hasReferences = true;
  }

  /** What a name reference stands for; undefined for other variables. */
  referenceOf(name: string): string | undefined {
    return this.#hasReferences ? this.#variables.get(name)?.reference : undefined;
  }

  /** `unset -n`: the reference itself. */
  unrefer(name: string): void {
    if (this.referenceOf(name) !== undefined) this.#variables.delete(name);
  }

  /** The variable that a name leads to. References in a circle lead nowhere new. */
  #resolve(name: string): string {
    if (!this.#hasReferences) return name;
    let resolved = name;
    for (let depth = 0; depth < MAX_REFERENCES; depth++) {
      const target = this.#variables.get(resolved)?.reference;
      if (target === undefined || target === '') return resolved;
      resolved = target;
    }
    return name;
  }

  /** Not to be changed: see `writable`. */
  get(name: string): Readonly<Variable> | undefined {
    return this.#variables.get(this.#resolve(name));
  }

  /** The value as `$name` sees it: of an array, its element 0. */
  value(given: string): string | undefined {
    const name = this.#resolve(given);
    const variable = this.#variables.get(name);
    if (variable !== undefined) {
      if (variable.elements !== undefined) return variable.elements.get(0);
      if (variable.entries !== undefined) return variable.entries.get('0');
      return variable.value;
    }
    const computed = this.#compute(name);
    return typeof computed === 'object' ? computed[0] : computed;
  }

  element(name: string, key: string): string | undefined {
    const variable = this.get(name);
    if (variable === undefined) {
      const list = this.values(name);
      return list.at(Number(key));
    }
    if (variable.entries !== undefined) return variable.entries.get(key);
    const index = elementIndex(variable, key);
    if (variable.elements !== undefined) return variable.elements.get(index);
    return index === 0 ? variable.value : undefined;
  }

  /** All values of `${name[@]}`. */
  values(given: string): string[] {
    const name = this.#resolve(given);
    const variable = this.#variables.get(name);
    if (variable?.entries !== undefined) return [...variable.entries.values()];
    if (variable?.elements !== undefined) return sorted(variable.elements).map(([, value]) => value);
    const computed = variable === undefined ? this.#compute(name) : undefined;
    if (typeof computed === 'object') return [...computed];
    const value = this.value(name);
    return value === undefined ? [] : [value];
  }

  /** All keys of `${!name[@]}`. */
  keys(name: string): string[] {
    const variable = this.get(name);
    if (variable?.entries !== undefined) return [...variable.entries.keys()];
    if (variable?.elements !== undefined) return sorted(variable.elements).map(([key]) => String(key));
    return this.value(name) === undefined ? [] : ['0'];
  }

  /** Makes the variable if need be; throws for a read-only one. */
  writable(given: string): Variable {
    const name = this.#resolve(given);
    let variable = this.#own(name);
    if (variable === undefined) variable = this.#create(name);
    else if (variable.readonly) {
      throw this.#bash
        ? new ShellFault(`${name}: readonly variable`, 1, true)
        : new ShellFault(`${name}: is read only`, 2);
    }
    if (variable.exported) this.#environment = undefined;
    if (name === 'PATH') this.pathChanges += 1;
    return variable;
  }

  set(name: string, value: string): void {
    if (value.length > MAX_VALUE_LENGTH) throw new ShellFault(`${name}: value too long`, 2);
    const variable = this.writable(name);
    if (variable.reference === '') {
      variable.reference = value;
      return;
    }
    this.#account(variable.value, value);
    if (variable.elements !== undefined) variable.elements.set(0, value);
    else if (variable.entries !== undefined) variable.entries.set('0', value);
    else variable.value = value;
  }

  /** Keeps count of what large values hold: a script that doubles a string meets its container's memory limit. */
  #account(before: string | undefined, after: string | undefined): void {
    const growth = largeSize(after) - largeSize(before);
    if (growth === 0) return;
    this.#largeBytes += growth;
    this.onMemory?.(SHELL_BYTES + this.#largeBytes);
  }

  setElement(name: string, key: string, value: string): void {
    const variable = this.writable(name);
    if (variable.entries !== undefined) {
      variable.entries.set(key, value);
      return;
    }
    if (variable.elements === undefined) {
      variable.elements = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
      variable.value = undefined;
    }
    const index = elementIndex(variable, key);
    if (index < 0) throw new ShellFault(`${name}[${key}]: bad array subscript`, 1, true);
    variable.elements.set(index, value);
  }

  setArray(name: string, values: readonly string[]): void {
    const variable = this.writable(name);
    variable.value = undefined;
    variable.entries = undefined;
    variable.elements = new Map(values.map((value, index) => [index, value]));
  }

  /** Leaves an array of keys without any. */
  clearEntries(name: string): void {
    this.writable(name).entries!.clear();
  }

  makeAssociative(name: string): void {
    const variable = this.writable(name);
    if (variable.entries !== undefined) return;
    variable.entries = new Map(variable.value === undefined ? [] : [['0', variable.value]]);
    variable.value = undefined;
    variable.elements = undefined;
  }

  setExported(name: string, exported: boolean): void {
    const variable = this.#own(this.#resolve(name));
    if (variable === undefined && !exported) return;
    (variable ?? this.writable(name)).exported = exported;
    this.#environment = undefined;
  }

  unset(given: string, key?: string): void {
    const name = this.#resolve(given);
    const variable = this.#variables.get(name);
    if (variable === undefined) return;
    if (variable.readonly) {
      if (this.#bash) throw new ReadonlyVariable(name);
      throw new ShellFault(`unset: ${name}: is read only`, 2);
    }
    if (key !== undefined) {
      const own = this.#own(name)!;
      own.entries?.delete(key);
      own.elements?.delete(elementIndex(own, key));
      return;
    }
    this.#account(variable.value, undefined);
    this.#variables.delete(name);
    if (variable.exported) this.#environment = undefined;
    if (name === 'PATH') this.pathChanges += 1;
  }

  names(): string[] {
    return [...this.#variables.keys()].filter((name) => !name.startsWith('BASH_FUNC_')).sort();
  }

  /** `export -f`: bash passes a function on as a variable of this name, which only another bash reads. */
  exportFunction(name: string, source: string): void {
    const variable = this.writable(`BASH_FUNC_${name}%%`);
    variable.value = `() ${source}`;
    variable.exported = true;
    this.#environment = undefined;
  }

  /** What programs are started with. Not to be changed. */
  environment(): Readonly<Record<string, string>> {
    if (this.#environment === undefined) {
      this.#environment = {};
      for (const [name, variable] of this.#variables) {
        if (variable.exported && variable.value !== undefined) this.#environment[name] = variable.value;
      }
    }
    return this.#environment;
  }

  get frameDepth(): number {
    return this.#frames.length;
  }

  pushFrame(): void {
    this.#frames.push(new CopyOnWriteMap());
  }

  popFrame(): void {
    const frame = this.#frames.pop()!;
    if (frame.size > 0) for (const [name, variable] of frame) this.restore(name, variable);
  }

  /** `local name`: puts the present variable aside until the function returns. */
  makeLocal(name: string, inherit: boolean): void {
    const frame = this.#frames.at(-1)!;
    if (frame.has(name)) return;
    const before = this.#variables.get(name);
    if (before?.readonly) throw new ShellFault(`local: ${name}: readonly variable`, 1, true);
    frame.set(name, before);
    this.#variables.delete(name);
    if (before !== undefined && inherit) this.#variables.set(name, copyOf(before, this.#owner));
    else if (before?.exported) this.writable(name).exported = true;
    this.#environment = undefined;
  }

  /** A copy to give back to `restore`, for assignments that hold for one command only. */
  snapshot(name: string): Variable | undefined {
    const variable = this.#variables.get(name);
    return variable === undefined ? undefined : copyOf(variable, this.#owner);
  }

  restore(name: string, variable: Variable | undefined): void {
    if (variable === undefined) this.#variables.delete(name);
    else this.#variables.set(name, variable);
    this.#environment = undefined;
    if (name === 'PATH') this.pathChanges += 1;
  }
}

/** Smaller values are part of what every shell holds. */
const LARGE_VALUE_LENGTH = 64 * 1024;
/** What a shell holds without any large value. */
const SHELL_BYTES = 256 * 1024;

function largeSize(value: string | undefined): number {
  return value === undefined || value.length < LARGE_VALUE_LENGTH ? 0 : value.length;
}

/** Bash's `unset` complains of a read-only variable and goes on. */
export class ReadonlyVariable {
  readonly variable: string;

  constructor(variable: string) {
    this.variable = variable;
  }
}

function copyOf(variable: Variable, owner: Owner): Variable {
  return {
    ...variable,
    owner,
    elements: variable.elements === undefined ? undefined : new Map(variable.elements),
    entries: variable.entries === undefined ? undefined : new Map(variable.entries),
  };
}

function sorted(elements: ReadonlyMap<number, string>): [number, string][] {
  return [...elements].sort(([a], [b]) => a - b);
}

/** The number a key stands for; negative ones count from the end. */
function elementIndex(variable: Variable, key: string): number {
  const index = Number(key);
  if (index >= 0 || variable.elements === undefined) return index;
  let last = -1;
  for (const at of variable.elements.keys()) if (at > last) last = at;
  return last + 1 + index;
}
