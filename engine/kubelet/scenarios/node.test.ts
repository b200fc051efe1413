import { expect, test } from 'vitest';
import { leases, nodes } from '../../api/resources.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

test('the kubelet registers its node', () => {
  const node = new NodeFixture();
  node.sim.runFor(1000);
  const { metadata, status } = node.node();
  expect(metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux' });
  expect(status).toMatchObject({
    addresses: [
      { type: 'InternalIP', address: '172.18.0.2' },
      { type: 'Hostname', address: 'node-1' },
    ],
    capacity: { cpu: '2', memory: '2Gi', pods: '110' },
    allocatable: { cpu: '2', memory: '1948Mi', pods: '110' },
    nodeInfo: { containerRuntimeVersion: 'containerd://2.2.1', kubeletVersion: 'v1.36.2', operatingSystem: 'linux' },
  });
  expect(status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)).toEqual([
    'MemoryPressure=False KubeletHasSufficientMemory',
    'DiskPressure=False KubeletHasNoDiskPressure',
    'PIDPressure=False KubeletHasSufficientPID',
    'Ready=True KubeletReady',
  ]);
  expect(node.events('node-1')).toEqual(
    expect.arrayContaining([
      'Starting: Starting kubelet.',
      'NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory',
      'NodeReady: Node node-1 status is now: NodeReady',
    ]),
  );
});

test('the kubelet tells when its node is cordoned and uncordoned', () => {
  const node = new NodeFixture();
  node.sim.runFor(15_000);
  const told = () => node.events('node-1').filter((line) => line.includes('chedulable'));
  const mark = (unschedulable: boolean) => {
    node.client.resource(nodes).patch('node-1', undefined, 'merge', { spec: { unschedulable } });
    node.sim.runFor(10_000);
  };
  expect(told()).toEqual([]);
  mark(true);
  mark(false);
  expect(told()).toEqual([
    'NodeNotSchedulable: Node node-1 status is now: NodeNotSchedulable',
    'NodeSchedulable: Node node-1 status is now: NodeSchedulable',
  ]);
});

test('the Lease is renewed every ten seconds, an unchanged status written every five minutes', () => {
  const node = new NodeFixture();
  node.sim.runFor(15_000);
  const version = node.node().metadata.resourceVersion;
  const renewals = new Set<string>();
  for (let i = 0; i < 20; i++) {
    node.sim.runFor(10_000);
    renewals.add(node.client.resource(leases).get('node-1', 'kube-node-lease').spec!.renewTime!);
  }
  expect(renewals.size).toBe(20);
  expect(node.node().metadata.resourceVersion).toBe(version);
  node.sim.runFor(150_000);
  expect(node.node().metadata.resourceVersion).not.toBe(version);
});

test('a node whose runtime is gone is not ready', () => {
  const node = new NodeFixture();
  node.sim.runFor(1000);
  node.containerd.serve()();
  node.sim.runFor(20_000);
  expect(node.node().status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    message: 'container runtime is down',
  });
  node.run('web', { containers: [{ name: 'main', image: 'tools:1' }] });
  node.sim.runFor(5000);
  node.containerd.serve();
  node.untilReady('web', 30_000);
});
