import type { HookContext, HookVerdict, PacketHook } from '../netfilter/hook.ts';
import type { Packet } from '../netfilter/packet.ts';
import { markText, numberOf } from './data-type.ts';
import type { Comparison, Expression, Pattern, RateLimit, SetReference, Statement, Translation } from './expression.ts';
import { typesOf } from './expression.ts';
import { intervalOf } from './intervals.ts';
import { ruleText } from './rule-text.ts';
import { SELECTORS } from './selectors.ts';
import type { NftSet } from './set.ts';
import type { NfTables, NftChain, NftRule, NftTable } from './tables.ts';
import type { Verdict } from './verdict.ts';

/** The kernel refuses more jumps within jumps than this when rules are loaded. */
const MAX_DEPTH = 16;

/** The hooks of all chains that have one. IPv4 packets meet the families ip and inet. */
export function hooksOf(tables: NfTables): PacketHook[] {
  return tables.tables
    .filter(({ family, flags }) => (family === 'ip' || family === 'inet') && !flags.includes('dormant'))
    .flatMap((table) =>
      [...table.chains.values()].flatMap((chain) => {
        const { base } = chain;
        if (base === undefined) return [];
        const { hook, priority, type } = base;
        const run = (packet: Packet, context: HookContext): HookVerdict => {
          // Only the first packet of a connection meets a nat chain; the others follow it.
          if (type === 'nat' && packet.state !== 'NEW') return 'ACCEPT';
          return new Walk(table, packet, context).run(chain);
        };
        return [{ hook, priority, run }];
      }),
    );
}

/** What ends a chain's turn: a decision for the hook, or none. */
type Outcome = HookVerdict | 'RETURN' | undefined;

const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;

/** A packet's way through the chains of one table at one hook. */
class Walk {
  readonly #table: NftTable;
  readonly #packet: Packet;
  readonly #context: HookContext;

  constructor(table: NftTable, packet: Packet, context: HookContext) {
    this.#table = table;
    this.#packet = packet;
    this.#context = context;
  }

  run(chain: NftChain): HookVerdict {
    const outcome = this.#chain(chain, 0);
    if (outcome !== undefined && outcome !== 'RETURN') return outcome;
    if (chain.base?.policy !== 'drop') return 'ACCEPT';
    this.#context.onPolicy?.(this.#table.name, chain.name);
    return 'DROP';
  }

  #chain(chain: NftChain, depth: number): Outcome {
    if (depth > MAX_DEPTH) return 'DROP';
    for (const [index, rule] of chain.rules.entries()) {
      this.#packet.examined += 1;
      const verdict = this.#rule(rule);
      if (verdict === 'no match') continue;
      rule.packets += 1;
      this.#notice(chain, index, rule, verdict);
      const outcome = verdict === undefined ? undefined : this.#follow(verdict, depth);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  #notice(chain: NftChain, index: number, rule: NftRule, verdict: Verdict | HookVerdict | undefined): void {
    const target = typeof verdict === 'object' && 'chain' in verdict ? { target: verdict.chain } : {};
    this.#context.onNotice?.({
      table: this.#table.name,
      chain: chain.name,
      number: index + 1,
      packets: rule.packets,
      text: () => ruleText(rule),
      ...target,
      remembered: target.target !== undefined && this.#remembers(rule),
      choice: () => choiceOf(rule, target.target),
    });
  }

  /** Whether a rule asks a set that packets themselves fill. */
  #remembers({ statements }: NftRule): boolean {
    return statements.some(
      ({ kind, ...rest }) =>
        kind === 'match' &&
        'right' in rest &&
        rest.right.kind === 'set' &&
        this.#setOf(rest.right.set)?.flags.includes('dynamic') === true,
    );
  }

  /** Undefined where the walk goes on with the next rule. */
  #follow(verdict: Verdict | HookVerdict, depth: number): Outcome {
    if (typeof verdict === 'string' || 'reject' in verdict) return verdict;
    switch (verdict.kind) {
      case 'accept':
        return 'ACCEPT';
      case 'drop':
        return 'DROP';
      case 'return':
        return 'RETURN';
      case 'continue':
        return undefined;
      case 'goto':
      case 'jump': {
        const chain = this.#table.chains.get(verdict.chain);
        const outcome = chain === undefined ? undefined : this.#chain(chain, depth + 1);
        if (verdict.kind === 'goto') return outcome ?? 'RETURN';
        return outcome === 'RETURN' ? undefined : outcome;
      }
    }
  }

  /** `no match` where one of its statements does not fit; undefined where it decides nothing. */
  #rule({ statements }: NftRule): Verdict | HookVerdict | undefined | 'no match' {
    let verdict: Verdict | HookVerdict | undefined;
    for (const statement of statements) {
      const done = this.#statement(statement);
      if (done === 'no match') return done;
      verdict ??= done;
    }
    return verdict;
  }

  #statement(statement: Statement): Verdict | HookVerdict | undefined | 'no match' {
    switch (statement.kind) {
      case 'match':
        return this.#fits(statement.left, statement.comparison, statement.right) ? undefined : 'no match';
      case 'limit':
        return withinLimit(statement, this.#context.nowMs) === statement.over ? 'no match' : undefined;
      case 'vmap':
        return this.#look(statement.map, statement.key)?.verdict ?? 'no match';
      case 'verdict':
        return statement.verdict;
      case 'reject':
        return { reject: statement.with === 'tcp reset' ? 'tcp-reset' : `icmp-${statement.with}` };
      case 'counter':
        statement.packets += 1;
        statement.bytes += this.#packet.bytes;
        return undefined;
      case 'log':
        return undefined;
      case 'assign':
        this.#packet.mark = Number(this.#value(statement.value) ?? this.#packet.mark);
        return undefined;
      case 'element':
        this.#change(statement);
        return undefined;
      default:
        return this.#translate(statement);
    }
  }

  #translate(statement: Translation): HookVerdict {
    const packet = this.#packet;
    const { addressOf } = this.#context;
    const port = statement.port === undefined ? undefined : Number(this.#value(statement.port));
    packet.translated = true;
    if (statement.kind === 'masquerade') {
      packet.source = { address: addressOf(packet.outInterface), port: port ?? packet.source.port };
    } else if (statement.kind === 'redirect') {
      const address = packet.inInterface === '' ? '127.0.0.1' : addressOf(packet.inInterface);
      packet.destination = { address, port: port ?? packet.destination.port };
    } else {
      const side = statement.kind === 'dnat' ? 'destination' : 'source';
      const address = statement.address === undefined ? undefined : this.#value(statement.address);
      packet[side] = { address: address ?? packet[side].address, port: port ?? packet[side].port };
    }
    return 'ACCEPT';
  }

  #change({ action, set: name, key, timeoutMs }: Extract<Statement, { kind: 'element' }>): void {
    const set = this.#table.sets.get(name);
    const value = this.#value(key);
    if (set === undefined || value === undefined) return;
    const { nowMs } = this.#context;
    const parts = value.split(' . ');
    if (action === 'delete') set.remove(parts);
    if (action === 'delete' || (action === 'add' && set.find(value, nowMs) !== undefined)) return;
    if (set.size !== undefined && set.count >= set.size) return;
    const lastsMs = timeoutMs ?? set.timeoutMs;
    set.put({
      key: parts,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(lastsMs !== undefined && { expiresMs: nowMs + lastsMs }),
    });
  }

  #fits(left: Expression, comparison: Comparison, right: Pattern): boolean {
    const value = this.#value(left);
    if (value === undefined) return false;
    if (comparison === '==') return this.#isIn(left, value, right);
    if (comparison === '!=') return !this.#isIn(left, value, right);
    const [type] = typesOf(left);
    const number = numberOf(type!, value);
    const limit = right.kind === 'values' ? numberOf(type!, right.texts[0]!) : Number.NaN;
    return { '<': number < limit, '>': number > limit, '<=': number <= limit, '>=': number >= limit }[comparison];
  }

  #isIn(left: Expression, value: string, right: Pattern): boolean {
    if (right.kind === 'set') return this.#setOf(right.set)?.find(value, this.#context.nowMs) !== undefined;
    if (right.kind === 'values') {
      return right.texts.some((text) => (text.endsWith('*') ? value.startsWith(text.slice(0, -1)) : text === value));
    }
    const [type] = typesOf(left);
    const { first, last } = intervalOf(type!, right.kind === 'prefix' ? right.text : `${right.first}-${right.last}`);
    const number = numberOf(type!, value);
    return number >= first && number <= last;
  }

  #look(reference: SetReference, key: Expression) {
    const value = this.#value(key);
    return value === undefined ? undefined : this.#setOf(reference)?.find(value, this.#context.nowMs);
  }

  #setOf(reference: SetReference): NftSet | undefined {
    return 'inline' in reference ? reference.inline : this.#table.sets.get(reference.name);
  }

  #value(expression: Expression): string | undefined {
    switch (expression.kind) {
      case 'value':
        return expression.text;
      case 'selector':
        return SELECTORS[expression.name]!.read(this.#packet, this.#context);
      case 'concatenation': {
        const parts = expression.parts.map((part) => this.#value(part));
        return parts.includes(undefined) ? undefined : parts.join(' . ');
      }
      case 'bits': {
        const left = Number(this.#value(expression.left));
        const { operator, right } = expression;
        return markText((operator === '&' ? left & right : operator === '|' ? left | right : left ^ right) >>> 0);
      }
      case 'numgen': {
        const { mode, modulus, offset } = expression;
        if (mode === 'inc') return String(offset + (expression.next++ % modulus));
        return String(offset + Math.floor(this.#context.random.float() * modulus));
      }
      case 'lookup':
        return this.#look(expression.map, expression.key)?.data;
    }
  }
}

function withinLimit(limit: RateLimit, nowMs: number): boolean {
  const perMs = limit.rate / (SECONDS[limit.per] * 1000);
  limit.tokens = Math.min(limit.burst, limit.tokens + (nowMs - limit.filledMs) * perMs);
  limit.filledMs = nowMs;
  if (limit.tokens < 1) return false;
  limit.tokens -= 1;
  return true;
}

/** Whom a rule could choose by lot. */
function choiceOf({ statements }: NftRule, chosen: string | undefined) {
  const draw = statements.find((statement) => statement.kind === 'vmap' && statement.key.kind === 'numgen');
  if (draw?.kind !== 'vmap' || !('inline' in draw.map)) return [];
  const elements = [...draw.map.inline.elements()];
  return elements.map(({ verdict }) => {
    const name = verdict !== undefined && 'chain' in verdict ? verdict.chain : '';
    return { name, probability: 1 / elements.length, chosen: name === chosen };
  });
}
