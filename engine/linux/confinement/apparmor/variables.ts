const NAME = /^@\{([A-Za-z][A-Za-z0-9_]*)\}$/;
const REFERENCE = /@\{([A-Za-z][A-Za-z0-9_]*)\}/;
/** More alternatives than anybody writes, and few enough to go through. */
const MAX_VALUES = 1000;

/** `@{PROC}` and its kin: names for one path or several. */
export class Variables {
  readonly #values = new Map<string, readonly string[]>();

  /** Returns what is wrong. */
  set(name: string, values: readonly string[], adds: boolean): string | undefined {
    const key = NAME.exec(name)?.[1];
    if (key === undefined) return `syntax error, ${name} is no variable`;
    const before = this.#values.get(key);
    if (adds && before === undefined)
      return `variable ${name} was not previously declared, but is being assigned additional value '${values[0] ?? ''}'.`;
    if (!adds && before !== undefined) return `variable ${name} was previously declared`;
    this.#values.set(key, adds ? [...before!, ...values] : values);
    return undefined;
  }

  /** All that a path stands for, or what is wrong with it. Two slashes in a row are one. */
  expand(text: string, depth = 0): readonly string[] | string {
    const found = REFERENCE.exec(text);
    if (found === null) return [text.replace(/(.)\/+(?=\/)/g, '$1')];
    const values = this.#values.get(found[1]!);
    if (values === undefined) return `Failed to find declaration for: @{${found[1]}}`;
    if (depth > 20) return `Variable @{${found[1]}} is referenced recursively`;
    const all: string[] = [];
    for (const value of values) {
      const rest = this.expand(
        text.slice(0, found.index) + value + text.slice(found.index + found[0].length),
        depth + 1,
      );
      if (typeof rest === 'string') return rest;
      for (const each of rest) all.push(each);
      if (all.length > MAX_VALUES) return `Variable @{${found[1]}} stands for too much`;
    }
    return all;
  }
}
