import { expect, test } from 'vitest';
import { IMAGE, podOf, sh, startNode } from '../../conformance/testing/pod-runner.ts';

test("two Pods of a node do not see each other's processes, nor the node's", () => {
  const node = startNode();
  node.run('one', podOf({ command: ['sleep', '1111'] }));
  node.run('two', podOf({ command: ['sleep', '2222'] }));
  node.untilReady('one');
  node.untilReady('two');
  const seen = node.execute('one', 'main', ['ps']);
  expect(seen).toContain('sleep 1111');
  expect(seen).not.toContain('2222');
  expect(seen.trim().split('\n')).toHaveLength(3);
});

test('with hostPID a Pod sees everything', () => {
  const node = startNode();
  node.run('one', podOf({ command: ['sleep', '1111'] }));
  node.run('host', podOf({ command: ['sleep', '2222'] }, { hostPID: true }));
  node.untilReady('one');
  node.untilReady('host');
  expect(node.execute('host', 'main', ['ps'])).toContain('sleep 1111');
});

test('the containers of a Pod have the same interfaces with the same MAC, other Pods have others', () => {
  const node = startNode();
  const idle = sh('sleep 3600');
  node.run('pair', {
    containers: [
      { name: 'a', image: IMAGE, ...idle },
      { name: 'b', image: IMAGE, ...idle },
    ],
  });
  node.run('other', podOf(idle));
  node.untilReady('pair');
  node.untilReady('other');
  const interfaces = (pod: string, container: string): string => node.execute(pod, container, ['ip', 'addr']);
  expect(interfaces('pair', 'a')).toMatch(/eth0.*\n +link\/ether [0-9a-f:]{17}/);
  expect(interfaces('pair', 'b')).toBe(interfaces('pair', 'a'));
  expect(interfaces('other', 'main')).not.toBe(interfaces('pair', 'a'));
});

test('with hostIPC a Pod has the IPC namespace of its node, others have one of their own', () => {
  const node = startNode();
  const idle = sh('sleep 3600');
  node.run('host', podOf(idle, { hostIPC: true, hostPID: true }));
  node.run('own', podOf(idle));
  node.untilReady('host');
  node.untilReady('own');
  const ofNode = node.execute('host', 'main', ['readlink', '/proc/1/ns/ipc']);
  expect(ofNode).toMatch(/^ipc:\[\d+\]\n$/);
  expect(node.execute('host', 'main', ['readlink', '/proc/self/ns/ipc'])).toBe(ofNode);
  expect(node.execute('own', 'main', ['readlink', '/proc/self/ns/ipc'])).not.toBe(ofNode);
});

test('containers of one Pod share /dev/shm, which outlives each of them but not the Pod', () => {
  const node = startNode();
  const idle = sh('sleep 3600');
  const containers = ['a', 'b'].map((name) => ({ name, image: IMAGE, ...idle }));
  node.run('other', podOf(idle));
  node.untilReady('other');
  const ofPods = node.host.cgroup('/kubepods.slice')!;
  const ofOther = ofPods.memoryBytes;
  node.run('pair', { terminationGracePeriodSeconds: 1, containers });
  node.untilReady('pair');
  const inShell = (pod: string, container: string, script: string) =>
    node.execute(pod, container, ['sh', '-c', script]);
  const ofIdle = ofPods.memoryBytes;
  inShell('pair', 'a', 'head -c 1000000 /dev/zero > /dev/shm/page');
  expect(ofPods.memoryBytes - ofIdle).toBeGreaterThanOrEqual(1_000_000);
  expect(inShell('pair', 'b', 'wc -c < /dev/shm/page')).toBe('1000000\n');
  expect(inShell('other', 'main', 'ls /dev/shm')).toBe('');
  node.host.kill(node.containerd.listContainers().find(({ metadata }) => metadata.name === 'a')!.pid, 'KILL');
  node.until(() => node.pod('pair').status?.containerStatuses?.[0]?.restartCount === 1, 20_000);
  node.untilReady('pair');
  expect(inShell('pair', 'a', 'ls /dev/shm')).toBe('page\n');
  node.delete('pair');
  node.until(() => node.findPod('pair') === undefined, 20_000);
  node.sim.runFor(1000);
  expect(ofPods.memoryBytes).toBe(ofOther);
});

test('/dev/shm holds 64 MiB, and with hostIPC it is that of the node', () => {
  const node = startNode();
  const idle = sh('sleep 3600');
  node.run('own', podOf(idle));
  node.run('host', podOf(idle, { hostIPC: true }));
  node.untilReady('own');
  node.untilReady('host');
  node.host.root.writeFile('/dev/shm/of-node', 'x');
  expect(node.execute('host', 'main', ['ls', '/dev/shm'])).toBe('of-node\n');
  expect(node.execute('own', 'main', ['sh', '-c', 'df -m /dev/shm | tail -n 1'])).toMatch(
    /^shm +64 +0 +64 +0% \/dev\/shm\n$/,
  );
});
