import { expect, test } from 'vitest';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';
const Mi = 1024 * 1024;

function running(): NodeFixture {
  const node = new NodeFixture();
  node.run('hungry', {
    containers: [
      { name: 'eater', image: IMAGE, command: ['eat', String(100 * Mi)] },
      { name: 'idle', image: IMAGE },
    ],
  });
  node.untilReady('hungry');
  node.sim.runFor(1000);
  return node;
}

const get = (node: NodeFixture, path: string) => node.kubelet.nodeApi.get(path, new URLSearchParams())?.body ?? '';

test('what containers use is read from their control groups', () => {
  const node = running();
  const { nodeName, node: whole, pods } = node.kubelet.nodeApi.usage();
  expect(nodeName).toBe('node-1');
  expect(pods).toMatchObject([
    {
      podRef: { name: 'hungry', namespace: 'default' },
      containers: [{ name: 'eater', memoryBytes: 100 * Mi }, { name: 'idle' }],
    },
  ]);
  expect(whole.memoryBytes).toBeGreaterThan(100 * Mi);
});

test('the endpoints of port 10250', () => {
  const node = running();
  expect(get(node, '/healthz')).toBe('ok');
  expect(JSON.parse(get(node, '/pods')).items[0].metadata.name).toBe('hungry');
  expect(JSON.parse(get(node, '/configz')).kubeletconfig.maxPods).toBe(110);
  const summary = JSON.parse(get(node, '/stats/summary'));
  expect(summary.pods[0].containers[0]).toMatchObject({ name: 'eater', memory: { workingSetBytes: 100 * Mi } });
  expect(summary.node.fs.capacityBytes).toBeGreaterThan(summary.node.fs.usedBytes);
  expect(get(node, '/metrics/resource')).toContain(
    `container_memory_working_set_bytes{container="eater",namespace="default",pod="hungry"} ${100 * Mi} `,
  );
  expect(get(node, '/metrics')).toContain('kubelet_running_containers{container_state="running"} 2\n');
  expect(node.kubelet.nodeApi.get('/nothing', new URLSearchParams())).toBeUndefined();
});

test('how much of a volume of the Pod is in use', () => {
  const node = new NodeFixture();
  node.run('writer', {
    containers: [{ name: 'main', image: IMAGE, volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  });
  node.untilReady('writer');
  const { uid } = node.pod('writer').metadata;
  const directory = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/scratch`;
  node.host.root.writeFile(`${directory}/file`, new Uint8Array(8192).fill(1));
  const [volume] = JSON.parse(get(node, '/stats/summary')).pods[0].volume;
  expect(volume).toMatchObject({ name: 'scratch', usedBytes: 8192 + 4096, inodesUsed: 2 });
  expect(volume.capacityBytes).toBeGreaterThan(volume.availableBytes);
});

test('a Pod that has ended uses no volumes, and the others are told of all the same', () => {
  const node = new NodeFixture();
  node.run('done', {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['exit', '0'],
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  });
  node.untilPhase('done', 'Succeeded');
  node.run('eater', { containers: [{ name: 'main', image: IMAGE }] });
  node.untilReady('eater');
  const { pods } = JSON.parse(get(node, '/stats/summary'));
  expect(pods).toMatchObject([{ podRef: { name: 'eater' }, volume: [] }]);
});

test('a log can be had over it', () => {
  const node = new NodeFixture();
  node.run('talk', { restartPolicy: 'Never', containers: [{ name: 'main', image: IMAGE, command: ['count', '2'] }] });
  node.untilPhase('talk', 'Succeeded');
  expect(get(node, '/containerLogs/default/talk/main')).toBe('2\n1\n');
  expect(() => get(node, '/containerLogs/default/none/main')).toThrow('pod "none" not found in namespace "default"');
});
