import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';
const Mi = 1024 * 1024;

function container(name: string, requests?: Record<string, string>, limits?: Record<string, string>) {
  return { name, image: IMAGE, resources: { requests, limits } };
}

function cgroupOf(node: NodeFixture, pod: Pod, qos: '' | 'burstable' | 'besteffort') {
  const id = `pod${pod.metadata.uid.replaceAll('-', '_')}`;
  const parent = qos === '' ? '/kubepods.slice' : `/kubepods.slice/kubepods-${qos}.slice`;
  return node.host.cgroup(`${parent}/kubepods-${qos === '' ? '' : `${qos}-`}${id}.slice`);
}

test('the groups of Pods have what they ask for and no more than they may', () => {
  const node = new NodeFixture();
  node.run('guaranteed', { containers: [container('a', undefined, { cpu: '500m', memory: '100Mi' })] });
  node.run('burstable', {
    containers: [container('a', { cpu: '250m', memory: '64Mi' }, { memory: '128Mi' }), container('b', { cpu: '250m' })],
  });
  node.run('none', { containers: [container('a')] });
  for (const name of ['guaranteed', 'burstable', 'none']) node.untilReady(name);
  expect(cgroupOf(node, node.pod('guaranteed'), '')?.limits).toMatchObject({
    cpuShares: 512,
    cpuQuotaMillis: 500,
    memoryBytes: 100 * Mi,
  });
  const burstable = cgroupOf(node, node.pod('burstable'), 'burstable');
  expect(burstable?.limits).toMatchObject({ cpuShares: 512, memoryBytes: undefined, cpuQuotaMillis: undefined });
  expect(cgroupOf(node, node.pod('none'), 'besteffort')?.limits.cpuShares).toBe(2);
  expect(node.host.cgroup('/kubepods.slice')?.limits.memoryBytes).toBe(2048 * Mi);
  expect(node.host.cgroup('/kubepods.slice/kubepods-burstable.slice')?.limits.cpuShares).toBe(512);
  node.delete('burstable', 0);
  node.until(() => node.findPod('burstable') === undefined, 5000);
  node.sim.runFor(1000);
  expect(node.host.cgroup(burstable!.path)).toBeUndefined();
  expect(node.host.cgroup('/kubepods.slice/kubepods-burstable.slice')?.limits.cpuShares).toBe(2);
});

test('who asks for little memory is killed first', () => {
  const node = new NodeFixture();
  const score = (name: string): string => node.execute(name, 'a', ['cat', '/proc/self/oom_score_adj']);
  node.run('guaranteed', { containers: [container('a', undefined, { cpu: '1', memory: '100Mi' })] });
  node.run('burstable', { containers: [container('a', { memory: '512Mi' })] });
  node.run('none', { containers: [container('a')] });
  for (const name of ['guaranteed', 'burstable', 'none']) node.untilReady(name);
  expect(['guaranteed', 'burstable', 'none'].map(score)).toEqual(['-997\n', '750\n', '1000\n']);
});

test.each<[string, Partial<Pod['spec']>, string, string]>([
  [
    'too much CPU',
    { containers: [container('a', { cpu: '1500m' })] },
    'OutOfcpu',
    "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
  ],
  [
    'a port that is taken',
    { containers: [{ name: 'a', image: IMAGE, ports: [{ containerPort: 80, hostPort: 8080 }] }] },
    'NodePorts',
    "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
  ],
  [
    'another node is meant',
    { nodeSelector: { disk: 'ssd' }, containers: [container('a')] },
    'NodeAffinity',
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
])('the kubelet refuses what does not fit: %s', (_, spec, reason, message) => {
  const node = new NodeFixture();
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  node.run('first', { containers: [{ ...container('a', { cpu: '1' }), ports }] });
  node.untilReady('first');
  node.run('second', spec);
  expect(node.untilPhase('second', 'Failed').status).toMatchObject({ reason, message: `Pod was rejected: ${message}` });
  expect(node.events('second')).toEqual([`${reason}: ${message}`]);
});

function resize(node: NodeFixture, name: string, resources: object): void {
  node.client.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/default/pods/${name}/resize`,
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body: { spec: { containers: [{ name: 'a', resources }] } },
  });
}

const pendingResize = (node: NodeFixture, name: string) =>
  node.pod(name).status?.conditions?.find(({ type }) => type === 'PodResizePending');

test('a container gets more without a restart, and its status shows it', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [container('a', { cpu: '500m', memory: '64Mi' }, { cpu: '1', memory: '128Mi' })] });
  const { uid } = node.untilReady('web').metadata;
  resize(node, 'web', { requests: { cpu: '800m' }, limits: { memory: '256Mi' } });
  node.sim.runFor(1000);
  const [status] = node.pod('web').status?.containerStatuses ?? [];
  expect(status).toMatchObject({
    restartCount: 0,
    resources: { requests: { cpu: '800m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
  });
  const group = cgroupOf(node, node.pod('web'), 'burstable');
  expect(group?.limits).toMatchObject({ cpuShares: 819, memoryBytes: 256 * Mi });
  const id = status?.containerID?.replace('containerd://', '');
  expect(node.host.cgroup(`${group?.path}/cri-containerd-${id}.scope`)?.limits).toMatchObject({
    cpuShares: 819,
    memoryBytes: 256 * Mi,
  });
  expect(node.pod('web').metadata.uid).toBe(uid);
  expect(node.events('web').slice(-2)).toEqual([
    expect.stringMatching(/^ResizeStarted: Pod resize started: \{"containers":/),
    expect.stringMatching(/^ResizeCompleted: Pod resize completed: \{"containers":/),
  ]);
});

test('a resize policy may ask for a restart', () => {
  const node = new NodeFixture();
  const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
  node.run('web', { containers: [{ ...container('a', { memory: '64Mi' }), resizePolicy }] });
  node.untilReady('web');
  resize(node, 'web', { requests: { memory: '96Mi' } });
  node.until(() => node.pod('web').status?.containerStatuses?.[0]?.restartCount === 1, 30_000);
  expect(node.events('web')).toContain('Killing: Container a resize requires restart');
});

test('what the node does not have now is deferred, what it never has is infeasible', () => {
  const node = new NodeFixture();
  node.run('other', { containers: [container('a', { cpu: '1200m' })], terminationGracePeriodSeconds: 1 });
  node.run('web', { containers: [container('a', { cpu: '500m' })] });
  node.untilReady('other');
  node.untilReady('web');
  resize(node, 'web', { requests: { cpu: '4' } });
  node.sim.runFor(1000);
  expect(pendingResize(node, 'web')).toMatchObject({
    status: 'True',
    reason: 'Infeasible',
    message: "Node didn't have enough capacity: cpu, requested: 4000, capacity: 2000",
  });
  resize(node, 'web', { requests: { cpu: '1500m' } });
  node.sim.runFor(1000);
  expect(pendingResize(node, 'web')).toMatchObject({
    reason: 'Deferred',
    message: "Node didn't have enough resource: cpu, requested: 1500, used: 1200, capacity: 2000",
  });
  expect(node.pod('web').status?.containerStatuses?.[0]?.resources?.requests).toEqual({ cpu: '500m' });
  node.delete('other', 1);
  node.sim.runFor(20_000);
  expect(pendingResize(node, 'web')).toBeUndefined();
  expect(node.pod('web').status?.containerStatuses?.[0]?.resources?.requests).toEqual({ cpu: '1500m' });
});
