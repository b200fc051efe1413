import { expect, test } from 'vitest';
import type { Container } from '../../api/kinds.ts';
import type { NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import { IMAGE, output, podOf, sh, startNode } from '../testing/pod-runner.ts';

/** A Pod that writes down who asked it for something, and its address. */
function startListener(node: NodeFixture): string {
  node.run('listener', podOf({ image: 'tools:1', command: ['hear', '8080'] }));
  node.untilPhase('listener', 'Running');
  return node.pod('listener').status!.podIP!;
}

const heard = (node: NodeFixture) => node.logs('listener', 'main');

function runWithHook(lifecycle: (listener: string) => Container['lifecycle']): NodeFixture {
  const node = startNode();
  const listener = startListener(node);
  node.run('pod', podOf({ ...sh('sleep 600'), lifecycle: lifecycle(listener) }, { terminationGracePeriodSeconds: 5 }));
  node.untilPhase('pod', 'Running');
  return node;
}

const exec = (listener: string) => ({ exec: { command: ['wget', '-q', '-O-', `http://${listener}:8080/echo`] } });
const http = (host: string) => ({ httpGet: { path: '/echo', host, port: 8080 } });

test('Pod Lifecycle, post start exec hook', () => {
  const node = runWithHook((listener) => ({ postStart: exec(listener) }));
  node.until(() => heard(node).includes('/echo'), 30_000);
});

test('Pod Lifecycle, post start http hook', () => {
  const node = runWithHook((listener) => ({ postStart: http(listener) }));
  node.until(() => heard(node).includes('/echo'), 60_000);
});

test('Pod Lifecycle, prestop exec hook', () => {
  const node = runWithHook((listener) => ({ preStop: exec(listener) }));
  expect(heard(node)).toBe('');
  node.delete('pod');
  node.until(() => heard(node).includes('/echo'), 30_000);
  node.until(() => node.findPod('pod') === undefined, 60_000);
});

test('Pod Lifecycle, prestop http hook', () => {
  const node = runWithHook((listener) => ({ preStop: http(listener) }));
  node.delete('pod');
  node.until(() => heard(node).includes('/echo'), 30_000);
});

test('Pods, prestop hook', () => {
  const node = runWithHook((listener) => ({ preStop: exec(listener) }));
  node.delete('pod', 30);
  node.until(() => heard(node).includes('/echo'), 30_000);
});

const name = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
const volumes = [{ name: 'work', emptyDir: {} }];

test('VolumeSubpathEnvExpansion, subpath expansion', () => {
  const volumeMounts = [
    { name: 'work', mountPath: '/logscontainer', subPathExpr: '$(POD_NAME)' },
    { name: 'work', mountPath: '/testcontainer' },
  ];
  const script = sh('echo hello > /logscontainer/test.txt; cat /testcontainer/$POD_NAME/test.txt');
  expect(output(startNode(), podOf({ ...script, env: [name], volumeMounts }, { volumes }))).toBe('hello\n');
});

test('VolumeSubpathEnvExpansion, subpath test writes', () => {
  const node = startNode();
  const volumeMounts = [
    { name: 'work', mountPath: '/subpath_mount', subPathExpr: 'foo/$(POD_NAME)' },
    { name: 'work', mountPath: '/volume_mount' },
  ];
  node.run('pod', podOf({ ...sh('sleep 600'), env: [name], volumeMounts }, { volumes }));
  node.untilPhase('pod', 'Running');
  node.execute('pod', 'main', ['touch', '/volume_mount/foo/pod/test.log']);
  expect(node.execute('pod', 'main', ['ls', '/subpath_mount'])).toBe('test.log\n');
});

/** What keeps a container from being made whose sub-path is this. */
function refusal(subPathExpr: string, value: string): string | undefined {
  const node = startNode();
  const env = [{ name: 'POD_NAME', value }];
  node.run(
    'pod',
    podOf({ ...sh('true'), env, volumeMounts: [{ name: 'work', mountPath: '/w', subPathExpr }] }, { volumes }),
  );
  node.sim.runFor(10_000);
  return node.pod('pod').status?.containerStatuses?.[0]?.state?.waiting?.reason;
}

test('VolumeSubpathEnvExpansion, subpath with backticks', () => {
  expect(refusal('$(POD_NAME)', '..')).toBe('CreateContainerConfigError');
});

test('VolumeSubpathEnvExpansion, subpath with absolute path', () => {
  expect(refusal('$(POD_NAME)', '/tmp')).toBe('CreateContainerConfigError');
});

test('VolumeSubpathEnvExpansion, subpath ready from failed state', () => {
  const node = startNode();
  const env = [{ name: 'PLACE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['mysubpath']" } } }];
  const volumeMounts = [{ name: 'work', mountPath: '/subpath_mount', subPathExpr: '$(PLACE)/$(PLACE)' }];
  node.run('pod', podOf({ image: IMAGE, ...sh('sleep 600'), env, volumeMounts }, { volumes, restartPolicy: 'Always' }));
  node.sim.runFor(10_000);
  expect(node.pod('pod').status?.phase).toBe('Pending');
  const headers = { 'content-type': 'application/merge-patch+json' };
  const body = { metadata: { annotations: { mysubpath: 'mypath' } } };
  node.client.request({ method: 'PATCH', path: '/api/v1/namespaces/default/pods/pod', headers, body });
  node.untilPhase('pod', 'Running', 60_000);
});
