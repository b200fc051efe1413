import { expect, test } from 'vitest';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

test('a container that takes more memory than it may is killed', () => {
  const node = new NodeFixture();
  const resources = { limits: { memory: '32Mi' } };
  node.run('hungry', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: IMAGE, command: ['eat', String(64 * 1024 * 1024)], resources }],
  });
  const { status } = node.untilPhase('hungry', 'Failed');
  expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
});

test('containers run as the user that the image or the Pod says', () => {
  const node = new NodeFixture();
  const command = ['whoami'];
  node.run('who', {
    restartPolicy: 'Never',
    securityContext: { fsGroup: 2000 },
    containers: [
      { name: 'image', image: 'tools-two:2', command },
      { name: 'pod', image: IMAGE, command, securityContext: { runAsUser: 5, runAsGroup: 6 }, workingDir: '/work' },
    ],
  });
  node.untilPhase('who', 'Succeeded');
  expect(node.logs('who', 'image')).toBe('101:102 102,2000,50 / pid 1\n');
  expect(node.logs('who', 'pod')).toBe('5:6 2000,6 /work pid 1\n');
});

test('in a shared process namespace the pause process is PID 1', () => {
  const node = new NodeFixture();
  const containers = [{ name: 'main', image: IMAGE, command: ['whoami'] }];
  node.run('shared', { restartPolicy: 'Never', shareProcessNamespace: true, containers });
  node.untilPhase('shared', 'Succeeded');
  expect(node.logs('shared', 'main')).toMatch(/pid ([2-9]|\d\d+)\n$/);
});

function attach(node: NodeFixture, name: string, tty: boolean) {
  const { uid } = node.pod(name).metadata;
  const options = { stdin: true, stdout: true, stderr: true, tty };
  const seen = { text: '', exit: undefined as unknown };
  const control = node.kubelet.nodeApi.attach(
    { namespace: 'default', name, uid },
    'main',
    options,
  )({
    stdout: (chunk) => {
      seen.text += new TextDecoder().decode(chunk);
    },
    stderr: () => {},
    exit: (exit) => {
      seen.exit = exit;
    },
  });
  return { seen, control };
}

test('attaching joins input and output', () => {
  const node = new NodeFixture();
  node.run('echo', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: IMAGE, command: ['echo'], stdin: true, stdinOnce: true }],
  });
  node.untilReady('echo');
  const { seen, control } = attach(node, 'echo', false);
  control.stdin(new TextEncoder().encode('hello\n'));
  node.sim.runFor(100);
  expect(seen).toEqual({ text: '> hello\n', exit: undefined });
  control.close();
  node.untilPhase('echo', 'Succeeded', 5000);
  expect(node.logs('echo', 'main')).toBe('> hello\n');
});

test('a container with a terminal', () => {
  const node = new NodeFixture();
  node.run('term', { containers: [{ name: 'main', image: IMAGE, command: ['echo'], stdin: true, tty: true }] });
  node.untilReady('term');
  const { seen, control } = attach(node, 'term', true);
  control.stdin(new TextEncoder().encode('hi\r'));
  node.sim.runFor(100);
  expect(seen.text).toBe('hi\r\n> hi\r\n');
  control.stdin(new TextEncoder().encode('\x04'));
  node.sim.runFor(100);
  expect(seen.exit).toEqual({ exitCode: 0 });
});

test('the plug is pulled while Pods start and end', () => {
  const node = new NodeFixture();
  node.run('starting', { containers: [{ name: 'main', image: IMAGE }] });
  node.run('ending', { containers: [{ name: 'main', image: IMAGE, command: ['stubborn'] }] });
  node.sim.runFor(1400);
  node.delete('ending');
  node.sim.runFor(10);
  node.host.powerOff();
  node.stopKubelet();
  node.sim.runFor(60_000);
  node.host.powerOn();
  node.containerd.serve();
  node.startKubelet();
  node.untilReady('starting');
  node.until(() => node.findPod('ending') === undefined, 60_000);
});

test('static Pods are found again by the next kubelet', () => {
  const manifest = 'kind: Pod\nmetadata: {name: s}\nspec: {containers: [{name: main, image: "tools:1"}]}\n';
  const node = new NodeFixture({ files: { '/etc/kubernetes/manifests/s.yaml': manifest } });
  node.until(() => node.findPod('s-node-1')?.status?.phase === 'Running', 30_000);
  const before = node.containerd.listContainers().map(({ id }) => id);
  const { uid } = node.pod('s-node-1').metadata;
  node.stopKubelet();
  node.sim.runFor(20_000);
  node.startKubelet();
  node.sim.runFor(30_000);
  expect(node.containerd.listContainers().map(({ id }) => id)).toEqual(before);
  expect(node.pod('s-node-1').metadata.uid).toBe(uid);
});

test('everything happens the same way twice', () => {
  const history = (): string => {
    const node = new NodeFixture();
    node.run('crash', { containers: [{ name: 'main', image: IMAGE, command: ['exit', '1'] }] });
    node.run('typo', { containers: [{ name: 'main', image: 'nope' }] });
    node.sim.runFor(120_000);
    return node.sim.trace.hash;
  };
  expect(history()).toBe(history());
});
