import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { nodes } from '../../api/resources.ts';
import { defineImage } from '../../cluster/images/definition.ts';
import { callGrpc } from '../../linux/grpc.ts';
import { allPrograms } from '../../linux/programs/all-programs.ts';
import { busyboxTree } from '../../linux/programs/index.ts';
import { POD_RESOURCES } from '../device-manager/pod-resources.ts';
import { CHECKPOINT, POD_RESOURCES_SOCKET } from '../devices.ts';
import { babbler, healthy, TestPlugin } from '../testing/device-plugin.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

// Device plugins: what a kubelet and a plugin have to say to each other, and what Pods have of it.
// https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/

const WIDGET = 'example.com/widget';

const BUSYBOX = defineImage({
  reference: 'docker.io/library/busybox:latest',
  sizeBytes: 4_000_000,
  trees: () => [busyboxTree(allPrograms), { '/etc/passwd': { text: 'root:x:0:0:root:/root:/bin/sh\n' } }],
  entrypoint: [],
});

function start(): NodeFixture {
  const node = new NodeFixture({ images: [BUSYBOX] });
  node.sim.runFor(3000);
  return node;
}

/** Capacity and allocatable amount of a resource, as the Node shows them. */
function amounts(node: NodeFixture, resource = WIDGET): string {
  const { capacity, allocatable } = node.node().status ?? {};
  return `${capacity?.[resource] ?? '-'}/${allocatable?.[resource] ?? '-'}`;
}

function wants(count: number, command = 'printenv WIDGETS; sleep 1000'): Partial<Pod['spec']> {
  const limits = { [WIDGET]: String(count) };
  return {
    containers: [
      { name: 'main', image: 'busybox', command: ['sh', '-c', command], resources: { limits, requests: limits } },
    ],
  };
}

function rejection(node: NodeFixture, name: string): string | undefined {
  const { phase, reason, message } = node.pod(name).status ?? {};
  return phase === 'Failed' ? `${reason}: ${message}` : undefined;
}

test('what a plugin has becomes capacity, and what is well allocatable within a second', () => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  expect(plugin.registered).toBe('yes');
  expect(amounts(node)).toBe('2/2');
  plugin.tell([{ ID: 'a', health: 'Unhealthy' }, ...healthy('b')]);
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('2/1');
  plugin.tell(healthy('a', 'b', 'c'));
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('3/3');
});

test('a container is given its devices, keeps them through restarts, and gives them back when its Pod has ended', () => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  node.run('first', { ...wants(1, 'echo $WIDGETS; sleep 3; exit 1'), restartPolicy: 'OnFailure' });
  node.untilPhase('first', 'Running');
  node.run('second', wants(1));
  node.untilPhase('second', 'Running');
  expect(node.logs('second', 'main')).toBe('b\n');
  node.run('third', wants(1));
  node.untilPhase('third', 'Failed');
  expect(rejection(node, 'third')).toBe(
    'UnexpectedAdmissionError: Pod was rejected: Allocate failed due to requested number of devices unavailable for ' +
      'example.com/widget. Requested: 1, Available: 0, which is unexpected',
  );
  expect(node.events('third')).toEqual([
    'UnexpectedAdmissionError: Allocate failed due to requested number of devices unavailable for ' +
      'example.com/widget. Requested: 1, Available: 0, which is unexpected',
  ]);
  node.until(() => node.pod('first').status!.containerStatuses![0]!.restartCount >= 1, 60_000);
  node.untilPhase('first', 'Running');
  expect(node.logs('first', 'main')).toBe('a\n');
  expect(plugin.calls).toEqual(['allocate a', 'allocate b']);
  node.delete('second', 1);
  node.until(() => node.findPod('second') === undefined, 60_000);
  node.run('fourth', wants(1));
  node.untilPhase('fourth', 'Running');
  expect(plugin.calls.at(-1)).toBe('allocate b');
});

test('init containers lend their devices to those that come after, sidecars keep theirs', () => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a', 'b', 'c'));
  node.sim.runFor(1000);
  const [main] = wants(2).containers!;
  const one = { limits: { [WIDGET]: '1' }, requests: { [WIDGET]: '1' } };
  const init = (name: string, more = {}) => ({
    ...main!,
    name,
    command: ['sh', '-c', 'echo $WIDGETS'],
    resources: one,
    ...more,
  });
  node.run('web', {
    initContainers: [
      init('setup'),
      init('sidecar', { restartPolicy: 'Always', command: ['sh', '-c', 'echo $WIDGETS; sleep 1000'] }),
      init('check'),
    ],
    containers: [main!],
  });
  node.untilPhase('web', 'Running');
  expect(plugin.calls).toEqual(['allocate a', 'allocate a', 'allocate b', 'allocate b,c']);
});

test('a plugin is asked for its preference, and before a container starts, if it wants to be', () => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a', 'b', 'c'), {
    options: { pre_start_required: true },
    prefers: () => ['c', 'unheard-of', 'b'],
  });
  node.sim.runFor(1000);
  node.run('web', wants(2));
  node.untilPhase('web', 'Running');
  expect(plugin.calls).toEqual(['prefer 2 of a,b,c', 'allocate c,b', 'pre-start c,b']);
});

test('what the plugin answers reaches the container: variables, mounts, devices', () => {
  const node = start();
  node.host.root.mkdir('/widget');
  node.host.root.writeFile('/widget/driver', 'v7\n');
  node.host.root.mknod('/dev/widget0', 'character', [240, 0], 0o666);
  new TestPlugin(node.host, healthy('a'), {
    allocated: () => ({
      envs: { WIDGETS: 'from the plugin', OTHER: 'too' },
      mounts: [{ container_path: '/driver', host_path: '/widget', read_only: true }],
      devices: [{ container_path: '/dev/widget', host_path: '/dev/widget0', permissions: 'rw' }],
      annotations: { 'example.com/note': 'x' },
    }),
  });
  node.sim.runFor(1000);
  const spec = wants(1, 'echo $WIDGETS $OTHER; cat /driver/driver; ls -l /dev/widget; sleep 1000');
  node.run('web', { containers: [{ ...spec.containers![0]!, env: [{ name: 'WIDGETS', value: "the Pod's" }] }] });
  node.untilPhase('web', 'Running');
  node.sim.runFor(1000);
  expect(node.logs('web', 'main')).toMatch(/^the Pod's too\nv7\ncrw.* 240, +0 .*\/dev\/widget\n$/);
});

test('without its plugin a resource keeps its capacity for five minutes, and nothing of it can be had', () => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  node.run('web', wants(1));
  node.untilPhase('web', 'Running');
  plugin.kill();
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('2/0');
  expect(node.pod('web').status!.phase).toBe('Running');
  node.run('late', wants(1));
  node.untilPhase('late', 'Failed');
  expect(rejection(node, 'late')).toBe(
    'UnexpectedAdmissionError: Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate ' +
      'unhealthy devices example.com/widget, which is unexpected',
  );
  const again = new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('2/2');
  again.kill();
  node.sim.runFor(302_000);
  expect(amounts(node)).toBe('0/0');
});

test('after a restart of the kubelet the plugin registers anew, and nobody loses or doubles a device', () => {
  const node = start();
  new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  node.run('first', wants(1));
  node.untilPhase('first', 'Running');
  node.stopKubelet();
  node.sim.runFor(1000);
  node.startKubelet();
  node.sim.runFor(3000);
  expect(node.host.root.readdir('/var/lib/kubelet/device-plugins').map(({ name }) => name)).toEqual([
    'kubelet.sock',
    'kubelet_internal_checkpoint',
  ]);
  expect(amounts(node)).toBe('0/0');
  expect(node.pod('first').status!.phase).toBe('Running');
  const plugin = new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('2/2');
  node.run('second', wants(1));
  node.untilPhase('second', 'Running');
  expect(plugin.calls).toEqual(['allocate b']);
});

test('a corrupt checkpoint is passed over: the kubelet starts and knows of no allocation', () => {
  const node = start();
  new TestPlugin(node.host, healthy('a', 'b'));
  node.sim.runFor(1000);
  node.run('first', wants(1));
  node.untilPhase('first', 'Running');
  const checkpoint = JSON.parse(new TextDecoder().decode(node.host.root.readFile(CHECKPOINT)));
  expect(checkpoint.Data.PodDeviceEntries).toMatchObject([
    { ContainerName: 'main', ResourceName: WIDGET, DeviceIDs: { '-1': ['a'] }, AllocResp: 'CgwKB1dJREdFVFMSAWE=' },
  ]);
  expect(checkpoint.Data.RegisteredDevices).toEqual({ [WIDGET]: ['a', 'b'] });
  for (const text of ['', '{', '[]', JSON.stringify({ ...checkpoint, Checksum: 1 })]) {
    node.stopKubelet();
    node.host.root.writeFile(CHECKPOINT, text);
    node.startKubelet();
    node.sim.runFor(3000);
    const told = node.sim.trace.entries.findLast(({ kind }) => kind === 'kubelet.device-plugins');
    expect(told?.detail).toMatch(/^Continue after failing to read checkpoint file/);
    expect(node.pod('first').status!.phase).toBe('Running');
  }
});

test('an amount that was written by hand is kept and copied, until the kubelet starts again', () => {
  const node = start();
  const resource = node.client.resource(nodes);
  const own = resource.get('node-1');
  resource.updateStatus({
    ...own,
    status: { ...own.status, capacity: { ...own.status!.capacity, 'example.com/dongle': '4' } },
  });
  node.sim.runFor(11_000);
  expect(amounts(node, 'example.com/dongle')).toBe('4/4');
  const limits = { 'example.com/dongle': '3' };
  node.run('web', { containers: [{ ...wants(1).containers![0]!, resources: { limits, requests: limits } }] });
  node.untilPhase('web', 'Running');
  const more = { 'example.com/dongle': '2' };
  node.run('more', { containers: [{ ...wants(1).containers![0]!, resources: { limits: more, requests: more } }] });
  node.untilPhase('more', 'Failed');
  expect(node.events('more')).toEqual([
    "OutOfexample.com/dongle: Node didn't have enough resource: example.com/dongle, requested: 2, used: 3, capacity: 4",
  ]);
  node.stopKubelet();
  node.startKubelet();
  node.sim.runFor(3000);
  expect(amounts(node, 'example.com/dongle')).toBe('0/0');
});

test('what no node has may be something of the whole cluster: the kubelet does not ask for it', () => {
  const node = start();
  const limits = { 'example.com/licence': '1' };
  node.run('web', { containers: [{ ...wants(1).containers![0]!, resources: { limits, requests: limits } }] });
  node.untilPhase('web', 'Running');
});

test('agents of the node ask the kubelet who has what', () => {
  const node = start();
  new TestPlugin(node.host, [{ ID: 'a', health: 'Healthy', topology: { nodes: [{ ID: 1 }] } }]);
  node.sim.runFor(1000);
  node.run('web', wants(1));
  node.untilPhase('web', 'Running');
  let heard: unknown;
  node.host.spawn({
    argv: ['agent'],
    *run(process) {
      const target = `unix:${POD_RESOURCES_SOCKET}`;
      heard = [
        yield* callGrpc(process, target, POD_RESOURCES, 'List', {}),
        yield* callGrpc(process, target, POD_RESOURCES, 'GetAllocatableResources', {}),
      ];
      return 0;
    },
  });
  node.sim.runFor(1000);
  const device = { resource_name: WIDGET, device_ids: ['a'], topology: { nodes: [{ ID: 1 }] } };
  expect(heard).toMatchObject([
    { pod_resources: [{ name: 'web', namespace: 'default', containers: [{ name: 'main', devices: [device] }] }] },
    { devices: [device] },
  ]);
});

test.each([
  [
    { version: 'v1alpha' },
    'requested API version "v1alpha" is not supported by kubelet. Supported version is ["v1beta1"]',
  ],
  [{ resource: 'widget' }, 'the ResourceName "widget" is invalid'],
  [{ resource: 'kubernetes.io/widget' }, 'the ResourceName "kubernetes.io/widget" is invalid'],
])('a registration with %o is refused', (options, message) => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a'), options);
  node.sim.runFor(1000);
  expect(plugin.registered).toBe(`rpc error: code = Unknown desc = ${message}`);
  expect(amounts(node)).toBe('-/-');
});

test('of two plugins for one resource the later one counts', () => {
  const node = start();
  const first = new TestPlugin(node.host, healthy('a'));
  node.sim.runFor(1000);
  const second = new TestPlugin(node.host, healthy('x', 'y'), { socket: 'second.sock' });
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('2/2');
  first.kill();
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('2/2');
  node.run('web', wants(1));
  node.untilPhase('web', 'Running');
  expect(second.calls).toEqual(['allocate x']);
});

test('a plugin that vanishes during Allocate, or refuses, fails the Pod and keeps no device', () => {
  const node = start();
  const plugin = new TestPlugin(node.host, healthy('a'), { allocateMs: 60_000 });
  node.sim.runFor(1000);
  node.run('web', wants(1));
  node.sim.runFor(2000);
  plugin.kill();
  node.untilPhase('web', 'Failed');
  expect(rejection(node, 'web')).toBe(
    'UnexpectedAdmissionError: Pod was rejected: Allocate failed due to rpc error: code = Unavailable desc = error ' +
      'reading from server: EOF, which is unexpected',
  );
  new TestPlugin(node.host, healthy('a'), { refuses: 'invalid allocation request' });
  node.sim.runFor(1000);
  node.run('again', wants(1));
  node.untilPhase('again', 'Failed');
  expect(rejection(node, 'again')).toBe(
    'UnexpectedAdmissionError: Pod was rejected: Allocate failed due to rpc error: code = Unknown desc = invalid ' +
      'allocation request, which is unexpected',
  );
});

test('a plugin that never answers holds up its Pods and nobody else', () => {
  const node = start();
  new TestPlugin(node.host, healthy('a', 'b'), { allocateMs: 1e9 });
  node.sim.runFor(1000);
  node.run('web', wants(1));
  node.run('plain', { containers: [{ name: 'main', image: 'busybox', command: ['sleep', '1000'] }] });
  node.untilPhase('plain', 'Running');
  node.sim.runFor(60_000);
  expect(node.pod('web').status!.phase).toBe('Pending');
});

test('a plugin that talks nonsense is not registered', () => {
  const node = start();
  babbler(node.host, WIDGET);
  node.sim.runFor(1000);
  expect(amounts(node)).toBe('-/-');
});

test('a device that is not on the machine keeps the container from starting', () => {
  const node = start();
  new TestPlugin(node.host, healthy('a'), {
    allocated: () => ({ devices: [{ container_path: '/dev/widget', host_path: '/dev/widget9', permissions: 'rw' }] }),
  });
  node.sim.runFor(1000);
  node.run('web', wants(1));
  node.until(() => node.events('web').some((text) => text.startsWith('Failed:')), 60_000);
  expect(node.events('web').find((text) => text.startsWith('Failed:'))).toMatch(
    /^Failed: Error: failed to generate container "[0-9a-f]{64}" spec: failed to generate spec: lstat \/dev\/widget9: no such file or directory$/,
  );
});
