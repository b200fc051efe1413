import { CommandError, notAnInteger, wrongType } from './reply.ts';

export type Value =
  | { readonly type: 'string'; text: string }
  | { readonly type: 'list'; readonly items: string[] }
  | { readonly type: 'hash'; readonly fields: Map<string, string> }
  | { readonly type: 'set'; readonly members: Set<string> }
  | { readonly type: 'zset'; readonly scores: Map<string, number> };

export type ValueOf<T extends Value['type']> = Extract<Value, { type: T }>;

interface Entry {
  readonly value: Value;
  expiresMs: number | undefined;
}

const MAKERS: { readonly [T in Value['type']]: () => ValueOf<T> } = {
  string: () => ({ type: 'string', text: '' }),
  list: () => ({ type: 'list', items: [] }),
  hash: () => ({ type: 'hash', fields: new Map() }),
  set: () => ({ type: 'set', members: new Set() }),
  zset: () => ({ type: 'zset', scores: new Map() }),
};

/** One database: keys with values that may have an end. What has ended is gone when it is looked at. */
export class Keyspace {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  expired = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresMs === undefined || entry.expiresMs > this.#now()) return entry;
    this.#entries.delete(key);
    this.expired += 1;
    return undefined;
  }

  get(key: string): Value | undefined {
    return this.#entry(key)?.value;
  }

  /** Throws CommandError when the key holds something else. */
  find<T extends Value['type']>(key: string, type: T): ValueOf<T> | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (value.type !== type) throw wrongType();
    return value as ValueOf<T>;
  }

  /** The value, made empty when there is none. */
  make<T extends Value['type']>(key: string, type: T): ValueOf<T> {
    const value = this.find(key, type);
    if (value !== undefined) return value;
    const made = MAKERS[type]() as ValueOf<T>;
    this.#entries.set(key, { value: made, expiresMs: undefined });
    return made;
  }

  /** Sets without an end, whatever was there. */
  set(key: string, value: Value): void {
    this.#entries.set(key, { value, expiresMs: undefined });
  }

  delete(key: string): boolean {
    return this.#entry(key) !== undefined && this.#entries.delete(key);
  }

  /** An empty collection is no key. */
  dropIfEmpty(key: string): void {
    const value = this.get(key);
    if (value !== undefined && sizeOf(value) === 0) this.#entries.delete(key);
  }

  expiry(key: string): number | undefined {
    return this.#entry(key)?.expiresMs;
  }

  expire(key: string, atMs: number | undefined): boolean {
    const entry = this.#entry(key);
    if (entry === undefined) return false;
    entry.expiresMs = atMs;
    return true;
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.#entry(key) !== undefined);
  }

  clear(): void {
    this.#entries.clear();
  }
}

function sizeOf(value: Value): number {
  switch (value.type) {
    case 'string':
      return 1;
    case 'list':
      return value.items.length;
    case 'hash':
      return value.fields.size;
    case 'set':
      return value.members.size;
    case 'zset':
      return value.scores.size;
  }
}

export function integerOf(text: string): number {
  if (!/^-?\d{1,19}$/.test(text) || !Number.isSafeInteger(Number(text))) throw notAnInteger();
  return Number(text);
}

export function floatOf(text: string, message = 'ERR value is not a valid float'): number {
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) throw new CommandError(message);
  return Number(text);
}

/** Members by score, then by name. */
export function sortedMembers(scores: ReadonlyMap<string, number>): [member: string, score: number][] {
  return [...scores].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : a > b ? 1 : 0));
}

/** A stretch by first and last index, where negative ones count from the end. */
export function stretch<T>(items: readonly T[], first: number, last: number): T[] {
  const at = (index: number) => (index < 0 ? items.length + index : index);
  return items.slice(Math.max(0, at(first)), Math.max(0, at(last) + 1));
}

/** A glob of Redis as a regular expression: `*`, `?`, `[a-c]`, `\`. */
export function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|\[\^?[^\]]*\]|[*?]|[\s\S]/g, (part, escaped?: string) => {
    if (escaped !== undefined) return escapeCharacter(escaped);
    if (part === '*') return '[\\s\\S]*';
    if (part === '?') return '[\\s\\S]';
    return part.length > 1 ? part : escapeCharacter(part);
  });
  return new RegExp(`^${source}$`);
}

function escapeCharacter(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
