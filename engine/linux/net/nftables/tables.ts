import { Errno } from '../../errno.ts';
import type { Hook } from '../netfilter/hook.ts';
import { chainsNamedIn, type Statement, setsNamedIn } from './expression.ts';
import { type Element, NftSet, type SetProperties } from './set.ts';
import type { Verdict } from './verdict.ts';

export type Family = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

/** What ties a chain to a hook of the kernel. */
export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  readonly priority: number;
  policy: 'accept' | 'drop';
}

export interface NftRule {
  readonly handle: number;
  readonly statements: readonly Statement[];
  readonly comment: string | undefined;
  /** How many packets came to its end; nftables itself counts only where a rule says `counter`. */
  packets: number;
}

export interface NftChain {
  readonly name: string;
  readonly handle: number;
  readonly base: BaseChain | undefined;
  readonly comment: string | undefined;
  readonly rules: NftRule[];
  /** How many rules and map elements lead here. */
  uses: number;
}

export interface NftTable {
  readonly family: Family;
  readonly name: string;
  readonly handle: number;
  readonly comment: string | undefined;
  readonly flags: readonly string[];
  readonly chains: Map<string, NftChain>;
  readonly sets: Map<string, NftSet>;
  /** How many rules ask a set. */
  readonly setUses: Map<string, number>;
  nextHandle: number;
}

/**
 * The tables of one network namespace. Every change can be taken back until it is committed, so that a script takes effect
 * as a whole or not at all. Failures are the kernel's: ENOENT, EEXIST, EBUSY, EINVAL.
 */
export class NfTables {
  readonly #tables = new Map<string, NftTable>();
  #nextHandle = 1;
  #undo: (() => void)[] = [];
  #hooksChanged = false;
  readonly #rehook: (tables: NfTables) => void;

  /** @param rehook called after a commit that added or removed chains with hooks. */
  constructor(rehook: (tables: NfTables) => void) {
    this.#rehook = rehook;
  }

  get tables(): readonly NftTable[] {
    return [...this.#tables.values()];
  }

  commit(): void {
    this.#undo = [];
    if (this.#hooksChanged) this.#rehook(this);
    this.#hooksChanged = false;
  }

  rollBack(): void {
    for (const step of this.#undo.reverse()) step();
    this.#undo = [];
    this.#hooksChanged = false;
  }

  find(family: Family, name: string): NftTable | undefined {
    return this.#tables.get(`${family} ${name}`);
  }

  table(family: Family, name: string): NftTable {
    return this.find(family, name) ?? missing();
  }

  addTable(family: Family, name: string, comment: string | undefined, flags: readonly string[], create: boolean): void {
    const key = `${family} ${name}`;
    if (this.#tables.has(key)) {
      if (create) throw new Errno('EEXIST');
      return;
    }
    const handle = this.#nextHandle++;
    const own = { chains: new Map(), sets: new Map(), setUses: new Map(), nextHandle: 1 };
    this.#tables.set(key, { family, name, handle, comment, flags, ...own });
    this.#undo.push(() => this.#tables.delete(key));
  }

  deleteTable(family: Family, name: string): void {
    const table = this.table(family, name);
    this.#tables.delete(`${family} ${name}`);
    this.#hooksChanged = true;
    this.#undo.push(() => this.#tables.set(`${family} ${name}`, table));
  }

  addChain(
    table: NftTable,
    name: string,
    base: BaseChain | undefined,
    comment: string | undefined,
    create = false,
  ): void {
    const known = table.chains.get(name);
    if (known !== undefined) {
      if (create) throw new Errno('EEXIST');
      if (base !== undefined) this.#changeBase(known, base);
      return;
    }
    const chain = { name, handle: table.nextHandle++, base, comment, rules: [], uses: 0 };
    table.chains.set(name, chain);
    if (base !== undefined) this.#hooksChanged = true;
    this.#undo.push(() => table.chains.delete(name));
  }

  /** A chain that is there keeps its hook; only the policy can change. */
  #changeBase(chain: NftChain, wanted: BaseChain): void {
    const { base } = chain;
    if (base === undefined) throw new Errno('EOPNOTSUPP');
    if (base.type !== wanted.type || base.hook !== wanted.hook || base.priority !== wanted.priority) {
      throw new Errno('EEXIST');
    }
    const before = base.policy;
    base.policy = wanted.policy;
    this.#undo.push(() => {
      base.policy = before;
    });
  }

  chain(table: NftTable, name: string): NftChain {
    return table.chains.get(name) ?? missing();
  }

  deleteChain(table: NftTable, name: string): void {
    const chain = this.chain(table, name);
    if (chain.uses > 0) throw new Errno('EBUSY');
    this.flushChain(table, chain);
    table.chains.delete(name);
    if (chain.base !== undefined) this.#hooksChanged = true;
    this.#undo.push(() => table.chains.set(name, chain));
  }

  flushChain(table: NftTable, chain: NftChain): void {
    const removed = chain.rules.splice(0);
    this.#refer(table, removed, -1);
    this.#undo.push(() => {
      chain.rules.unshift(...removed);
      this.#refer(table, removed, 1);
    });
  }

  /** @param at where among the chain's rules; at the end unless told. */
  addRule(
    table: NftTable,
    chain: NftChain,
    spec: Pick<NftRule, 'statements' | 'comment'>,
    at = chain.rules.length,
  ): void {
    const rule = { ...spec, handle: table.nextHandle++, packets: 0 };
    for (const name of spec.statements.flatMap(chainsNamedIn)) this.chain(table, name);
    for (const name of spec.statements.flatMap(setsNamedIn)) this.set(table, name);
    chain.rules.splice(at, 0, rule);
    this.#refer(table, [rule], 1);
    this.#undo.push(() => {
      chain.rules.splice(chain.rules.indexOf(rule), 1);
      this.#refer(table, [rule], -1);
    });
  }

  deleteRule(table: NftTable, chain: NftChain, handle: number): void {
    const at = chain.rules.findIndex((rule) => rule.handle === handle);
    const [rule] = at < 0 ? [] : chain.rules.splice(at, 1);
    if (rule === undefined) throw new Errno('ENOENT');
    this.#refer(table, [rule], -1);
    this.#undo.push(() => {
      chain.rules.splice(at, 0, rule);
      this.#refer(table, [rule], 1);
    });
  }

  set(table: NftTable, name: string): NftSet {
    return table.sets.get(name) ?? missing();
  }

  addSet(table: NftTable, properties: SetProperties, create = false): NftSet {
    const { name } = properties;
    const known = table.sets.get(name);
    if (known !== undefined) {
      const same = known.types.join() === properties.types.join() && known.isMap === (properties.data !== undefined);
      if (create || !same) throw new Errno('EEXIST');
      return known;
    }
    const set = new NftSet(properties);
    set.handle = table.nextHandle++;
    table.sets.set(name, set);
    this.#undo.push(() => table.sets.delete(name));
    return set;
  }

  deleteSet(table: NftTable, name: string): void {
    const set = this.set(table, name);
    if ((table.setUses.get(name) ?? 0) > 0) throw new Errno('EBUSY');
    this.flushSet(table, set);
    table.sets.delete(name);
    this.#undo.push(() => table.sets.set(name, set));
  }

  flushSet(table: NftTable, set: NftSet): void {
    const removed = set.flush();
    for (const { verdict } of removed) lead(table, verdict, -1);
    this.#undo.push(() => {
      for (const element of removed) this.#put(table, set, element);
    });
  }

  addElement(table: NftTable, set: NftSet, element: Element, create = false): void {
    const known = set.get(element.key);
    if (known !== undefined) {
      if (create || toText(known) !== toText(element)) throw new Errno('EEXIST');
      return;
    }
    if (set.size !== undefined && set.count >= set.size) throw new Errno('ENFILE');
    if (element.verdict !== undefined && 'chain' in element.verdict) this.chain(table, element.verdict.chain);
    this.#put(table, set, element);
    this.#undo.push(() => this.#remove(table, set, element));
  }

  deleteElement(table: NftTable, set: NftSet, key: readonly string[]): void {
    const element = set.get(key);
    if (element === undefined) throw new Errno('ENOENT');
    this.#remove(table, set, element);
    this.#undo.push(() => this.#put(table, set, element));
  }

  #put(table: NftTable, set: NftSet, element: Element): void {
    set.put(element);
    lead(table, element.verdict, 1);
  }

  #remove(table: NftTable, set: NftSet, element: Element): void {
    set.remove(element.key);
    lead(table, element.verdict, -1);
  }

  /** Notes that rules lead to chains and ask sets, or no longer do. */
  #refer({ chains, setUses }: NftTable, rules: readonly NftRule[], change: 1 | -1): void {
    for (const statement of rules.flatMap(({ statements }) => statements)) {
      for (const name of chainsNamedIn(statement)) {
        const chain = chains.get(name);
        if (chain !== undefined) chain.uses += change;
      }
      for (const name of setsNamedIn(statement)) setUses.set(name, (setUses.get(name) ?? 0) + change);
    }
  }
}

function lead({ chains }: NftTable, verdict: Verdict | undefined, change: 1 | -1): void {
  const chain = verdict !== undefined && 'chain' in verdict ? chains.get(verdict.chain) : undefined;
  if (chain !== undefined) chain.uses += change;
}

function toText({ verdict, data }: Element): string {
  return JSON.stringify([verdict, data]);
}

function missing(): never {
  throw new Errno('ENOENT');
}
