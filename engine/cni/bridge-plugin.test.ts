import { expect, test } from 'vitest';
import { createFabric, createHost, type FileTree } from '../linux/index.ts';
import { Simulation } from '../sim/index.ts';
import { createBridgePlugin } from './bridge-plugin.ts';
import { bridgeConflist } from './network-config.ts';
import { pluginFiles } from './plugin-binaries.ts';

function setUp(podCidr: string | undefined) {
  const sim = new Simulation({ seed: 'cni' });
  const conflist: FileTree =
    podCidr === undefined ? {} : { '/etc/cni/net.d/10-bridge.conflist': { text: bridgeConflist(podCidr) } };
  const host = createHost({
    sim,
    name: 'node',
    fabric: createFabric(sim),
    addresses: [{ interface: 'eth0', address: '172.18.0.2', prefixLength: 16 }],
    cpuMillis: 1000,
    memoryBytes: 1e9,
    root: { '/var/lib': { directory: true }, '/etc': { directory: true }, ...pluginFiles(), ...conflist },
  });
  return { sim, host, plugin: createBridgePlugin(host) };
}

test('a sandbox gets an interface from the node’s range', () => {
  const { host, plugin } = setUp('10.244.1.0/24');
  const namespace = host.createNamespace('net');
  expect(plugin.add('abc', namespace)).toEqual({
    interfaceName: 'eth0',
    mac: '0a:58:0a:f4:01:02',
    address: '10.244.1.2',
    gateway: '10.244.1.1',
  });
  expect(namespace.interfaces.find(({ name }) => name === 'eth0')).toMatchObject({
    mac: '0a:58:0a:f4:01:02',
    addresses: [{ address: '10.244.1.2', prefixLength: 24 }],
  });
  expect(new TextDecoder().decode(host.root.readFile('/var/lib/cni/networks/cbr0/10.244.1.2'))).toBe('abc\r\neth0');
});

test('an address that was given back is not used again at once', () => {
  const { host, plugin } = setUp('10.244.1.0/29');
  const namespaces = [0, 1, 2, 3, 4].map(() => host.createNamespace('net'));
  expect(plugin.add('a', namespaces[0]!).address).toBe('10.244.1.2');
  plugin.del('a', namespaces[0]!);
  plugin.del('a', namespaces[0]!);
  expect(plugin.add('b', namespaces[1]!).address).toBe('10.244.1.3');
  for (const i of [2, 3, 4]) plugin.add(`c${i}`, namespaces[i]!);
  expect(plugin.add('d', host.createNamespace('net')).address).toBe('10.244.1.2');
});

test('the bridge of the node is made with the first Pod, and the ends of pairs come and go', () => {
  const { host, plugin } = setUp('10.244.1.0/24');
  const namespace = host.createNamespace('net');
  plugin.add('abc', namespace);
  const [, , bridge, veth] = host.namespaces.net.interfaces;
  expect(bridge).toMatchObject({ name: 'cni0', kind: 'bridge', addresses: [{ address: '10.244.1.1' }] });
  expect(veth).toMatchObject({ name: expect.stringMatching(/^veth[0-9a-f]{8}$/), master: 'cni0', peerIndex: 2 });
  expect(namespace.routes[0]).toMatchObject({ prefixLength: 0, gateway: '10.244.1.1', interfaceName: 'eth0' });
  plugin.del('abc', namespace);
  expect(host.namespaces.net.interfaces.map(({ name }) => name)).toEqual(['lo', 'eth0', 'cni0']);
});

test('without the plugin itself there is no network', () => {
  const { host, plugin } = setUp('10.244.1.0/24');
  host.root.unlink('/opt/cni/bin/bridge');
  expect(() => plugin.add('a', host.createNamespace('net'))).toThrow(
    'plugin type="bridge" failed (add): failed to find plugin "bridge" in path [/opt/cni/bin]',
  );
});

test('when all addresses are taken it says so', () => {
  const { host, plugin } = setUp('10.244.1.0/30');
  plugin.add('a', host.createNamespace('net'));
  expect(() => plugin.add('b', host.createNamespace('net'))).toThrow(
    'plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: ' +
      '10.244.1.1-10.244.1.2',
  );
});

test('it is ready as soon as there is a configuration', () => {
  const { host, plugin } = setUp(undefined);
  expect(plugin.notReadyReason()).toBe('cni plugin not initialized');
  host.root.mkdir('/etc/cni');
  host.root.mkdir('/etc/cni/net.d');
  host.root.writeFile('/etc/cni/net.d/05-broken.conflist', '{');
  expect(plugin.notReadyReason()).toBe('cni plugin not initialized');
  host.root.writeFile('/etc/cni/net.d/10-bridge.conflist', bridgeConflist('10.244.2.0/24'));
  expect(plugin.notReadyReason()).toBeUndefined();
});

test('what happens to the configuration and to its directory is noticed', () => {
  const { sim, host, plugin } = setUp('10.244.1.0/24');
  const { root } = host;
  const file = '/etc/cni/net.d/10-bridge.conflist';
  const addressOf = (id: string): string => plugin.add(id, host.createNamespace('net')).address;
  expect(addressOf('a')).toBe('10.244.1.2');
  root.writeFile(file, bridgeConflist('10.244.7.0/24'));
  sim.runFor(1);
  expect(addressOf('b')).toBe('10.244.7.2');
  root.writeFile(file, '{');
  sim.runFor(1);
  expect(plugin.notReadyReason()).toBe('cni plugin not initialized');
  root.writeFile(file, bridgeConflist('10.244.8.0/24'));
  expect(addressOf('c')).toBe('10.244.8.2');
  root.rename('/etc/cni/net.d', '/etc/cni/away');
  expect(plugin.notReadyReason()).toBe('cni plugin not initialized');
  root.mkdir('/etc/cni/net.d');
  root.writeFile('/etc/cni/net.d/1.conflist', bridgeConflist('10.244.9.0/24'));
  expect(addressOf('d')).toBe('10.244.9.2');
  root.unlink('/etc/cni/net.d/1.conflist');
  sim.runFor(1);
  expect(plugin.notReadyReason()).toBe('cni plugin not initialized');
});

test('ports of the node lead to a sandbox as long as it is there', () => {
  const { host, plugin } = setUp('10.244.1.0/24');
  const namespace = host.createNamespace('net');
  const { net } = host.namespaces;
  plugin.add('abc', namespace, [
    { protocol: 'tcp', hostPort: 8080, containerPort: 80 },
    { protocol: 'udp', hostPort: 53, hostIp: '172.18.0.2', containerPort: 5353 },
  ]);
  const [way] = net.rulesTo('nat', 'CNI-HOSTPORT-DNAT');
  expect(way).toBe('PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT');
  const [chain = ''] = net.rulesTo('nat', 'CNI-HOSTPORT-SETMARK')[0]!.split(' ');
  expect(chain).toMatch(/^CNI-DN-[0-9a-f]{21}$/);
  expect(net.rulesTo('nat', chain)).toEqual([
    `CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"cbr0\\" id: \\"abc\\"" -m multiport --dports 8080 -j ${chain}`,
    `CNI-HOSTPORT-DNAT -p udp -m comment --comment "dnat name: \\"cbr0\\" id: \\"abc\\"" -m multiport --dports 53 -j ${chain}`,
  ]);
  plugin.del('abc', namespace);
  expect(net.hasChain('nat', chain)).toBe(false);
  expect(net.hasChain('nat', 'CNI-HOSTPORT-DNAT')).toBe(true);
});
