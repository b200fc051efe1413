import { runCommand } from '../linux/run-command.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { DEFAULT_POLICY, FORWARD, INPUT, OUTPUT, shortHash } from './names.ts';
import { COMPLIES, podFirewalls } from './pod-firewall.ts';
import { ALLOWED, type PolicyRules, policyRules, type SetContent } from './policy-chains.ts';
import type { PolicyInfo } from './policy-info.ts';

/** The kernel's chains, and those of kube-router that stand first in them. */
const TOP_LEVEL = [
  ['INPUT', INPUT],
  ['FORWARD', FORWARD],
  ['OUTPUT', OUTPUT],
] as const;

const OWN_CHAIN = /^:(KUBE-(?:POD-FW|NWPLCY)-\S+)/gm;
const OWN_SET = /^KUBE-(?:SRC|DST)-/;

export interface PolicyControllerOptions {
  readonly nodeName: string;
  readonly serviceClusterIpRange: string;
  readonly nodePortRange: string;
}

/**
 * Keeps a node's rules in step with NetworkPolicies: sets by ipset, chains of the table filter by iptables-restore, each
 * all at once. After kube-router's pkg/controllers/netpol.
 */
export class NetworkPolicyController {
  readonly #options: PolicyControllerOptions;
  #last = '';

  constructor(options: PolicyControllerOptions) {
    this.#options = options;
  }

  /**
   * Returns why it failed, or undefined.
   *
   * @param anew also when nothing seems to have changed: somebody may have meddled with the rules
   */
  *sync(process: Process, policies: readonly PolicyInfo[], anew: boolean): Task<string | undefined> {
    const rules = policyRules(policies);
    const firewalls = podFirewalls(policies, this.#options.nodeName);
    const wanted = JSON.stringify([[...rules.sets], rules.lines, firewalls.lines]);
    if (!anew && wanted === this.#last) return undefined;
    this.#last = '';
    if (rules.sets.size > 0) {
      const restored = yield* runCommand(process, ['ipset', 'restore', '-exist'], setsText(rules.sets));
      if (restored.exitCode !== 0) return `failed to perform ipset restore: ${restored.stderr.trim()}`;
    }
    const saved = yield* runCommand(process, ['iptables-save', '-t', 'filter']);
    if (saved.exitCode !== 0) return `Failed to run iptables-save: ${saved.stderr.trim()}`;
    const chains = new Set([DEFAULT_POLICY, ...rules.chains, ...firewalls.chains]);
    const stale = [...saved.stdout.matchAll(OWN_CHAIN)].map(([, name]) => name!).filter((name) => !chains.has(name));
    const text = [
      '*filter',
      ...[...TOP_LEVEL.map(([, own]) => own), ...chains, ...stale].map((chain) => `:${chain} - [0:0]`),
      ...jumpLines(saved.stdout),
      ...this.#baseRules(),
      ...rules.lines,
      ...firewalls.lines,
      ...stale.map((chain) => `-X ${chain}`),
      'COMMIT',
      '',
    ].join('\n');
    const written = yield* runCommand(process, ['iptables-restore', '--noflush'], text);
    if (written.exitCode !== 0) return `Failed to run iptables-restore: ${written.stderr.trim()}`;
    yield* removeStaleSets(process, rules);
    this.#last = wanted;
    return undefined;
  }

  /** What concerns no Pod: traffic to Services passes, it is looked at where it goes to in the end. */
  #baseRules(): readonly string[] {
    const { serviceClusterIpRange, nodePortRange } = this.#options;
    const nodePorts = (protocol: string) => [
      ...['-p', protocol, '-m', 'comment', '--comment', `allow LOCAL ${protocol.toUpperCase()} traffic to node ports`],
      ...['-m', 'addrtype', '--dst-type', 'LOCAL', '-m', 'multiport', '--dports', nodePortRange, '-j', 'RETURN'],
    ];
    const clusterIps = ['-m', 'comment', '--comment', 'allow traffic to primary cluster IP range'];
    return [
      ...[[...clusterIps, '-d', serviceClusterIpRange, '-j', 'RETURN'], nodePorts('tcp'), nodePorts('udp')].map(
        (words) => `-A ${INPUT} ${line(identified(INPUT, words))}`,
      ),
      `-A ${DEFAULT_POLICY} -m comment --comment "rule to mark traffic matching a network policy" -j MARK --set-xmark ${ALLOWED}`,
    ];
  }
}

/** The ways into the own chains stand first, and at the end of the kernel's what complies to all policies is accepted. */
function jumpLines(saved: string): readonly string[] {
  const rules = saved.split('\n');
  return TOP_LEVEL.flatMap(([builtIn, own]) => {
    const jump = line(identified(builtIn, ['-m', 'comment', '--comment', 'kube-router netpol', '-j', own]));
    const [first] = rules.filter((rule) => rule.startsWith(`-A ${builtIn} `));
    const is = `-A ${builtIn} ${jump}`;
    const moved = first !== is && rules.includes(is) ? [`-D ${builtIn} ${jump}`] : [];
    const about = 'KUBE-ROUTER rule to explicitly ACCEPT traffic that comply to network policies';
    const accept = `-A ${builtIn} -m comment --comment "${about}" -m mark --mark ${COMPLIES} -j ACCEPT`;
    return [
      ...moved,
      ...(first === is ? [] : [`-I ${builtIn} 1 ${jump}`]),
      ...(rules.includes(accept) ? [] : [accept]),
    ];
  });
}

/** The rule with a fingerprint in its comment, by which it is known again. */
function identified(chain: string, words: readonly string[]): readonly string[] {
  const at = words.indexOf('--comment') + 1;
  return words.with(at, `${words[at]} - ${shortHash(chain + words.join(''))}`);
}

function line(words: readonly string[]): string {
  return words.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ');
}

/** Each set is filled aside and swapped with the one in use. */
function setsText(sets: ReadonlyMap<string, SetContent>): string {
  const lines: string[] = [];
  const aside = new Set<string>();
  for (const [name, { type, elements }] of sets) {
    const other = `TMP-${shortHash(type)}`;
    const options = `${type} family inet hashsize 1024 maxelem 65536 timeout 0`;
    aside.add(other);
    lines.push(`create ${other} ${options}`, `flush ${other}`, `create ${name} ${options}`);
    for (const element of elements) lines.push(`add ${other} ${element}`);
    lines.push(`swap ${other} ${name}`);
  }
  for (const name of aside) lines.push(`destroy ${name}`);
  return `${lines.join('\n')}\n`;
}

function* removeStaleSets(process: Process, { sets }: PolicyRules): Task<void> {
  const { stdout } = yield* runCommand(process, ['ipset', 'list', '-n']);
  for (const name of stdout.split('\n')) {
    if (OWN_SET.test(name) && !sets.has(name)) yield* runCommand(process, ['ipset', 'destroy', name]);
  }
}
