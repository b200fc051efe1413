import { runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { cleanOtherModes } from '../cleanup.ts';
import { chooseEndpoints } from '../endpoint-choice.ts';
import type { Figure, Proxier } from '../proxier.ts';
import type { ProxyState } from '../proxy-state.ts';
import { forgetFlows } from '../stale-flows.ts';
import { baseRules, TABLE } from './base-rules.ts';
import { NftNames } from './names.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';

/** Chains that nothing leads to any more go at the first sync after so long, since old kernels need a moment to see it. */
const STALE_MS = 1000;

/**
 * Keeps a node's nftables in step with Services and endpoints. The first sync writes everything, later ones what has
 * changed, each as one transaction. https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables
 */
export class NftablesProxier implements Proxier {
  readonly mode = 'nftables';
  readonly #names = new NftNames();
  #last: ProxyState | undefined;
  /** What the kernel has of each port; undefined when that is not known. */
  #written: ReadonlyMap<string, ServiceRules> | undefined;
  /** Chains without a use, and since when. */
  readonly #stale = new Map<string, number>();
  #failures = 0;

  *sync(process: Process, state: ProxyState): Task<string | undefined> {
    const nowMs = process.now();
    if (this.#written === undefined) yield* cleanOtherModes(process, this.mode);
    yield* this.#removeStale(process, nowMs);
    const wanted = new Map(
      state.services.map((service) => {
        const choice = chooseEndpoints(service, state.endpoints.get(service.name) ?? [], state.topology);
        return [service.name, serviceRules(service, choice, { names: this.#names, settings: state.settings })] as const;
      }),
    );
    const full = this.#written === undefined || JSON.stringify(this.#last?.settings) !== JSON.stringify(state.settings);
    const before = full ? new Map<string, ServiceRules>() : this.#written!;
    const lines = full ? baseRules(state.settings, state.serviceCidrs, this.#written === undefined) : [];
    const gone = full ? yield* this.#leftovers(process, wanted) : goneChains(before, wanted);
    lines.push(...changes(before, wanted));
    // A set can go when no rule asks it any more.
    lines.push(...gone.map((chain) => `flush chain ${TABLE} ${chain}`), ...goneSets(before, wanted));
    const problem = yield* this.#run(process, lines);
    if (problem !== undefined) {
      // What is there now is not known any more.
      this.#written = undefined;
      return problem;
    }
    for (const chain of gone) this.#stale.set(chain, nowMs);
    for (const { chains } of wanted.values()) for (const chain of chains.keys()) this.#stale.delete(chain);
    this.#written = wanted;
    if (this.#last !== undefined) yield* forgetFlows(process, this.#last, state);
    this.#last = state;
    return undefined;
  }

  /** Whether the table is still there; if not, the next sync makes it from the ground. */
  *check(process: Process): Task<boolean> {
    if (this.#written === undefined) return true;
    const { stdout } = yield* runCommand(process, ['nft', '--json', 'list', 'chains', 'ip']);
    if (stdout.includes('"service-endpoints-check"')) return true;
    this.#written = undefined;
    this.#stale.clear();
    return false;
  }

  get figures(): readonly Figure[] {
    return [
      {
        name: 'kubeproxy_sync_proxy_rules_nftables_sync_failures_total',
        type: 'counter',
        help: 'Cumulative proxy nftables sync failures',
        value: this.#failures,
      },
    ];
  }

  *#run(process: Process, lines: readonly string[]): Task<string | undefined> {
    if (lines.length === 0) return undefined;
    const { exitCode, stderr } = yield* runCommand(process, ['nft', '-f', '-'], `${lines.join('\n')}\n`);
    if (exitCode === 0) return undefined;
    this.#failures++;
    return `nftables sync failed: ${stderr.trim()}`;
  }

  *#removeStale(process: Process, nowMs: number): Task<void> {
    const due = [...this.#stale].filter(([, sinceMs]) => nowMs - sinceMs > STALE_MS).map(([chain]) => chain);
    if (due.length === 0) return;
    for (const chain of due) this.#stale.delete(chain);
    yield* this.#run(
      process,
      due.map((chain) => `delete chain ${TABLE} ${chain}`),
    );
  }

  /** Chains of Services that an earlier process, or an earlier state, has left. */
  *#leftovers(process: Process, wanted: ReadonlyMap<string, ServiceRules>): Task<readonly string[]> {
    const { stdout } = yield* runCommand(process, ['nft', '--json', 'list', 'chains', 'ip']);
    const kept = chainsOf(wanted);
    return [...stdout.matchAll(/"table":"kube-proxy","name":"([^"]+\/[^"]+)"/g)]
      .map(([, chain]) => chain!)
      .filter((chain) => !kept.has(chain));
  }
}

function chainsOf(rules: ReadonlyMap<string, ServiceRules>): ReadonlySet<string> {
  return new Set([...rules.values()].flatMap(({ chains }) => [...chains.keys()]));
}

function goneChains(
  before: ReadonlyMap<string, ServiceRules>,
  wanted: ReadonlyMap<string, ServiceRules>,
): readonly string[] {
  const kept = chainsOf(wanted);
  return [...chainsOf(before)].filter((chain) => !kept.has(chain));
}

/** The commands that lead from what was written to what is wanted: chains first, then who leads to them. */
function changes(before: ReadonlyMap<string, ServiceRules>, wanted: ReadonlyMap<string, ServiceRules>): string[] {
  const made: string[] = [];
  const rules: string[] = [];
  for (const [name, { chains, affinitySets }] of wanted) {
    const old = before.get(name);
    for (const [set, seconds] of affinitySets) {
      if (old?.affinitySets.get(set) === seconds) continue;
      made.push(`add set ${TABLE} ${set} { type ipv4_addr ; flags dynamic,timeout ; timeout ${seconds}s ; }`);
    }
    for (const [chain, lines] of chains) {
      if (old?.chains.get(chain)?.join('\n') === lines.join('\n')) continue;
      made.push(`add chain ${TABLE} ${chain}`, `flush chain ${TABLE} ${chain}`);
      for (const line of lines) rules.push(`add rule ${TABLE} ${chain} ${line}`);
    }
  }
  return [...made, ...rules, ...elementChanges(elementsOf(before), elementsOf(wanted))];
}

function elementsOf(rules: ReadonlyMap<string, ServiceRules>): ReadonlyMap<string, string> {
  return new Map([...rules.values()].flatMap(({ elements }) => [...elements]));
}

function elementChanges(before: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string[] {
  const lines: string[] = [];
  for (const [key, value] of before) if (wanted.get(key) !== value) lines.push(elementLine('delete', key, value));
  for (const [key, value] of wanted) if (before.get(key) !== value) lines.push(elementLine('add', key, value));
  return lines;
}

function elementLine(verb: 'add' | 'delete', key: string, value: string): string {
  const space = key.indexOf(' ');
  const mapped = value === '' ? '' : ` : ${value}`;
  return `${verb} element ${TABLE} ${key.slice(0, space)} { ${key.slice(space + 1)}${mapped} }`;
}

function goneSets(before: ReadonlyMap<string, ServiceRules>, wanted: ReadonlyMap<string, ServiceRules>): string[] {
  const setsOf = (rules: ReadonlyMap<string, ServiceRules>) =>
    [...rules.values()].flatMap(({ affinitySets }) => [...affinitySets.keys()]);
  const kept = new Set(setsOf(wanted));
  return setsOf(before)
    .filter((set) => !kept.has(set))
    .map((set) => `delete set ${TABLE} ${set}`);
}
