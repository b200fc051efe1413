import { type Hook, PacketHooks } from './hook.ts';
import type { IpSet } from './ip-set.ts';
import type { Rule } from './rule.ts';

// The tables of one network namespace as iptables knows them.
// https://manpages.debian.org/bookworm/iptables/iptables.8.en.html

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security';

export interface Chain {
  readonly name: string;
  /** Of a built-in chain; a chain of the user's returns at its end. */
  policy: 'ACCEPT' | 'DROP' | undefined;
  rules: readonly Rule[];
  packets: number;
  bytes: number;
}

const HOOKS: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** The order in which `iptables-save` lists them is that in which they came to be; a packet meets them in this one. */
const TABLE_NAMES: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

/** A table that is not one, or a chain that cannot be had; the message is iptables' own. */
export class RulesetError extends Error {
  override readonly name = 'RulesetError';
}

export class Table {
  readonly name: TableName;
  readonly #chains = new Map<string, Chain>();

  constructor(name: TableName) {
    this.name = name;
    for (const hook of HOOKS[name]) this.#chains.set(hook, newChain(hook, 'ACCEPT'));
  }

  /** The built-in ones first. */
  get chains(): readonly Chain[] {
    return [...this.#chains.values()];
  }

  /** True while nobody has added anything, so that no packet need look. */
  get empty(): boolean {
    return this.chains.every(({ rules, policy }) => rules.length === 0 && policy !== 'DROP');
  }

  find(name: string): Chain | undefined {
    return this.#chains.get(name);
  }

  /** @throws RulesetError when there is none. */
  chain(name: string): Chain {
    const found = this.#chains.get(name);
    if (found === undefined) throw new RulesetError('No chain/target/match by that name.');
    return found;
  }

  create(name: string): Chain {
    if (this.#chains.has(name)) throw new RulesetError('Chain already exists.');
    const chain = newChain(name, undefined);
    this.#chains.set(name, chain);
    return chain;
  }

  /** @throws RulesetError for a chain that is built in, has rules, or is jumped to. */
  delete(name: string): void {
    const chain = this.chain(name);
    if (chain.policy !== undefined) throw new RulesetError("Invalid argument. Run `dmesg' for more information.");
    if (chain.rules.length > 0) throw new RulesetError('Directory not empty.');
    if (this.referencesTo(name) > 0) throw new RulesetError('Too many links.');
    this.#chains.delete(name);
  }

  /** How many rules jump or go to a chain. */
  referencesTo(name: string): number {
    let count = 0;
    for (const { rules } of this.#chains.values()) {
      for (const { target } of rules) if (target?.kind === 'chain' && target.chain === name) count += 1;
    }
    return count;
  }

  /** @throws RulesetError for a rule that jumps to a chain which does not exist. */
  checkTargets(): void {
    for (const { rules } of this.#chains.values()) {
      for (const { target } of rules) if (target?.kind === 'chain') this.chain(target.chain);
    }
  }

  copy(): Table {
    const copy = new Table(this.name);
    for (const [name, chain] of this.#chains) copy.#chains.set(name, { ...chain });
    return copy;
  }
}

function newChain(name: string, policy: Chain['policy']): Chain {
  return { name, policy, rules: [], packets: 0, bytes: 0 };
}

/** All tables of a network namespace, and what its rules remember. */
export class Ruleset {
  readonly #tables = new Map<TableName, Table>();
  /** Who was seen last when, for `recent`: by list, then by source address. */
  readonly recent = new Map<string, Map<string, number>>();
  /** What else packets meet on their way. */
  readonly hooks = new PacketHooks();
  /** Sets that rules ask, by name (`ipset`). */
  readonly sets = new Map<string, IpSet>();

  get tables(): readonly Table[] {
    return [...this.#tables.values()];
  }

  /** The table, which comes to be when it is first asked for. @throws RulesetError for another name. */
  table(name: string): Table {
    const known = TABLE_NAMES.find((one) => one === name);
    if (known === undefined) throw new RulesetError(`can't initialize iptables table \`${name}': Table does not exist`);
    let table = this.#tables.get(known);
    if (table === undefined) {
      table = new Table(known);
      this.#tables.set(known, table);
    }
    return table;
  }

  find(name: TableName): Table | undefined {
    return this.#tables.get(name);
  }

  /** Puts a table that was prepared aside in the place of the old one, at once. */
  replace(table: Table): void {
    this.#tables.set(table.name, table);
  }
}
