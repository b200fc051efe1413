import type { RuleSettings } from '../iptables/rule-settings.ts';
import { SETS, type SetEntries, type SetName } from './ip-sets.ts';

/** From the kernel's chains to those of kube-proxy. */
const JUMPS: readonly (readonly [table: 'nat' | 'filter', from: string, to: string, comment: string])[] = [
  ['nat', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals'],
  ['nat', 'PREROUTING', 'KUBE-SERVICES', 'kubernetes service portals'],
  ['nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'],
  ['filter', 'FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'],
  ['filter', 'INPUT', 'KUBE-NODE-PORT', 'kubernetes health check rules'],
  ['filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy firewall rules'],
  ['filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kube-proxy firewall rules'],
  ['filter', 'INPUT', 'KUBE-IPVS-FILTER', 'kubernetes ipvs access filter'],
  ['filter', 'OUTPUT', 'KUBE-IPVS-OUT-FILTER', 'kubernetes ipvs access filter'],
];

const CHAINS = {
  nat: ['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER', 'KUBE-MARK-MASQ'],
  filter: [
    'KUBE-FORWARD',
    'KUBE-NODE-PORT',
    'KUBE-PROXY-FIREWALL',
    'KUBE-SOURCE-RANGES-FIREWALL',
    'KUBE-IPVS-FILTER',
    'KUBE-IPVS-OUT-FILTER',
  ],
} as const;

/**
 * The input of `iptables-restore --noflush`: the same few rules however many Services there are, since sets hold the rest.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-ipvs, after pkg/proxy/ipvs/proxier.go
 *
 * @param jumps whether the ways into the chains are to be made, which is done once
 */
export function ipvsRules(entries: SetEntries, settings: RuleSettings, jumps: boolean): string {
  const nat = natRules(entries, settings);
  const filter = filterRules(entries, settings);
  return (['nat', 'filter'] as const)
    .flatMap((table) => [
      `*${table}`,
      ...CHAINS[table].map((chain) => `:${chain} - [0:0]`),
      ...JUMPS.filter(([where]) => jumps && where === table).map(
        ([, from, to, comment]) => `-I ${from} -m comment --comment "${comment}" -j ${to}`,
      ),
      ...(table === 'nat' ? nat : filter),
      'COMMIT',
    ])
    .join('\n')
    .concat('\n');
}

function natRules(entries: SetEntries, settings: RuleSettings): string[] {
  const lines: string[] = [];
  const mark = `0x${settings.masqueradeMark.toString(16).padStart(8, '0')}`;
  const rule = (chain: string, set: SetName, sides: string, rest: string, before = '') => {
    const comment = `-m comment --comment "${SETS[set][1]}"`;
    if (entries[set].size > 0) lines.push(`-A ${chain} ${before}${comment} -m set --match-set ${set} ${sides} ${rest}`);
  };
  rule('KUBE-POSTROUTING', 'KUBE-LOOP-BACK', 'dst,dst,src', '-j MASQUERADE');
  rule('KUBE-SERVICES', 'KUBE-LOAD-BALANCER', 'dst,dst', '-j KUBE-LOAD-BALANCER');
  rule('KUBE-LOAD-BALANCER', 'KUBE-LOAD-BALANCER-LOCAL', 'dst,dst', '-j RETURN');
  for (const kind of ['TCP', 'UDP'] as const) {
    const protocol = `-p ${kind.toLowerCase()} `;
    rule('KUBE-NODE-PORT', `KUBE-NODE-PORT-LOCAL-${kind}`, 'dst', '-j RETURN', protocol);
    rule('KUBE-NODE-PORT', `KUBE-NODE-PORT-${kind}`, 'dst', '-j KUBE-MARK-MASQ', protocol);
  }
  const { masqueradeAll, podTraffic } = settings;
  if (masqueradeAll) rule('KUBE-SERVICES', 'KUBE-CLUSTER-IP', 'dst,dst', '-j KUBE-MARK-MASQ');
  else if (podTraffic !== undefined) {
    // Who is no Pod would be answered by the endpoint directly, from an address that it did not ask.
    rule('KUBE-SERVICES', 'KUBE-CLUSTER-IP', 'dst,dst', `${podTraffic.isNot} -j KUBE-MARK-MASQ`);
  } else rule('KUBE-SERVICES', 'KUBE-CLUSTER-IP', 'src,dst', '-j KUBE-MARK-MASQ');
  rule('KUBE-SERVICES', 'KUBE-EXTERNAL-IP', 'dst,dst', '-j KUBE-MARK-MASQ');
  lines.push(
    '-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT',
    '-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ',
  );
  rule('KUBE-SERVICES', 'KUBE-CLUSTER-IP', 'dst,dst', '-j ACCEPT');
  rule('KUBE-SERVICES', 'KUBE-LOAD-BALANCER', 'dst,dst', '-j ACCEPT');
  lines.push(
    `-A KUBE-POSTROUTING -m mark ! --mark ${mark}/${mark} -j RETURN`,
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${mark}`,
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${mark}`,
  );
  return lines;
}

function filterRules(entries: SetEntries, settings: RuleSettings): string[] {
  const mark = `0x${settings.masqueradeMark.toString(16).padStart(8, '0')}`;
  const returns = (set: SetName, sides: string) => `-A KUBE-IPVS-FILTER -m set --match-set ${set} ${sides} -j RETURN`;
  const reject = '-m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT';
  const comment = (set: SetName) => `-m comment --comment "${SETS[set][1]}" -m set --match-set ${set}`;
  const firewalled = entries['KUBE-LOAD-BALANCER-FW'].size > 0;
  return [
    ...(firewalled
      ? [
          `-A KUBE-PROXY-FIREWALL ${comment('KUBE-LOAD-BALANCER-FW')} dst,dst -j KUBE-SOURCE-RANGES-FIREWALL`,
          `-A KUBE-SOURCE-RANGES-FIREWALL ${comment('KUBE-LOAD-BALANCER-SOURCE-CIDR')} dst,dst,src -j RETURN`,
          `-A KUBE-SOURCE-RANGES-FIREWALL ${comment('KUBE-LOAD-BALANCER-SOURCE-IP')} dst,dst,src -j RETURN`,
        ]
      : []),
    '-A KUBE-SOURCE-RANGES-FIREWALL -j DROP',
    `-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark ${mark}/${mark} -j ACCEPT`,
    '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    `-A KUBE-NODE-PORT ${comment('KUBE-HEALTH-CHECK-NODE-PORT')} dst -j ACCEPT`,
    // What is on the dummy interface is no way to the machine's own servers.
    returns('KUBE-LOAD-BALANCER', 'dst,dst'),
    returns('KUBE-CLUSTER-IP', 'dst,dst'),
    returns('KUBE-EXTERNAL-IP', 'dst,dst'),
    returns('KUBE-EXTERNAL-IP-LOCAL', 'dst,dst'),
    returns('KUBE-HEALTH-CHECK-NODE-PORT', 'dst'),
    `-A KUBE-IPVS-FILTER ${reject}`,
    `-A KUBE-IPVS-OUT-FILTER ${reject}`,
  ];
}
