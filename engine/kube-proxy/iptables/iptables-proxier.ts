import { runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { cleanOtherModes } from '../cleanup.ts';
import type { Figure, Proxier } from '../proxier.ts';
import type { ProxyState } from '../proxy-state.ts';
import { forgetFlows } from '../stale-flows.ts';
import { ChainNames } from './chain-names.ts';
import { canaryLives, ensureJumpRules, leftoverChains, setCanary } from './jump-rules.ts';
import { iptablesRules, type RuleText, type WrittenRules } from './rules.ts';

/** Everything is written anew at least so often. */
const FULL_SYNC_MS = 3_600_000;

/**
 * Keeps a node's iptables in step with Services and endpoints, by text that is restored in one call. The first sync writes
 * everything, later ones leave out the chains of Services that have not changed; when one fails, the next is a full one.
 */
export class IptablesProxier implements Proxier {
  readonly mode = 'iptables';
  readonly #names = new ChainNames();
  #chains: Iterable<string> = [];
  #begun = false;
  #last: ProxyState | undefined;
  /** What the kernel has; undefined where the next sync has to be a full one. */
  #written: WrittenRules | undefined;
  #fullMs = 0;
  #counts: RuleText['counts'] = { last: { filter: 0, nat: 0 }, total: { filter: 0, nat: 0 } };
  #failures = 0;
  #partialFailures = 0;

  get figures(): readonly Figure[] {
    const byTable = ({ filter, nat }: RuleText['counts']['last']) => [
      { labels: 'table="filter"', value: filter },
      { labels: 'table="nat"', value: nat },
    ];
    return [
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_total',
        type: 'gauge',
        help: 'Total number of iptables rules owned by kube-proxy',
        samples: byTable(this.#counts.total),
      },
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_last',
        type: 'gauge',
        help: 'Number of iptables rules written by kube-proxy in last sync',
        samples: byTable(this.#counts.last),
      },
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_restore_failures_total',
        type: 'counter',
        help: 'Cumulative proxy iptables restore failures',
        samples: [{ value: this.#failures }],
      },
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total',
        type: 'counter',
        help: 'Cumulative proxy iptables partial restore failures',
        samples: [{ value: this.#partialFailures }],
      },
    ];
  }

  /** Returns why it failed, or undefined. */
  *sync(process: Process, state: ProxyState): Task<string | undefined> {
    const partial = this.#mayBePartial(process, state);
    if (!partial) {
      const problem = yield* this.#prepare(process);
      if (problem !== undefined) return problem;
    }
    const made = iptablesRules({
      ...state,
      names: this.#names,
      oldChains: this.#chains,
      ...(partial && { written: this.#written! }),
    });
    this.#counts = made.counts;
    const { exitCode, stderr } = yield* runCommand(process, RESTORE, made.text);
    if (exitCode !== 0) {
      this.#failures++;
      if (partial) this.#partialFailures++;
      // Somebody may have meddled: begin from the ground next time.
      this.#begun = false;
      return `failed to execute iptables-restore: exit status ${exitCode} (${stderr.trim()})`;
    }
    this.#chains = made.chains;
    this.#written = made.written;
    if (!partial) this.#fullMs = process.now();
    if (this.#last !== undefined) yield* forgetFlows(process, this.#last, state);
    this.#last = state;
    return undefined;
  }

  /** Whether the rules are still there; if not, the next sync makes them from the ground. */
  *check(process: Process): Task<boolean> {
    if (!this.#begun || (yield* canaryLives(process))) return true;
    this.#begun = false;
    return false;
  }

  #mayBePartial(process: Process, { settings, topology }: ProxyState): boolean {
    if (!this.#begun || this.#last === undefined || this.#written === undefined) return false;
    if (process.now() - this.#fullMs >= FULL_SYNC_MS) return false;
    return JSON.stringify([this.#last.settings, this.#last.topology]) === JSON.stringify([settings, topology]);
  }

  /** Before a full sync: the ways into the chains, and what an earlier process has left. */
  *#prepare(process: Process): Task<string | undefined> {
    if (this.#begun) return yield* this.#jumps(process);
    const found = yield* cleanOtherModes(process, this.mode);
    const problem = yield* this.#jumps(process);
    if (problem !== undefined) return problem;
    yield* setCanary(process);
    this.#chains = leftoverChains(found);
    this.#begun = true;
    return undefined;
  }

  *#jumps(process: Process): Task<string | undefined> {
    const failed = yield* ensureJumpRules(process);
    return failed === undefined ? undefined : `failed to ensure iptables rules: ${failed.stderr.trim()}`;
  }
}

const RESTORE = ['iptables-restore', '-w', '5', '--noflush', '--counters'];
