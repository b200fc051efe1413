import { runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { cleanOtherModes } from '../cleanup.ts';
import { chooseEndpoints } from '../endpoint-choice.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import type { Figure, Proxier } from '../proxier.ts';
import type { ProxyState } from '../proxy-state.ts';
import type { ServicePort } from '../service-port.ts';
import { forgetFlows } from '../stale-flows.ts';
import { baseRules, TABLE } from './base-rules.ts';
import { NftNames } from './names.ts';
import { type ServiceRules, serviceRules } from './service-rules.ts';

/** By port: what it was made from, and what came of it. */
type WrittenRules = ReadonlyMap<string, WrittenPort>;

interface WrittenPort {
  readonly service: ServicePort;
  readonly endpoints: readonly ProxyEndpoint[];
  readonly rules: ServiceRules;
}

const NO_ENDPOINTS: readonly ProxyEndpoint[] = [];

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
  /** What the kernel has; undefined when that is not known. */
  #written: WrittenRules | undefined;
  /** Chains without a use, and since when. */
  readonly #stale = new Map<string, number>();
  #failures = 0;

  *sync(process: Process, state: ProxyState): Task<string | undefined> {
    const nowMs = process.now();
    if (this.#written === undefined) yield* cleanOtherModes(process, this.mode);
    yield* this.#removeStale(process, nowMs);
    const full = this.#written === undefined || settingsOf(this.#last) !== settingsOf(state);
    const before: WrittenRules = full ? new Map() : this.#written!;
    const wanted = this.#wanted(state, before);
    const gone = full ? yield* this.#leftovers(process, wanted) : goneChains(before, wanted);
    const lines = [
      ...(full ? baseRules(state.settings, state.serviceCidrs, this.#written === undefined) : []),
      ...changes(before, wanted),
      ...gone.map((chain) => `flush chain ${TABLE} ${chain}`),
      // A set can go when no rule asks it any more.
      ...goneSets(before, wanted),
    ];
    const problem = yield* this.#run(process, lines);
    if (problem !== undefined) {
      // What is there now is not known any more.
      this.#written = undefined;
      return problem;
    }
    for (const chain of gone) this.#stale.set(chain, nowMs);
    for (const { rules } of wanted.values()) for (const chain of rules.chains.keys()) this.#stale.delete(chain);
    this.#written = wanted;
    if (this.#last !== undefined) yield* forgetFlows(process, this.#last, state);
    this.#last = state;
    return undefined;
  }

  #wanted(state: ProxyState, before: WrittenRules): WrittenRules {
    const { settings, topology } = state;
    const wanted = new Map<string, WrittenPort>();
    for (const service of state.services) {
      const endpoints = state.endpoints.get(service.name) ?? NO_ENDPOINTS;
      const old = before.get(service.name);
      if (old !== undefined && old.service === service && old.endpoints === endpoints) wanted.set(service.name, old);
      else {
        const choice = chooseEndpoints(service, endpoints, topology);
        const rules = serviceRules(service, choice, { names: this.#names, settings });
        wanted.set(service.name, { service, endpoints, rules });
      }
    }
    return wanted;
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
        samples: [{ value: this.#failures }],
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
  *#leftovers(process: Process, wanted: WrittenRules): Task<readonly string[]> {
    const { stdout } = yield* runCommand(process, ['nft', '--json', 'list', 'chains', 'ip']);
    const kept = chainsOf(wanted);
    return [...stdout.matchAll(/"table":"kube-proxy","name":"([^"]+\/[^"]+)"/g)]
      .map(([, chain]) => chain!)
      .filter((chain) => !kept.has(chain));
  }
}

function settingsOf(state: ProxyState | undefined): string {
  return JSON.stringify([state?.settings, state?.topology]);
}

function chainsOf(rules: WrittenRules): ReadonlySet<string> {
  const all = new Set<string>();
  for (const port of rules.values()) for (const chain of port.rules.chains.keys()) all.add(chain);
  return all;
}

/** The ports that are not as they were, each as it was and as it is to be. */
function* changedPorts(before: WrittenRules, wanted: WrittenRules) {
  for (const [name, { rules }] of wanted) {
    const old = before.get(name)?.rules;
    if (old !== rules) yield { old, rules };
  }
  for (const [name, { rules: old }] of before) if (!wanted.has(name)) yield { old, rules: undefined };
}

function goneChains(before: WrittenRules, wanted: WrittenRules): readonly string[] {
  const gone = new Set<string>();
  for (const { old, rules } of changedPorts(before, wanted)) {
    for (const chain of old?.chains.keys() ?? []) if (rules?.chains.has(chain) !== true) gone.add(chain);
  }
  return [...gone];
}

/** The commands that lead from what was written to what is wanted: chains first, then who leads to them. */
function changes(before: WrittenRules, wanted: WrittenRules): string[] {
  const made: string[] = [];
  const ruleLines: string[] = [];
  // Ports of a Service share elements, and change together.
  const removed = new Map<string, string>();
  const added = new Map<string, string>();
  for (const { old, rules } of changedPorts(before, wanted)) {
    for (const [set, seconds] of rules?.affinitySets ?? []) {
      if (old?.affinitySets.get(set) === seconds) continue;
      made.push(`add set ${TABLE} ${set} { type ipv4_addr ; flags dynamic,timeout ; timeout ${seconds}s ; }`);
    }
    for (const [chain, lines] of rules?.chains ?? []) {
      if (old?.chains.get(chain)?.join('\n') === lines.join('\n')) continue;
      made.push(`add chain ${TABLE} ${chain}`, `flush chain ${TABLE} ${chain}`);
      for (const line of lines) ruleLines.push(`add rule ${TABLE} ${chain} ${line}`);
    }
    for (const [key, value] of old?.elements ?? []) removed.set(key, value);
    for (const [key, value] of rules?.elements ?? []) added.set(key, value);
  }
  return [...made, ...ruleLines, ...elementChanges(removed, added)];
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

function goneSets(before: WrittenRules, wanted: WrittenRules): string[] {
  const gone: string[] = [];
  for (const { old, rules } of changedPorts(before, wanted)) {
    for (const set of old?.affinitySets.keys() ?? []) if (rules?.affinitySets.has(set) !== true) gone.push(set);
  }
  return gone.map((set) => `delete set ${TABLE} ${set}`);
}
