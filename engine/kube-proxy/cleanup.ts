import { runCommand } from '../linux/run-command.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { ProxyMode } from './configuration.ts';

// What an earlier kube-proxy of another mode has left is taken away before a new one begins, since both would act on the
// same packets. (The real one leaves the rules of iptables and ipvs to each other and to `kube-proxy --cleanup`.)

/** Chains that kube-proxy makes in any of its modes; other people's begin with KUBE- too. */
const OWN_CHAIN =
  /^KUBE-(SERVICES|EXTERNAL-SERVICES|NODEPORTS|NODE-PORT|POSTROUTING|MARK-MASQ|FORWARD|PROXY-FIREWALL|FIREWALL|SOURCE-RANGES-FIREWALL|LOAD-BALANCER|IPVS-FILTER|IPVS-OUT-FILTER|PROXY-CANARY|PORTALS-CONTAINER|PORTALS-HOST|NODEPORT-CONTAINER|NODEPORT-HOST|(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16})$/;

/** By which of its chains in the table nat one knows the mode. */
const MARKS: readonly (readonly [ProxyMode, RegExp])[] = [
  ['iptables', /^:KUBE-SVC-/m],
  ['ipvs', /^:KUBE-LOAD-BALANCER /m],
  ['userspace', /^:KUBE-PORTALS-CONTAINER /m],
];

/** Tables that kube-proxy has chains in. */
const TABLES = ['nat', 'filter', 'mangle'];

/**
 * Takes away what other modes have left. Costs one command where there is nothing.
 *
 * @returns what `iptables-save -t nat` printed of an earlier process of the same mode; nothing when all chains were taken away.
 */
export function* cleanOtherModes(process: Process, mode: ProxyMode): Task<string> {
  const { stdout } = yield* runCommand(process, ['iptables-save', '-t', 'nat']);
  const foreign = MARKS.some(([other, mark]) => other !== mode && mark.test(stdout));
  if (foreign) yield* removeChains(process);
  const loaded = process.packetFilter().loadedModules();
  if (mode !== 'nftables' && loaded.includes('nf_tables')) {
    // Exits with 1 when there is none.
    yield* runCommand(process, ['nft', 'delete', 'table', 'ip', 'kube-proxy']);
  }
  if (mode !== 'ipvs' && loaded.includes('ip_vs')) yield* removeVirtualServers(process);
  return foreign ? '' : stdout;
}

/** All chains, and the ways into them, at once in each table. */
function* removeChains(process: Process): Task<void> {
  for (const table of TABLES) {
    const { stdout } = yield* runCommand(process, ['iptables-save', '-t', table]);
    const chains = [...stdout.matchAll(/^:(\S+) /gm)].map(([, name]) => name!).filter((name) => OWN_CHAIN.test(name));
    if (chains.length === 0) continue;
    const jumps = [...stdout.matchAll(/^-A (.*-j (\S+))$/gm)].filter(([, rule = '', target = '']) => {
      const [from = ''] = rule.split(' ');
      return OWN_CHAIN.test(target) && !OWN_CHAIN.test(from);
    });
    const text = [
      `*${table}`,
      ...chains.map((chain) => `:${chain} - [0:0]`),
      ...jumps.map(([, rule]) => `-D ${rule}`),
      ...chains.map((chain) => `-X ${chain}`),
      'COMMIT',
      '',
    ].join('\n');
    yield* runCommand(process, ['iptables-restore', '-w', '5', '--noflush'], text);
  }
}

/** Holds the addresses of the mode ipvs. */
export const IPVS_INTERFACE = 'kube-ipvs0';

/** The sets of the mode ipvs; other people's begin with KUBE- too. */
const OWN_SET =
  /^KUBE-(LOOP-BACK|CLUSTER-IP|EXTERNAL-IP(-LOCAL)?|LOAD-BALANCER(-LOCAL|-FW|-SOURCE-IP|-SOURCE-CIDR)?|NODE-PORT-(LOCAL-)?(TCP|UDP)|HEALTH-CHECK-NODE-PORT|IPVS-IPS)$/;

function* removeVirtualServers(process: Process): Task<void> {
  yield* runCommand(process, ['ipvsadm', '-C']);
  if (process.networkInterfaces().some(({ name }) => name === IPVS_INTERFACE)) {
    process.deleteDummyInterface(IPVS_INTERFACE);
  }
  const { stdout } = yield* runCommand(process, ['ipset', 'list', '-n']);
  for (const set of stdout.split('\n')) if (OWN_SET.test(set)) yield* runCommand(process, ['ipset', 'destroy', set]);
}
