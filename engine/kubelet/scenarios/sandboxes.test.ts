import { expect, test } from 'vitest';
import { isReady, NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

test('killing the pause process gives the Pod a new sandbox and a new address', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: IMAGE }] });
  const before = node.untilReady('web');
  const [sandbox] = node.containerd.listPodSandboxes();
  node.host.kill(sandbox!.pid, 'KILL');
  node.until(() => !isReady(node.findPod('web')) || node.pod('web').status?.podIP !== '10.244.1.2', 10_000);
  const after = node.untilReady('web');
  expect(node.events('web')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
  expect(before.status?.podIP).toBe('10.244.1.2');
  expect(after.status?.podIP).toBe('10.244.1.3');
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(after.status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 0 } },
  });
});

test('containers of one Pod share localhost and a volume', () => {
  const node = new NodeFixture();
  const volumeMounts = [{ name: 'shared', mountPath: '/data' }];
  node.run('pair', {
    volumes: [{ name: 'shared', emptyDir: {} }],
    containers: [
      { name: 'writer', image: IMAGE, command: ['write', '/data/page', 'hello'], volumeMounts },
      { name: 'server', image: IMAGE, command: ['serve', '80', '/data/page'], volumeMounts },
      { name: 'client', image: IMAGE, command: ['fetch', '127.0.0.1', '80'] },
    ],
  });
  node.untilReady('pair');
  node.until(() => node.logs('pair', 'client') !== '', 5000);
  expect(node.logs('pair', 'client')).toBe('ok\n');
});

test('a container whose process is killed is restarted in the same sandbox', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: IMAGE }] });
  const before = node.untilReady('web');
  node.host.kill(node.containerd.listContainers()[0]!.pid, 'KILL');
  node.until(() => node.pod('web').status?.containerStatuses?.[0]?.restartCount === 1, 5000);
  const after = node.untilReady('web');
  expect(after.status?.podIP).toBe(before.status?.podIP);
  expect(after.status?.containerStatuses?.[0]?.lastState).toMatchObject({
    terminated: { exitCode: 137, reason: 'Error' },
  });
});

test('killing the pause process of a shared process namespace ends the containers with it', () => {
  const node = new NodeFixture();
  node.run('shared', { shareProcessNamespace: true, containers: [{ name: 'main', image: IMAGE }] });
  node.untilReady('shared');
  node.host.kill(node.containerd.listPodSandboxes()[0]!.pid, 'KILL');
  node.until(() => node.pod('shared').status?.podIP === '10.244.1.3', 20_000);
  expect(node.untilReady('shared').status?.containerStatuses?.[0]?.lastState).toMatchObject({
    terminated: { exitCode: 137 },
  });
});

test('a kubelet that is restarted finds its Pods again and leaves them alone', () => {
  const node = new NodeFixture();
  node.run('web', {
    containers: [{ name: 'main', image: IMAGE, readinessProbe: { tcpSocket: { port: 80 } }, command: ['serve', '80'] }],
  });
  const before = node.untilReady('web');
  node.stopKubelet();
  node.run('gone', { containers: [{ name: 'main', image: IMAGE }] });
  node.sim.runFor(30_000);
  node.startKubelet();
  node.sim.runFor(1000);
  const after = node.pod('web');
  expect(after.status).toEqual(before.status);
  node.untilReady('gone');
});

test('Pods that were deleted while no kubelet ran are ended by the next', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: IMAGE }] });
  node.untilReady('web');
  node.stopKubelet();
  node.delete('web', 0);
  node.startKubelet();
  node.sim.runFor(20_000);
  expect(node.containerd.listPodSandboxes()).toEqual([]);
});

test('the machine loses power and comes back', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: IMAGE }] });
  node.untilReady('web');
  node.stopKubelet();
  node.host.powerOff();
  node.sim.runFor(10_000);
  node.host.powerOn();
  node.containerd.serve();
  node.startKubelet();
  node.until(() => node.pod('web').status?.containerStatuses?.[0]?.restartCount === 1, 20_000);
  expect(node.untilReady('web').status?.containerStatuses?.[0]?.lastState).toMatchObject({
    terminated: { exitCode: 255, reason: 'Unknown' },
  });
});

test('without a network configuration Pods wait and the node is not ready', () => {
  const node = new NodeFixture({ network: false });
  node.run('web', { containers: [{ name: 'main', image: IMAGE }] });
  node.sim.runFor(8000);
  const cause =
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
    'message:Network plugin returns error: cni plugin not initialized';
  expect(node.events('web')[0]).toBe(`NetworkNotReady: network is not ready: ${cause}`);
  expect(node.node().status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'KubeletNotReady',
    message: cause,
  });
});
