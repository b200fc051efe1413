import type { NetworkNamespace } from '../linux/host.ts';
import { sha512 } from '../linux/sha512.ts';
import { encode } from '../linux/stdio.ts';
import type { NetworkConfig } from './network-config.ts';
import type { PortMapping } from './plugin.ts';

// The `portmap` plugin: ports of the node that lead to a Pod (`hostPort`), by rules in the node's table nat.
// https://www.cni.dev/plugins/current/meta/portmap/

const DNAT = 'CNI-HOSTPORT-DNAT';
const MASQUERADE = 'CNI-HOSTPORT-MASQ';
const SET_MARK = 'CNI-HOSTPORT-SETMARK';
const MARK = '0x2000/0x2000';
/** A chain's name has at most 28 characters. */
const HASH_CHARACTERS = 21;

/** What the plugin has to know of a Pod's sandbox. */
interface MappedSandbox {
  readonly id: string;
  readonly address: string;
}

/** Leads the ports to the sandbox. */
export function mapPorts(
  node: NetworkNamespace,
  config: NetworkConfig,
  sandbox: MappedSandbox,
  mappings: readonly PortMapping[],
): void {
  if (mappings.length === 0) return;
  if (!node.hasChain('nat', DNAT)) node.restoreRules(WAYS_IN);
  const chain = chainOf(config, sandbox.id);
  const comment = `-m comment --comment "dnat name: \\"${config.name}\\" id: \\"${sandbox.id}\\""`;
  const dispatch = byProtocol(mappings).map(
    ([protocol, ports]) => `-A ${DNAT} -p ${protocol} ${comment} -m multiport --dports ${ports.join()} -j ${chain}`,
  );
  const rules = mappings.flatMap((mapping) => mappingRules(chain, config, sandbox.address, mapping));
  node.restoreRules(['*nat', `:${chain} - [0:0]`, ...rules, ...dispatch, 'COMMIT', ''].join('\n'));
}

/** Takes away what `mapPorts` has made; nothing where it has made nothing. */
export function unmapPorts(node: NetworkNamespace, config: NetworkConfig, sandboxId: string): void {
  if (!node.hasChain('nat', DNAT)) return;
  const chain = chainOf(config, sandboxId);
  if (!node.hasChain('nat', chain)) return;
  const ways = node.rulesTo('nat', chain).map((rule) => `-D ${rule}`);
  node.restoreRules(['*nat', `:${chain} - [0:0]`, ...ways, `-X ${chain}`, 'COMMIT', ''].join('\n'));
}

const WAYS_IN = `*nat
:${DNAT} - [0:0]
:${SET_MARK} - [0:0]
:${MASQUERADE} - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j ${DNAT}
-A OUTPUT -m addrtype --dst-type LOCAL -j ${DNAT}
-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j ${MASQUERADE}
-A ${SET_MARK} -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark ${MARK}
-A ${MASQUERADE} -m mark --mark ${MARK} -j MASQUERADE
COMMIT
`;

function chainOf({ name }: NetworkConfig, sandboxId: string): string {
  return `CNI-DN-${sha512(encode(name + sandboxId)).slice(0, HASH_CHARACTERS)}`;
}

function byProtocol(mappings: readonly PortMapping[]): readonly (readonly [string, readonly number[]])[] {
  const protocols = [...new Set(mappings.map(({ protocol }) => protocol))];
  return protocols.map((protocol) => [
    protocol,
    mappings.filter((mapping) => mapping.protocol === protocol).map(({ hostPort }) => hostPort),
  ]);
}

/** Who sits on the same bridge, or on the node itself, would be answered directly, by somebody whom it did not ask. */
function mappingRules(
  chain: string,
  { subnetText }: NetworkConfig,
  address: string,
  { protocol, hostPort, hostIp, containerPort }: PortMapping,
): readonly string[] {
  const to = `${hostIp === undefined ? '' : `-d ${hostIp}/32 `}-p ${protocol} -m ${protocol} --dport ${hostPort}`;
  return [
    `-A ${chain} -s ${subnetText} ${to} -j ${SET_MARK}`,
    `-A ${chain} -s 127.0.0.1/32 ${to} -j ${SET_MARK}`,
    `-A ${chain} ${to} -j DNAT --to-destination ${address}:${containerPort}`,
  ];
}
