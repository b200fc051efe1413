import { type CommandResult, runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';

/** Waits for the lock on the tables, as every call of kube-proxy does. */
const WAIT = ['-w', '5'];

interface Jump {
  readonly table: 'filter' | 'nat';
  readonly from: string;
  readonly to: string;
  readonly condition: readonly string[];
}

const NEW = ['-m', 'conntrack', '--ctstate', 'NEW'];

function jumps(
  table: Jump['table'],
  to: string,
  froms: readonly string[],
  comment: string,
  condition: readonly string[] = [],
): readonly Jump[] {
  const words = comment === '' ? condition : [...condition, '-m', 'comment', '--comment', comment];
  return froms.map((from) => ({ table, from, to, condition: words }));
}

/** How packets come from the kernel's own chains to those of kube-proxy. After `iptablesJumpChains` in proxier.go. */
const JUMPS: readonly Jump[] = [
  ...jumps(
    'filter',
    'KUBE-EXTERNAL-SERVICES',
    ['INPUT', 'FORWARD'],
    'kubernetes externally-visible service portals',
    NEW,
  ),
  ...jumps('filter', 'KUBE-NODEPORTS', ['INPUT'], 'kubernetes health check service ports'),
  ...jumps('filter', 'KUBE-SERVICES', ['FORWARD', 'OUTPUT'], 'kubernetes service portals', NEW),
  ...jumps('filter', 'KUBE-FORWARD', ['FORWARD'], 'kubernetes forwarding rules'),
  ...jumps('filter', 'KUBE-PROXY-FIREWALL', ['INPUT', 'OUTPUT', 'FORWARD'], 'kubernetes load balancer firewall', NEW),
  ...jumps('nat', 'KUBE-SERVICES', ['OUTPUT', 'PREROUTING'], 'kubernetes service portals'),
  ...jumps('nat', 'KUBE-POSTROUTING', ['POSTROUTING'], 'kubernetes postrouting rules'),
  ...jumps('filter', 'KUBE-FIREWALL', ['INPUT', 'OUTPUT'], ''),
];

/** Creates what is missing of the chains and of the ways into them; these stand first in their chains. */
export function* ensureJumpRules(process: Process): Task<CommandResult | undefined> {
  const made = new Set<string>();
  for (const { table, from, to, condition } of JUMPS) {
    if (!made.has(`${table} ${to}`)) {
      made.add(`${table} ${to}`);
      // Exits with 1 when the chain is there already.
      yield* runCommand(process, ['iptables', ...WAIT, '-N', to, '-t', table]);
    }
    const rule = [from, '-t', table, ...condition, '-j', to];
    if ((yield* runCommand(process, ['iptables', ...WAIT, '-C', ...rule])).exitCode === 0) continue;
    const inserted = yield* runCommand(process, ['iptables', ...WAIT, '-I', ...rule]);
    if (inserted.exitCode !== 0) return inserted;
  }
  return undefined;
}

const CANARY = 'KUBE-PROXY-CANARY';
const CANARY_TABLES = ['mangle', 'nat', 'filter'];

/** A chain that nobody needs: when it is gone, somebody has flushed the tables, and the rules with it. */
export function* setCanary(process: Process): Task<void> {
  for (const table of CANARY_TABLES) yield* runCommand(process, ['iptables', ...WAIT, '-N', CANARY, '-t', table]);
}

export function* canaryLives(process: Process): Task<boolean> {
  const [table] = CANARY_TABLES;
  return (yield* runCommand(process, ['iptables', ...WAIT, '-S', CANARY, '-t', table!])).exitCode === 0;
}

/** The chains of Services and endpoints that an earlier process has left, read off what `iptables-save -t nat` printed. */
export function leftoverChains(saved: string): readonly string[] {
  return [...saved.matchAll(/^:(KUBE-(?:SVC|SVL|EXT|FW|SEP)-\S+)/gm)].map(([, chain]) => chain!);
}
