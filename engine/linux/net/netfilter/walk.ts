import { parseAddress } from '../address.ts';
import type { Hook, HookContext, HookVerdict } from './hook.ts';
import { contains } from './network.ts';
import type { Packet } from './packet.ts';
import type { Match, PortRange, Rule } from './rule.ts';
import type { Chain, Ruleset, Table, TableName } from './ruleset.ts';

/** A rule that a packet met and fitted, for whoever follows a request. */
export interface MatchedRule {
  readonly table: TableName;
  readonly chain: string;
  /** From 1, as `iptables -L --line-numbers` counts. */
  readonly number: number;
  readonly rule: Rule;
  /** How many packets the rule had met with this one. */
  readonly packets: number;
  /** The rules of the chain as they were. */
  readonly among: readonly Rule[];
}

/** What the rules may ask of the machine that they are on, and whom they tell. */
export interface WalkContext extends HookContext {
  /** Called for each rule whose conditions fitted. */
  readonly onMatch?: (matched: MatchedRule) => void;
}

/** In which order the tables are met at each hook. https://en.wikipedia.org/wiki/Netfilter#/media/File:Netfilter-packet-flow.svg */
const ORDER: Readonly<Record<Hook, readonly TableName[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'nat'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter'],
  POSTROUTING: ['mangle', 'nat'],
};

const PRIORITIES: Readonly<Record<TableName, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };

/** Where sources are translated, nat comes last. */
function priorityOf(name: TableName, hook: Hook): number {
  return name === 'nat' && (hook === 'INPUT' || hook === 'POSTROUTING') ? 100 : PRIORITIES[name];
}

/** Jumps within jumps; the kernel refuses loops when rules are loaded, so this only guards against one that got in. */
const MAX_DEPTH = 256;

/** Lets a packet pass one hook: its addresses and its mark may be others afterwards. */
export function runHook(ruleset: Ruleset, hook: Hook, packet: Packet, context: WalkContext): HookVerdict {
  const others = ruleset.hooks.at(hook);
  let next = 0;
  const runOthers = (before: number): HookVerdict => {
    let verdict: HookVerdict = 'ACCEPT';
    while (verdict === 'ACCEPT' && next < others.length && others[next]!.priority < before) {
      verdict = others[next++]!.run(packet, context);
    }
    return verdict;
  };
  for (const name of ORDER[hook]) {
    const earlier = others.length === 0 ? 'ACCEPT' : runOthers(priorityOf(name, hook));
    if (earlier !== 'ACCEPT') return earlier;
    const table = ruleset.find(name);
    // Only the first packet of a connection meets the nat table; the others follow it.
    if (table === undefined || (name === 'nat' && packet.state !== 'NEW')) continue;
    const verdict = new Walk(ruleset, table, packet, context).run(hook);
    if (verdict !== 'ACCEPT') return verdict;
  }
  return runOthers(Number.POSITIVE_INFINITY);
}

/** An end of a packet, and its address as a number. */
interface NumberedEnd {
  readonly end: Packet['source'];
  readonly value: number | undefined;
}

/** A packet's way through one table at one hook. */
class Walk {
  readonly #ruleset: Ruleset;
  readonly #table: Table;
  readonly #packet: Packet;
  readonly #context: WalkContext;
  readonly #numbers: Partial<Record<'source' | 'destination', NumberedEnd>> = {};

  constructor(ruleset: Ruleset, table: Table, packet: Packet, context: WalkContext) {
    this.#ruleset = ruleset;
    this.#table = table;
    this.#packet = packet;
    this.#context = context;
  }

  run(hook: Hook): HookVerdict {
    const chain = this.#table.find(hook);
    if (chain === undefined) return 'ACCEPT';
    const verdict = this.#chain(chain, 0);
    if (verdict !== undefined) return verdict;
    chain.packets += 1;
    chain.bytes += this.#packet.bytes;
    if (chain.policy === 'DROP') this.#context.onPolicy?.(this.#table.name, chain.name);
    return chain.policy ?? 'ACCEPT';
  }

  /** Undefined where the chain returns. */
  #chain(chain: Chain, depth: number): HookVerdict | undefined {
    if (depth > MAX_DEPTH) return 'DROP';
    const { rules } = chain;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index]!;
      this.#packet.examined += 1;
      if (!this.#fits(rule)) continue;
      rule.packets += 1;
      rule.bytes += this.#packet.bytes;
      this.#context.onMatch?.({
        table: this.#table.name,
        chain: chain.name,
        number: index + 1,
        rule,
        packets: rule.packets,
        among: rules,
      });
      const { target } = rule;
      if (target === undefined) continue;
      if (target.kind === 'verdict' && target.verdict === 'RETURN') return undefined;
      if (target.kind === 'chain') {
        const verdict = this.#chain(this.#table.chain(target.chain), depth + 1);
        if (verdict !== undefined || target.goto) return verdict;
        continue;
      }
      const verdict = this.#act(target);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }

  /** Undefined where the walk goes on with the next rule. */
  #act(target: Exclude<NonNullable<Rule['target']>, { kind: 'chain' }>): HookVerdict | undefined {
    const packet = this.#packet;
    switch (target.kind) {
      case 'verdict':
        return target.verdict === 'DROP' ? 'DROP' : 'ACCEPT';
      case 'REJECT':
        return { reject: target.with };
      case 'MARK':
        packet.mark = ((packet.mark & ~target.mask) ^ target.value) >>> 0;
        return undefined;
      case 'LOG':
        return undefined;
      case 'DNAT':
        packet.destination = translated(packet.destination, target.address, target.port);
        break;
      case 'REDIRECT':
        packet.destination = translated(packet.destination, this.#localAddress(), target.port);
        break;
      case 'SNAT':
        packet.source = translated(packet.source, target.address, target.port);
        break;
      case 'MASQUERADE':
        packet.source = translated(packet.source, this.#context.addressOf(packet.outInterface), undefined);
        break;
    }
    packet.translated = true;
    return 'ACCEPT';
  }

  /** Where a redirected packet goes: this machine, by the interface it came in. */
  #localAddress(): string {
    const { inInterface } = this.#packet;
    return inInterface === '' ? '127.0.0.1' : this.#context.addressOf(inInterface);
  }

  #fits(rule: Rule): boolean {
    for (const match of rule.matches) {
      const isWanted = !('negated' in match && match.negated);
      if (this.#holds(match, rule) !== isWanted) return false;
    }
    return true;
  }

  #holds(match: Match, rule: Rule): boolean {
    const packet = this.#packet;
    switch (match.kind) {
      case 'comment':
        return true;
      case 'protocol':
        return match.protocol === packet.protocol;
      case 'source':
      case 'destination':
        return contains(match.network, this.#numberOf(match.kind));
      case 'in':
        return interfaceFits(match.name, packet.inInterface);
      case 'out':
        return interfaceFits(match.name, packet.outInterface);
      case 'ports':
        return inRange(match.range, packet[match.side].port);
      case 'multiport':
        return match.ranges.some((range) => this.#portsOf(match.side).some((port) => inRange(range, port)));
      case 'random':
        return this.#context.random.float() * 2 ** 31 < match.probability;
      case 'nth':
        return rule.seen++ % match.every === match.packet;
      case 'mark':
        return (packet.mark & match.mask) >>> 0 === match.value;
      case 'addressType':
        return this.#addressType(packet[match.side].address) === match.type;
      case 'state':
        return match.states.some((state) => state === packet.state || (state === 'DNAT' && packet.translated));
      case 'recent':
        return this.#recent(match);
      case 'set':
        return this.#inSet(match);
    }
  }

  /** An address as a number, which is worked out once and not for every rule. */
  #numberOf(side: 'source' | 'destination'): number | undefined {
    const end = this.#packet[side];
    const known = this.#numbers[side];
    if (known?.end === end) return known.value;
    const value = parseAddress(end.address);
    this.#numbers[side] = { end, value };
    return value;
  }

  #portsOf(side: 'source' | 'destination' | 'both'): readonly number[] {
    const { source, destination } = this.#packet;
    return side === 'both' ? [source.port, destination.port] : [this.#packet[side].port];
  }

  #addressType(address: string): string {
    if (address === '255.255.255.255') return 'BROADCAST';
    if (address.startsWith('127.') || this.#context.isLocal(address)) return 'LOCAL';
    return 'UNICAST';
  }

  #recent({ action, name, seconds }: Extract<Match, { kind: 'recent' }>): boolean {
    const { recent } = this.#ruleset;
    const list = recent.get(name) ?? new Map<string, number>();
    recent.set(name, list);
    const { address } = this.#packet.source;
    const { nowMs } = this.#context;
    const seenMs = list.get(address);
    if (action === 'set') {
      list.set(address, nowMs);
      return true;
    }
    const known = seenMs !== undefined && (seconds === undefined || nowMs - seenMs <= seconds * 1000);
    if (!known) list.delete(address);
    else if (action === 'update') list.set(address, nowMs);
    else if (action === 'remove') list.delete(address);
    return known;
  }

  #inSet({ name, sides }: Extract<Match, { kind: 'set' }>): boolean {
    const { source, destination, protocol } = this.#packet;
    const set = this.#ruleset.sets.get(name);
    if (set === undefined) return false;
    const parts = sides.map((side, index) => {
      const end = side === 'src' ? source : destination;
      if (set.dimensions[index] !== 'port') return end.address;
      return set.type === 'bitmap:port' ? String(end.port) : `${protocol}:${end.port}`;
    });
    return set.matches(parts, this.#context.nowMs);
  }
}

function translated<End extends Packet['source']>(end: End, address: string | undefined, port: number | undefined) {
  return { address: address === undefined || address === '' ? end.address : address, port: port ?? end.port };
}

function inRange({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}

function interfaceFits(pattern: string, name: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
