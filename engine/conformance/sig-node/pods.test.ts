import { expect, test } from 'vitest';
import type { Container, Pod } from '../../api/kinds.ts';
import type { NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import { IMAGE, output, podOf, sh, startNode } from '../testing/pod-runner.ts';

const PODS = '/api/v1/namespaces/default/pods';

const status = (node: NodeFixture, name = 'pod') => node.pod(name).status?.containerStatuses?.[0];
const restarts = (node: NodeFixture) => status(node)?.restartCount ?? 0;

function message(container: Partial<Container>): string | undefined {
  const node = startNode();
  output(node, podOf(container));
  return status(node)?.state?.terminated?.message;
}

const FALLBACK = { terminationMessagePolicy: 'FallbackToLogsOnError' as const };

test('Container Runtime, TerminationMessage, from log output of succeeding container', () => {
  expect(message({ ...sh('echo DONE'), ...FALLBACK })).toBeUndefined();
});

test('Container Runtime, TerminationMessage, from file of succeeding container', () => {
  expect(message({ ...sh('printf OK > /dev/termination-log; echo DONE'), ...FALLBACK })).toBe('OK');
});

test("Container Runtime, TerminationMessage, from container's log output of failing container", () => {
  expect(message({ ...sh('printf DONE; exit 1'), ...FALLBACK })).toBe('DONE');
});

test('Container Runtime, TerminationMessagePath, non-root user and non-default path', () => {
  const terminationMessagePath = '/dev/termination-custom-log';
  const securityContext = { runAsUser: 1000 };
  const script = sh('printf DONE > /dev/termination-custom-log');
  expect(message({ ...script, terminationMessagePath, securityContext })).toBe('DONE');
});

test('Container Runtime, Restart Policy, Pod Phases', () => {
  const script = sh('[ -e /data/ran ] && exit 0; touch /data/ran; exit 1');
  for (const [restartPolicy, phase, count] of [
    ['Always', 'Running', 1],
    ['OnFailure', 'Succeeded', 1],
    ['Never', 'Failed', 0],
  ] as const) {
    const node = startNode();
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    node.run('pod', podOf({ ...script, volumeMounts }, { restartPolicy, volumes: [{ name: 'data', emptyDir: {} }] }));
    node.sim.runFor(20_000);
    expect(node.pod('pod').status?.phase).toBe(phase);
    expect(restarts(node)).toBeGreaterThanOrEqual(count);
  }
});

test('Kubelet, failed pod, terminated reason', () => {
  const node = startNode();
  node.run('pod', podOf(sh('false'), { restartPolicy: 'Always' }));
  node.until(
    () => status(node)?.lastState?.terminated !== undefined || status(node)?.state?.terminated !== undefined,
    10_000,
  );
  const { state, lastState } = status(node)!;
  expect((state?.terminated ?? lastState?.terminated)?.reason).toBe('Error');
});

test('Kubelet, failed pod, delete', () => {
  const node = startNode();
  node.run('pod', podOf(sh('false'), { restartPolicy: 'Always' }));
  node.sim.runFor(5000);
  node.delete('pod');
  node.until(() => node.findPod('pod') === undefined, 40_000);
});

function withInit(restartPolicy: 'Always' | 'Never', ...scripts: string[]): NodeFixture {
  const node = startNode();
  const initContainers = scripts.map((script, index) => ({ name: `init${index + 1}`, image: IMAGE, ...sh(script) }));
  node.run('pod', podOf(sh(restartPolicy === 'Always' ? 'sleep 3600' : 'true'), { restartPolicy, initContainers }));
  return node;
}

const initialized = (node: NodeFixture) =>
  node.pod('pod').status?.conditions?.find(({ type }) => type === 'Initialized')?.status;

test('init-container-starts-app-restartnever-pod', () => {
  const node = withInit('Never', 'true', 'true');
  node.untilPhase('pod', 'Succeeded');
  expect(initialized(node)).toBe('True');
});

test('init-container-starts-app-restartalways-pod', () => {
  const node = withInit('Always', 'true', 'true');
  node.untilPhase('pod', 'Running');
  expect(initialized(node)).toBe('True');
});

test('init-container-fails-stops-app-restartnever-pod', () => {
  const node = withInit('Never', 'true', 'false');
  node.untilPhase('pod', 'Failed');
  expect(initialized(node)).toBe('False');
  expect(status(node)?.state?.waiting?.reason).toBe('PodInitializing');
});

test('init-container-fails-stops-app-restartalways-pod', () => {
  const node = withInit('Always', 'false', 'true');
  node.until(() => (node.pod('pod').status?.initContainerStatuses?.[0]?.restartCount ?? 0) >= 3, 120_000);
  expect(node.pod('pod').status?.phase).toBe('Pending');
  expect(initialized(node)).toBe('False');
  expect(node.pod('pod').status?.initContainerStatuses?.[1]?.state?.waiting?.reason).toBe('PodInitializing');
});

test('Pods, QOS', () => {
  const node = startNode();
  const amounts = { cpu: '100m', memory: '100Mi' };
  node.run('pod', podOf({ resources: { requests: amounts, limits: amounts } }));
  expect(node.pod('pod').status?.qosClass).toBe('Guaranteed');
});

test('Pods, assigned hostip', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 3600')));
  node.untilPhase('pod', 'Running');
  expect(node.pod('pod').status?.hostIP).toBe('172.18.0.2');
});

test('Pods, ActiveDeadlineSeconds', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 3600')));
  node.untilPhase('pod', 'Running');
  const headers = { 'content-type': 'application/merge-patch+json' };
  const body = { spec: { activeDeadlineSeconds: 5 } };
  node.client.request({ method: 'PATCH', path: `${PODS}/pod`, headers, body });
  expect(node.untilPhase('pod', 'Failed', 60_000).status?.reason).toBe('DeadlineExceeded');
});

test('Pods, update', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 3600')), { labels: { time: '1' } });
  node.untilPhase('pod', 'Running');
  const headers = { 'content-type': 'application/merge-patch+json' };
  const body = { metadata: { labels: { time: '2' } } };
  node.client.request({ method: 'PATCH', path: `${PODS}/pod`, headers, body });
  node.sim.runFor(1000);
  expect(node.pod('pod').metadata.labels).toEqual({ time: '2' });
  expect(restarts(node)).toBe(0);
});

test('Pods, lifecycle', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 3600'), { terminationGracePeriodSeconds: 5 }));
  node.untilPhase('pod', 'Running');
  node.delete('pod', 5);
  expect(node.pod('pod').metadata.deletionTimestamp).toBeDefined();
  node.until(() => node.findPod('pod') === undefined, 30_000);
});

test('Pods, delete a collection', () => {
  const node = startNode();
  for (const name of ['one', 'two', 'three']) {
    node.run(name, podOf(sh('sleep 3600'), { terminationGracePeriodSeconds: 1 }), { labels: { type: 'Testing' } });
  }
  node.untilPhase('three', 'Running');
  node.client.request({ method: 'DELETE', path: PODS, query: { labelSelector: 'type=Testing' } });
  node.until(() => node.findPod('one') === undefined && node.findPod('three') === undefined, 60_000);
});

function addDebugger(node: NodeFixture, container: object): void {
  const headers = { 'content-type': 'application/strategic-merge-patch+json' };
  const body = { spec: { ephemeralContainers: [container] } };
  node.client.request({ method: 'PATCH', path: `${PODS}/pod/ephemeralcontainers`, headers, body });
}

test('Ephemeral Container Creation', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 3600')));
  node.untilPhase('pod', 'Running');
  addDebugger(node, { name: 'debugger', image: IMAGE, command: ['sh', '-c', 'echo polo; sleep 3600'] });
  const running = () => node.pod('pod').status?.ephemeralContainerStatuses?.[0]?.state?.running !== undefined;
  node.until(running, 10_000);
  node.sim.runFor(100);
  expect(node.logs('pod', 'debugger')).toBe('polo\n');
  expect(node.execute('pod', 'debugger', ['echo', 'marco'])).toBe('marco\n');
});

test('Ephemeral Container, update ephemeral containers', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 3600')));
  node.untilPhase('pod', 'Running');
  addDebugger(node, { name: 'first', image: IMAGE, command: ['sleep', '3600'] });
  addDebugger(node, { name: 'second', image: IMAGE, command: ['sleep', '3600'], targetContainerName: 'main' });
  node.until(
    () =>
      node.pod('pod').status?.ephemeralContainerStatuses?.filter(({ state }) => state?.running !== undefined).length ===
      2,
    10_000,
  );
  expect((node.pod('pod').spec as Pod['spec']).ephemeralContainers?.map(({ name }) => name)).toEqual([
    'first',
    'second',
  ]);
  // It sees the processes of the container that it is aimed at.
  expect(node.execute('pod', 'second', ['ps'])).toContain('sleep 3600');
  expect(restarts(node)).toBe(0);
});
