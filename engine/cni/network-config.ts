import { parseSubnet, type Subnet } from './ipv4.ts';

/** What the bridge plugin needs of a network configuration list. */
export interface NetworkConfig {
  readonly name: string;
  readonly bridge: string;
  readonly subnet: Subnet;
  /** `10.244.1.0/24` */
  readonly subnetText: string;
  readonly mtu: number;
  /** Whether the bridge has the first address of the subnet. */
  readonly isGateway: boolean;
  /** Whether Pods have a default route by it. */
  readonly hasDefaultRoute: boolean;
  /** Whether ports of the node are led to Pods. */
  readonly mapsPorts: boolean;
}

/** Where the runtime looks for configurations. */
export const NET_CONFIG_DIRECTORY = '/etc/cni/net.d';

/** The file that gives a node's Pods addresses from `podCidr`. */
export function bridgeConflist(podCidr: string): string {
  const plugins = [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      mtu: 1500,
      ipam: { type: 'host-local', ranges: [[{ subnet: podCidr }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ];
  return `${JSON.stringify({ cniVersion: '1.0.0', name: 'cbr0', plugins }, undefined, 2)}\n`;
}

/**
 * Reads a `.conflist` file. https://github.com/containernetworking/cni/blob/main/SPEC.md#section-1-network-configuration-format
 *
 * @throws Error when it is no such file or asks for another main plugin than `bridge`.
 */
export function parseConflist(text: string): NetworkConfig {
  const list = parseJson(text);
  const plugins: unknown = list['plugins'];
  const plugin = Array.isArray(plugins) ? (plugins[0] as Record<string, unknown> | undefined) : undefined;
  if (typeof list['name'] !== 'string' || plugin === undefined) throw new Error('no plugins in list');
  if (plugin['type'] !== 'bridge') {
    throw new Error(`failed to find plugin "${String(plugin['type'])}" in path [/opt/cni/bin]`);
  }
  const subnetText = subnetOf(plugin['ipam'] as Ipam | undefined);
  const subnet = subnetText === undefined ? undefined : parseSubnet(subnetText);
  if (subnetText === undefined || subnet === undefined) throw new Error('no IP ranges specified');
  return {
    name: list['name'],
    bridge: typeof plugin['bridge'] === 'string' ? plugin['bridge'] : 'cni0',
    subnet,
    subnetText,
    mapsPorts: (plugins as { type?: unknown }[]).some(({ type }) => type === 'portmap'),
    mtu: typeof plugin['mtu'] === 'number' ? plugin['mtu'] : 1500,
    isGateway: plugin['isGateway'] === true || plugin['isDefaultGateway'] === true,
    hasDefaultRoute:
      plugin['isDefaultGateway'] === true ||
      ((plugin['ipam'] as Ipam | undefined)?.routes ?? []).some(({ dst }) => dst === '0.0.0.0/0'),
  };
}

interface Ipam {
  readonly routes?: readonly { readonly dst?: string }[];
  readonly subnet?: string;
  readonly ranges?: readonly (readonly { readonly subnet?: string }[])[];
}

function subnetOf(ipam: Ipam | undefined): string | undefined {
  const text = ipam?.subnet ?? ipam?.ranges?.[0]?.[0]?.subnet;
  return typeof text === 'string' ? text : undefined;
}

function parseJson(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('error parsing configuration list: not an object');
  return value as Record<string, unknown>;
}
