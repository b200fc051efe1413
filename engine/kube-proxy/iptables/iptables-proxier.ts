import { runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { cleanOtherModes } from '../cleanup.ts';
import type { Figure, Proxier } from '../proxier.ts';
import type { ProxyState } from '../proxy-state.ts';
import { forgetFlows } from '../stale-flows.ts';
import { ChainNames } from './chain-names.ts';
import { canaryLives, ensureJumpRules, leftoverChains, setCanary } from './jump-rules.ts';
import { iptablesRules } from './rules.ts';

/**
 * Keeps a node's iptables in step with Services and endpoints: the whole text is made anew and restored in one call, which
 * replaces these chains at once and leaves other people's alone. (The real proxier leaves out chains that have not changed.)
 */
export class IptablesProxier implements Proxier {
  readonly mode = 'iptables';
  readonly #names = new ChainNames();
  #chains: Iterable<string> | undefined;
  #begun = false;
  #last: ProxyState | undefined;
  #ruleCount = 0;
  #failures = 0;

  get figures(): readonly Figure[] {
    return [
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_last',
        type: 'gauge',
        help: 'Number of iptables rules written by kube-proxy in last sync',
        value: this.#ruleCount,
      },
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_restore_failures_total',
        type: 'counter',
        help: 'Cumulative proxy iptables restore failures',
        value: this.#failures,
      },
    ];
  }

  /** Returns why it failed, or undefined. */
  *sync(process: Process, state: ProxyState): Task<string | undefined> {
    if (!this.#begun) {
      const problem = yield* this.#begin(process);
      if (problem !== undefined) return problem;
    }
    const { text, chains } = iptablesRules({ ...state, names: this.#names, oldChains: this.#chains ?? [] });
    this.#ruleCount = text.split('\n-A ').length - 1;
    const { exitCode, stderr } = yield* runCommand(process, RESTORE, text);
    if (exitCode !== 0) {
      this.#failures++;
      // Somebody may have meddled: begin from the ground next time.
      this.#begun = false;
      return `failed to execute iptables-restore: exit status ${exitCode} (${stderr.trim()})`;
    }
    this.#chains = chains;
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

  *#begin(process: Process): Task<string | undefined> {
    yield* cleanOtherModes(process, this.mode);
    const failed = yield* ensureJumpRules(process);
    if (failed !== undefined) return `failed to ensure iptables rules: ${failed.stderr.trim()}`;
    yield* setCanary(process);
    this.#chains = yield* leftoverChains(process);
    this.#begun = true;
    return undefined;
  }
}

const RESTORE = ['iptables-restore', '-w', '5', '--noflush', '--counters'];
