import { Errno } from '../linux/errno.ts';
import type { Host, NetworkNamespace } from '../linux/host.ts';
import type { Process, Stat } from '../linux/syscalls.ts';
import { hash32 } from '../sim/index.ts';
import { HostLocalIpam } from './host-local.ts';
import { formatIpv4 } from './ipv4.ts';
import { NET_CONFIG_DIRECTORY, type NetworkConfig, parseConflist } from './network-config.ts';
import type { CniPlugin, CniResult, PortMapping } from './plugin.ts';
import { mapPorts, unmapPorts } from './portmap.ts';

const INTERFACE = 'eth0';
/** That of a Pod's interface: the first after loopback. */
const FIRST_INDEX = 2;

/** Where the runtime looks for plugins. */
const PLUGIN_DIRECTORY = '/opt/cni/bin';

/**
 * The `bridge` plugin with `host-local` address management, and `portmap` where the configuration names it: each Pod gets `eth0` with an address of its node's range, whose
 * other end is a port of a bridge on the node. The configuration is the first `*.conflist` of /etc/cni/net.d, which may
 * come and go. https://www.cni.dev/plugins/current/main/bridge/
 *
 * @param machine the node; another `root` each time its power comes back
 */
export function createBridgePlugin(machine: Pick<Host, 'root' | 'namespaces'>): CniPlugin {
  const ipam = new HostLocalIpam(machine);
  const readConfig = configReader(machine);

  function requireConfig(): NetworkConfig {
    const config = readConfig();
    if (config === undefined) throw new Error('cni plugin not initialized');
    return config;
  }

  function add(sandboxId: string, namespace: NetworkNamespace, portMappings: readonly PortMapping[] = []): CniResult {
    const config = requireConfig();
    let address: number;
    try {
      if (!machine.root.access(`${PLUGIN_DIRECTORY}/bridge`, 'execute')) {
        throw new Error(`failed to find plugin "bridge" in path [${PLUGIN_DIRECTORY}]`);
      }
      address = ipam.allocate(config, sandboxId);
    } catch (error) {
      throw new Error(`plugin type="bridge" failed (add): ${(error as Error).message}`);
    }
    const { bridge, mtu, subnet, hasDefaultRoute } = config;
    const gateway = formatIpv4(subnet.base + 1);
    const network = machine.namespaces.net;
    ensureBridge(network, config);
    const nodesEnd = { name: vethName(sandboxId), mac: macOf(hash32(sandboxId, 1)), mtu, addresses: [] };
    const index = network.addInterface({ ...nodesEnd, kind: 'veth', master: bridge, peerIndex: FIRST_INDEX });
    const dotted = formatIpv4(address);
    const mac = macOf(address);
    const addresses = [{ address: dotted, prefixLength: subnet.prefixLength }];
    namespace.addInterface({ name: INTERFACE, mac, mtu, addresses, kind: 'veth', peerIndex: index });
    if (hasDefaultRoute) {
      namespace.addRoute({ destination: '0.0.0.0', prefixLength: 0, gateway, interfaceName: INTERFACE });
    }
    if (config.mapsPorts) mapPorts(network, config, { id: sandboxId, address: dotted }, portMappings);
    return { interfaceName: INTERFACE, mac, address: dotted, gateway };
  }

  function del(sandboxId: string, namespace: NetworkNamespace): void {
    const found = namespace.interfaces.find(({ name }) => name === INTERFACE);
    if (found === undefined) return;
    namespace.removeInterface(INTERFACE);
    machine.namespaces.net.removeInterface(vethName(sandboxId));
    const config = readConfig();
    const address = found.addresses[0]?.address;
    if (config === undefined || address === undefined) return;
    unmapPorts(machine.namespaces.net, config, sandboxId);
    ipam.release(config, address, sandboxId);
  }

  return {
    notReadyReason: () => (readConfig() === undefined ? 'cni plugin not initialized' : undefined),
    add,
    del,
  };
}

/** The bridge that the Pods of the node are joined by; it has the first address of their range. */
function ensureBridge(network: NetworkNamespace, { bridge, mtu, subnet, isGateway }: NetworkConfig): void {
  if (network.interfaces.some(({ name, addresses }) => name === bridge && addresses.length > 0)) return;
  const address = subnet.base + 1;
  const addresses = isGateway ? [{ address: formatIpv4(address), prefixLength: subnet.prefixLength }] : [];
  network.addInterface({ name: bridge, mac: macOf(address), mtu, kind: 'bridge', addresses });
}

/** As the kernel names the node's end of a pair: `veth` and eight digits. */
function vethName(sandboxId: string): string {
  return `veth${hash32(sandboxId, 0).toString(16).padStart(8, '0')}`;
}

/** 0a:58 and the address: what the plugin gives an interface so that its MAC follows its IP. */
function macOf(address: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => ((address >>> shift) & 255).toString(16).padStart(2, '0'));
  return `0a:58:${bytes.join(':')}`;
}

/**
 * Finds the first configuration that can be used; a file that cannot is passed over, as the runtime does. It is asked for
 * before every sandbox and hardly ever changed: one that was found stays good until something happens in its directory.
 */
function configReader(machine: Pick<Host, 'root'>): () => NetworkConfig | undefined {
  let found: { readonly config: NetworkConfig; readonly root: Process; readonly place: Place } | undefined;
  let unwatch = (): void => {};

  /** Another directory may have taken the place of the one that is watched. */
  function place(): Place {
    return machine.root.stat(NET_CONFIG_DIRECTORY);
  }

  function find(): NetworkConfig | undefined {
    const { root } = machine;
    if (found?.root === root && isSame(found.place, place())) return found.config;
    unwatch();
    found = undefined;
    const config = readFirst(root);
    if (config === undefined) return undefined;
    found = { config, root, place: place() };
    unwatch = root.watchDirectory(NET_CONFIG_DIRECTORY, () => {
      found = undefined;
    });
    return config;
  }

  return () => {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return undefined;
    }
  };
}

type Place = Pick<Stat, 'device' | 'inode'>;

function isSame(one: Place, other: Place): boolean {
  return one.inode === other.inode && one.device === other.device;
}

function readFirst(root: Process): NetworkConfig | undefined {
  for (const { name } of root.readdir(NET_CONFIG_DIRECTORY)) {
    if (!name.endsWith('.conflist')) continue;
    const text = root.readText(`${NET_CONFIG_DIRECTORY}/${name}`);
    try {
      return parseConflist(text);
    } catch {
      // Not a configuration: the next one may be.
    }
  }
  return undefined;
}
