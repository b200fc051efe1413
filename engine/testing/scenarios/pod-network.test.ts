import { expect, test } from 'vitest';
import type { Node } from '../../api/kinds.ts';
import { scriptPod, Testbed } from './testbed.ts';

// The Pod network as kube-router's DaemonSet makes it: https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/

const CONFLIST = '/etc/cni/net.d/10-kuberouter.conflist';
const NOT_READY =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

function readyCondition(bed: Testbed, node: string) {
  return bed.get<Node>('node', node).status?.conditions?.find(({ type }) => type === 'Ready');
}

/** Puts a Pod on a node, whatever the node says of itself. */
function podOn(node: string, name: string): string {
  return scriptPod(name, 'sleep 100000').replace('spec:\n', `spec:\n  nodeName: ${node}\n`);
}

test('each node has the range of its Pods in its configuration, a bridge, and a route to the Pods of every other', () => {
  const bed = new Testbed();
  bed.apply(podOn('node-1', 'one'));
  bed.untilReady('one');
  const cidrs = new Map(bed.list<Node>('nodes').map(({ metadata, spec }) => [metadata.name, spec.podCIDR!]));
  const own = cidrs.get('node-1')!;
  expect(JSON.parse(bed.run('node-1', 'cat', CONFLIST).stdout)).toMatchObject({
    plugins: [
      { type: 'bridge', bridge: 'kube-bridge', ipam: { type: 'host-local', subnet: own } },
      { type: 'portmap' },
    ],
  });
  const pods = [
    `${cidrs.get('control-plane')} via 10.0.0.10 dev eth0 proto 17 \n`,
    `${cidrs.get('node-2')} via 10.0.0.12 dev eth0 proto 17 \n`,
    `${own} dev kube-bridge proto kernel scope link src ${own.replace('.0/24', '.1')} \n`,
  ];
  const uplink = '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.11 \n';
  expect(bed.run('node-1', 'ip', 'route').stdout).toBe(
    `default via 10.0.0.1 dev eth0 \n${uplink}${pods.sort().join('')}`,
  );
  expect(bed.run('node-1', '/opt/cni/bin/bridge').stderr).toContain('CNI bridge plugin');
  expect(bed.run('node-1', 'ip', 'link').stdout).toMatch(/veth[0-9a-f]{8}@if2: .* master kube-bridge state UP/);
});

test('without its route a node does not reach the Pods of another; the agent brings it back', () => {
  const bed = new Testbed();
  bed.apply([podOn('node-1', 'one'), podOn('node-2', 'two')].join('---\n'));
  bed.untilReady('one');
  bed.untilReady('two');
  const address = bed.podView('two')!.ip!;
  const ping = () => bed.kubectlAnyway('exec', 'one', '--', 'ping', '-c', '1', '-W', '1', address).exitCode;
  expect(ping()).toBe(0);
  const subnet = address.replace(/\d+$/, '0/24');
  bed.run('node-1', 'ip', 'route', 'del', subnet);
  expect(ping()).toBe(1);
  const tried = bed.cluster.followRequest({ from: { pod: 'one' }, host: address, port: 80, timeoutMs: 1000 });
  expect(tried.outcome).toMatchObject({ where: { name: 'node-1' }, message: expect.stringContaining('default route') });
  bed.kubectl('rollout', 'restart', 'daemonset/kube-router', '-n', 'kube-system');
  bed.until('the route is back', () => bed.run('node-1', 'ip', 'route').stdout.includes(subnet), 120);
  expect(ping()).toBe(0);
});

test('what leaves the cluster bears the address of its node; from outside no Pod is reached', () => {
  const bed = new Testbed();
  bed.apply(podOn('node-1', 'one'));
  bed.untilReady('one');
  bed.cluster.submit({ kind: 'run', run: 'run-100', host: 'workstation', argv: ['nc', '-l', '-p', '8000'] });
  bed.pass(1);
  bed.kubectlAnyway('exec', 'one', '--', 'sh', '-c', 'echo hi | nc -w 1 10.0.0.2 8000');
  const [request] = bed.cluster.requests({ from: 'one', port: 8000 });
  expect(request).toMatchObject({ outcome: { kind: 'connected' }, arrived: { source: { address: '10.0.0.11' } } });
  expect(bed.sh(`curl -sS -m 2 ${bed.podView('one')!.ip}`).exitCode).toBe(28);
});

test('without a configuration the node is not ready, and Pods wait with the reason', () => {
  const bed = new Testbed();
  bed.moveFile('node-1', CONFLIST, '/root/conflist');
  bed.until('node-1 is not ready', () => readyCondition(bed, 'node-1')?.status === 'False', 30);
  expect(readyCondition(bed, 'node-1')).toMatchObject({ reason: 'KubeletNotReady', message: NOT_READY });
  bed.apply(podOn('node-1', 'late'));
  bed.pass(5);
  expect(bed.podView('late')?.status).toBe('ContainerCreating');
  expect(bed.eventsOf('late')).toContain(`NetworkNotReady: network is not ready: ${NOT_READY}`);
  bed.moveFile('node-1', '/root/conflist', CONFLIST);
  bed.untilReady('late', 60);
  bed.until('node-1 is ready', () => readyCondition(bed, 'node-1')?.status === 'True', 30);
});

test('a DaemonSet that is deleted leaves what it wrote; a node that loses it too comes back with the next one', () => {
  const bed = new Testbed();
  const manifest = bed.kubectl('get', 'daemonset', 'kube-router', '-n', 'kube-system', '-o', 'yaml');
  bed.kubectl('delete', 'daemonset', 'kube-router', '-n', 'kube-system');
  bed.until('its Pods are gone', () =>
    bed.podViews('kube-system').every(({ name }) => !name.startsWith('kube-router')),
  );
  bed.apply(podOn('node-1', 'one'));
  bed.untilReady('one');
  bed.run('node-2', 'rm', CONFLIST);
  bed.until('node-2 is not ready', () => readyCondition(bed, 'node-2')?.status === 'False', 30);
  expect(readyCondition(bed, 'node-1')?.status).toBe('True');
  bed.apply(manifest.replace(/^ {2}(resourceVersion|uid|creationTimestamp|generation):.*\n/gm, ''));
  bed.until('node-2 is ready', () => readyCondition(bed, 'node-2')?.status === 'True', 60);
});

test('a machine that was off and on has its bridge and its routes again', () => {
  const bed = new Testbed();
  bed.apply([podOn('node-1', 'one'), podOn('node-2', 'two')].join('---\n'));
  bed.untilReady('one');
  bed.untilReady('two');
  bed.power('node-1', 'off');
  bed.pass(5);
  bed.power('node-1', 'on');
  expect(bed.run('node-1', 'ip', 'route').stdout).not.toContain('kube-bridge');
  bed.until('the route is back', () => bed.run('node-1', 'ip', 'route').stdout.includes('proto 17'), 120);
  bed.until('the Pod is back', () => bed.podView('one')?.ready === true, 120);
  const reach = bed.kubectlAnyway('exec', 'one', '--', 'ping', '-c', '1', '-W', '1', bed.podView('two')!.ip!);
  expect(reach.exitCode).toBe(0);
});

test('lsns on a node shows a network namespace for each Pod, which its pause has begun', () => {
  const own = new Testbed({ workers: [{}] });
  own.apply(scriptPod('web', 'sleep 3600'));
  own.untilReady('web');
  const namespaces = (type: string): string[] =>
    own.run('node-1', 'sh', '-c', `lsns -t ${type}`).stdout.trim().split('\n');
  const [head, ...rows] = namespaces('net');
  expect(head).toMatch(/^NS TYPE +NPROCS +PID USER +COMMAND$/);
  const inode = own.run('node-1', 'sh', '-c', 'readlink /proc/$(pgrep -f "sleep 3600" | head -n 1)/ns/net').stdout;
  const row = rows.filter((each) => each.trim().startsWith(/\d+/.exec(inode)![0]));
  expect(row).toHaveLength(1);
  expect(row[0]).toMatch(/ net +\d+ +\d+ \S+ +\/pause$/);
  // The machine's own comes first: its first process is init.
  expect(rows[0]).toMatch(/ net +\d+ +1 root /);
  expect(namespaces('pid').length).toBeGreaterThan(2);
});
