import { numberOf, orderInConcatenation, type TypeName } from './data-type.ts';
import { type Interval, intervalOf } from './intervals.ts';
import type { Verdict } from './verdict.ts';

/** A member of a set, or an entry of a map. A part of the key may be a range `a-b` or a prefix `a/n`. */
export interface Element {
  readonly key: readonly string[];
  /** Of a map: what the key leads to. */
  readonly verdict?: Verdict;
  readonly data?: string;
  readonly comment?: string;
  /** Of its own, and not the set's. */
  readonly timeoutMs?: number;
  /** When it goes by itself. */
  readonly expiresMs?: number;
}

export interface SetProperties {
  readonly name: string;
  readonly types: readonly TypeName[];
  /** Of a map: `['verdict']`, or the types of the data. */
  readonly data?: readonly (TypeName | 'verdict')[];
  readonly flags: readonly string[];
  readonly timeoutMs?: number;
  readonly size?: number;
  readonly comment?: string;
  readonly autoMerge?: boolean;
}

/**
 * A set or a map. What it says is found in one step, however many elements there are; those with ranges or prefixes are
 * looked through one by one. https://wiki.nftables.org/wiki-nftables/index.php/Sets
 */
export class NftSet implements SetProperties {
  readonly name: string;
  readonly types: readonly TypeName[];
  readonly data: SetProperties['data'];
  readonly flags: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly size: number | undefined;
  readonly comment: string | undefined;
  readonly autoMerge: boolean;
  handle = 0;
  readonly #exact = new Map<string, Element>();
  readonly #ranged = new Map<string, { readonly element: Element; readonly intervals: readonly Interval[] }>();

  constructor({ name, types, data, flags, timeoutMs, size, comment, autoMerge = false }: SetProperties) {
    this.name = name;
    this.types = types;
    this.data = data;
    this.flags = flags;
    this.timeoutMs = timeoutMs;
    // What a dynamic set may hold, unless told.
    this.size = size ?? (flags.includes('dynamic') ? 65_535 : undefined);
    this.comment = comment;
    this.autoMerge = autoMerge;
  }

  get isMap(): boolean {
    return this.data !== undefined;
  }

  get dataTypes(): readonly TypeName[] {
    return (this.data ?? []).filter((type) => type !== 'verdict');
  }

  get count(): number {
    return this.#exact.size + this.#ranged.size;
  }

  /** In no particular order, those that have expired included. */
  *elements(): Iterable<Element> {
    yield* this.#exact.values();
    for (const { element } of this.#ranged.values()) yield element;
  }

  /** Those that are there at the time, in the order in which `nft list` shows them. */
  listed(nowMs: number): readonly Element[] {
    const alive = [...this.elements()].filter(({ expiresMs }) => expiresMs === undefined || expiresMs > nowMs);
    return alive.sort((one, other) => this.#compare(one.key, other.key));
  }

  /** The element with exactly this key, as it was written. */
  get(key: readonly string[]): Element | undefined {
    const text = key.join(' . ');
    return this.#exact.get(text) ?? this.#ranged.get(text)?.element;
  }

  put(element: Element): void {
    const text = element.key.join(' . ');
    if (element.key.some((part) => /[/-]/.test(part) && !/[a-z]/.test(part))) {
      const intervals = element.key.map((part, index) => intervalOf(this.types[index]!, part));
      this.#ranged.set(text, { element, intervals });
    } else this.#exact.set(text, element);
  }

  remove(key: readonly string[]): void {
    const text = key.join(' . ');
    this.#exact.delete(text);
    this.#ranged.delete(text);
  }

  /** Takes all elements out, and returns them. */
  flush(): readonly Element[] {
    const all = [...this.elements()];
    this.#exact.clear();
    this.#ranged.clear();
    return all;
  }

  /** The element that a packet's value is in. */
  find(value: string, nowMs: number): Element | undefined {
    const exact = this.#exact.get(value);
    if (exact !== undefined) {
      if (exact.expiresMs === undefined || exact.expiresMs > nowMs) return exact;
      this.#exact.delete(value);
    }
    if (this.#ranged.size === 0) return undefined;
    const numbers = value.split(' . ').map((part, index) => numberOf(this.types[index]!, part));
    for (const { element, intervals } of this.#ranged.values()) {
      if (intervals.every(({ first, last }, index) => numbers[index]! >= first && numbers[index]! <= last)) {
        return element;
      }
    }
    return undefined;
  }

  #compare(one: readonly string[], other: readonly string[]): number {
    if (this.types.length === 1) {
      const type = this.types[0]!;
      return intervalOf(type, one[0]!).first - intervalOf(type, other[0]!).first;
    }
    for (let index = this.types.length - 1; index >= 0; index--) {
      const order = (key: readonly string[]) => orderInConcatenation(this.types[index]!, key[index]!);
      const difference = order(one) - order(other);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
