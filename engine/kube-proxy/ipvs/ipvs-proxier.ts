import { type CommandResult, runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { cleanOtherModes, IPVS_INTERFACE } from '../cleanup.ts';
import { chooseEndpoints } from '../endpoint-choice.ts';
import type { Figure, Proxier } from '../proxier.ts';
import type { ProxyState } from '../proxy-state.ts';
import { forgetFlows } from '../stale-flows.ts';
import { type SetEntries, setChanges, setEntries } from './ip-sets.ts';
import { ipvsRules } from './rules.ts';
import { connectionCounts, readServers, serverChanges, type WantedServer, wantedServers } from './virtual-servers.ts';

/** How often it is looked whether those that are leaving have finished. */
const LEAVING_CHECK_MS = 60_000;

/**
 * Keeps a node's virtual servers in step with Services and endpoints. Their addresses are on a dummy interface, so that
 * packets for them come in; a few iptables rules that ask sets say what is masqueraded.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-ipvs
 */
export class IpvsProxier implements Proxier {
  readonly mode = 'ipvs';
  #begun = false;
  #last: ProxyState | undefined;
  #entries: SetEntries | undefined;
  #rules = '';
  readonly #leaving = new Set<string>();
  #lookedMs = 0;
  #failures = 0;

  *sync(process: Process, state: ProxyState): Task<string | undefined> {
    const first = !this.#begun;
    const found = first ? yield* cleanOtherModes(process, this.mode) : undefined;
    const services = state.services.map(
      (service) =>
        [service, chooseEndpoints(service, state.endpoints.get(service.name) ?? [], state.topology)] as const,
    );
    const entries = setEntries(services, state.settings);
    const failed =
      (yield* this.#sets(process, entries)) ??
      (yield* this.#iptables(process, entries, state, found)) ??
      (yield* this.#servers(process, state, services, entries));
    if (failed !== undefined) {
      this.#failures++;
      this.#begun = false;
      return `${failed.stderr.trim()} (exit status ${failed.exitCode})`;
    }
    this.#begun = true;
    if (this.#last !== undefined) yield* forgetFlows(process, this.#last, state);
    this.#last = state;
    return undefined;
  }

  *#sets(process: Process, entries: SetEntries): Task<CommandResult | undefined> {
    const lines = setChanges(this.#begun ? this.#entries : undefined, entries);
    this.#entries = entries;
    return yield* attempt(process, ['ipset', 'restore', '-exist'], lines);
  }

  *#iptables(
    process: Process,
    entries: SetEntries,
    state: ProxyState,
    /** Of the table nat, where this is the first sync. */
    found: string | undefined,
  ): Task<CommandResult | undefined> {
    const first = found !== undefined;
    const jumps = first && !found.includes('-j KUBE-POSTROUTING');
    if (first) {
      for (const table of ['mangle', 'nat', 'filter']) {
        yield* runCommand(process, ['iptables', '-w', '5', '-N', 'KUBE-PROXY-CANARY', '-t', table]);
      }
    }
    const text = ipvsRules(entries, state.settings, jumps);
    if (!first && text === this.#rules) return undefined;
    this.#rules = text;
    return yield* attempt(process, ['iptables-restore', '-w', '5', '--noflush', '--counters'], [text]);
  }

  *#servers(
    process: Process,
    { settings }: ProxyState,
    services: readonly (readonly [ProxyState['services'][number], ReturnType<typeof chooseEndpoints>])[],
    entries: SetEntries,
  ): Task<CommandResult | undefined> {
    const addresses = [...entries['KUBE-IPVS-IPS']].sort();
    const bound = process.networkInterfaces().find(({ name }) => name === IPVS_INTERFACE);
    if (bound?.addresses.map(({ address }) => address).join() !== addresses.join()) {
      process.setDummyInterface(IPVS_INTERFACE, addresses);
    }
    const own = process
      .networkInterfaces()
      .filter(({ name, kind }) => name !== 'lo' && kind !== 'dummy')
      .flatMap((each) => each.addresses.map(({ address }) => address));
    const nodeAddresses = settings.nodePortAddresses ?? own;
    const wanted = new Map<string, WantedServer>();
    for (const [service, choice] of services) {
      for (const each of wantedServers(service, choice, nodeAddresses, settings.scheduler))
        wanted.set(each.service, each);
    }
    const { stdout } = yield* runCommand(process, ['ipvsadm', '-Sn']);
    const { lines, leaving, returning } = serverChanges(readServers(stdout), wanted);
    for (const real of leaving) this.#leaving.add(real);
    for (const real of returning) this.#leaving.delete(real);
    return yield* attempt(process, ['ipvsadm', '-R'], lines);
  }

  /** Whether the rules are still there. Lets go of real servers that have finished, too. */
  *check(process: Process): Task<boolean> {
    if (!this.#begun) return true;
    if (process.now() - this.#lookedMs >= LEAVING_CHECK_MS) {
      this.#lookedMs = process.now();
      yield* this.#dismiss(process);
    }
    const canary = ['iptables', '-w', '5', '-S', 'KUBE-PROXY-CANARY', '-t', 'mangle'];
    if ((yield* runCommand(process, canary)).exitCode === 0) return true;
    this.#begun = false;
    return false;
  }

  *#dismiss(process: Process): Task<void> {
    if (this.#leaving.size === 0) return;
    const counts = connectionCounts((yield* runCommand(process, ['ipvsadm', '-Ln'])).stdout);
    const done = [...this.#leaving].filter((real) => (counts.get(real) ?? 0) === 0);
    for (const real of done) {
      this.#leaving.delete(real);
      if (counts.has(real)) yield* runCommand(process, ['ipvsadm', '-d', ...real.split(' ')]);
    }
  }

  get figures(): readonly Figure[] {
    return [
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_last',
        type: 'gauge',
        help: 'Number of iptables rules written by kube-proxy in last sync',
        samples: ruleCounts(this.#rules),
      },
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_restore_failures_total',
        type: 'counter',
        help: 'Cumulative proxy iptables restore failures',
        samples: [{ value: this.#failures }],
      },
    ];
  }
}

/** The rules of a text for iptables-restore, by table. */
function ruleCounts(text: string) {
  const tables = text.split('*').slice(1);
  return tables.map((table) => ({
    labels: `table="${table.slice(0, table.indexOf('\n'))}"`,
    value: table.split('\n-A ').length - 1,
  }));
}

/** Undefined where it succeeded, or there was nothing to do. */
function* attempt(
  process: Process,
  argv: readonly string[],
  lines: readonly string[],
): Task<CommandResult | undefined> {
  if (lines.length === 0) return undefined;
  const result = yield* runCommand(process, argv, `${lines.join('\n')}\n`);
  return result.exitCode === 0 ? undefined : result;
}
