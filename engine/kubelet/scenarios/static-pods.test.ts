import { expect, test } from 'vitest';
import { nodes, pods } from '../../api/resources.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const MANIFEST = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: kube-system
  labels: {tier: control-plane}
spec:
  hostNetwork: true
  containers:
  - name: main
    image: tools:1
    command: [serve, "8080"]
`;
const PATH = '/etc/kubernetes/manifests/web.yaml';
const running = (node: NodeFixture): number =>
  node.containerd.listContainers().filter(({ state }) => state === 'CONTAINER_RUNNING').length;

test('a static Pod runs without any API server, and shows itself when there is one', () => {
  const node = new NodeFixture({ apiServer: false, files: { [PATH]: MANIFEST } });
  node.until(() => running(node) === 1, 20_000);
  node.sim.runFor(20_000);
  node.startApiServer();
  node.until(() => node.findPod('web-node-1', 'kube-system')?.status?.phase === 'Running', 60_000);
  const mirror = node.pod('web-node-1', 'kube-system');
  expect(mirror.metadata.annotations).toMatchObject({
    'kubernetes.io/config.source': 'file',
    'kubernetes.io/config.hash': mirror.metadata.annotations?.['kubernetes.io/config.mirror'],
  });
  expect(mirror.metadata.labels).toEqual({ tier: 'control-plane' });
  expect(mirror.status).toMatchObject({ hostIP: '172.18.0.2', podIP: '172.18.0.2', phase: 'Running' });
  expect(node.client.resource(nodes).list().items).toHaveLength(1);
});

test('what somebody else says of a mirror’s readiness is set right', () => {
  const node = new NodeFixture({ files: { [PATH]: MANIFEST } });
  const ready = () =>
    node.findPod('web-node-1', 'kube-system')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  node.until(() => ready() === 'True', 60_000);
  const mirror = node.pod('web-node-1', 'kube-system');
  const conditions = mirror.status!.conditions!.map((each) =>
    each.type === 'Ready' ? { ...each, status: 'False' } : each,
  );
  node.client.resource(pods).updateStatus({ ...mirror, status: { ...mirror.status, conditions } });
  expect(ready()).toBe('False');
  node.until(() => ready() === 'True', 20_000);
});

test('a mirror that is deleted comes back; the Pod does not notice', () => {
  const node = new NodeFixture({ files: { [PATH]: MANIFEST } });
  const find = () => node.findPod('web-node-1', 'kube-system');
  node.until(() => find()?.status?.phase === 'Running', 30_000);
  const before = find()!;
  const container = node.containerd.listContainers()[0]!.id;
  node.client.resource(pods).delete('web-node-1', 'kube-system');
  node.until(() => find() !== undefined && find()!.metadata.uid !== before.metadata.uid, 60_000);
  node.until(() => find()?.status?.phase === 'Running', 5000);
  expect(node.containerd.listContainers().map(({ id }) => id)).toEqual([container]);
});

test('a static Pod comes and goes with its file', () => {
  const node = new NodeFixture();
  node.sim.runFor(5000);
  node.host.root.writeFile(PATH, MANIFEST);
  node.until(() => node.findPod('web-node-1', 'kube-system')?.status?.phase === 'Running', 10_000);
  node.host.root.rename(PATH, '/root.yaml');
  node.until(() => running(node) === 0 && node.findPod('web-node-1', 'kube-system') === undefined, 60_000);
  node.host.root.rename('/root.yaml', PATH);
  node.until(() => node.findPod('web-node-1', 'kube-system')?.status?.phase === 'Running', 10_000);
});

test('a changed manifest replaces the Pod once the old one has ended', () => {
  const node = new NodeFixture({ files: { [PATH]: MANIFEST } });
  node.until(() => node.findPod('web-node-1', 'kube-system')?.status?.phase === 'Running', 30_000);
  node.host.root.writeFile(PATH, MANIFEST.replace('8080', '8081'));
  node.until(() => node.findPod('web-node-1', 'kube-system')?.spec.containers[0]?.command?.[1] === '8081', 60_000);
  node.until(() => node.findPod('web-node-1', 'kube-system')?.status?.phase === 'Running', 10_000);
  expect(running(node)).toBe(1);
});

test('a manifest that changed while no API server answered is shown once one does', () => {
  const node = new NodeFixture({ files: { [PATH]: MANIFEST } });
  node.until(() => node.findPod('web-node-1', 'kube-system')?.status?.phase === 'Running', 30_000);
  node.cutOff = true;
  node.host.root.writeFile(PATH, MANIFEST.replace('8080', '8081'));
  node.sim.runFor(60_000);
  expect(running(node)).toBe(1);
  node.cutOff = false;
  node.until(() => node.findPod('web-node-1', 'kube-system')?.spec.containers[0]?.command?.[1] === '8081', 120_000);
});

test('files that are no Pods are left alone', () => {
  const node = new NodeFixture({
    files: {
      '/etc/kubernetes/manifests/broken.yaml': 'a: [b',
      '/etc/kubernetes/manifests/other.yaml': 'kind: Service\nmetadata: {name: x}\n',
      '/etc/kubernetes/manifests/wrong.yaml': 'kind: Pod\nmetadata: {name: x}\nspec: {containers: [3]}\n',
      [PATH]: MANIFEST,
    },
  });
  node.until(() => running(node) === 1, 20_000);
  const complaints = node.sim.trace.entries.filter(({ kind }) => kind === 'kubelet.manifest');
  expect(complaints.map(({ subject }) => subject.split('/').at(-1))).toEqual([
    'broken.yaml',
    'other.yaml',
    'wrong.yaml',
  ]);
});
