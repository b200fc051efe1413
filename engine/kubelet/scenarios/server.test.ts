import { expect, test } from 'vitest';
import { NodeApiError } from '../../api/node-api.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

function refusal(action: () => unknown): string {
  try {
    action();
    return 'no error';
  } catch (error) {
    return error instanceof NodeApiError ? `${error.status} ${error.message}` : String(error);
  }
}

test('logs of what has not started yet, or never was', () => {
  const node = new NodeFixture();
  node.run('typo', { containers: [{ name: 'main', image: 'nope' }] });
  node.sim.runFor(100);
  expect(refusal(() => node.logs('typo', 'main'))).toBe(
    '400 container "main" in pod "typo" is waiting to start: ContainerCreating',
  );
  node.sim.runFor(5000);
  expect(refusal(() => node.logs('typo', 'main'))).toBe(
    '400 container "main" in pod "typo" is waiting to start: trying and failing to pull image',
  );
  expect(refusal(() => node.logs('typo', 'other'))).toBe('400 container other is not valid for pod typo');
  expect(refusal(() => node.logs('typo', 'main', { previous: true }))).toBe(
    '400 previous terminated container "main" in pod "typo" not found',
  );
});

test('logs of the instance before', () => {
  const node = new NodeFixture();
  node.run('count', { containers: [{ name: 'main', image: 'tools:1', command: ['count', '2'] }] });
  node.until(() => node.findPod('count')?.status?.containerStatuses?.[0]?.restartCount === 1, 20_000);
  node.sim.runFor(500);
  expect(node.logs('count', 'main')).toBe('2\n');
  expect(node.logs('count', 'main', { previous: true })).toBe('2\n1\n');
});

test('logs can be followed to the end', () => {
  const node = new NodeFixture();
  node.run('count', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: 'tools:1', command: ['count', '3'] }],
  });
  node.untilPhase('count', 'Running');
  const { uid } = node.pod('count').metadata;
  let text = '';
  let ended = 0;
  const start = node.kubelet.nodeApi.containerLogs({ namespace: 'default', name: 'count', uid }, 'main', {
    follow: true,
  });
  start({ write: (chunk) => (text += new TextDecoder().decode(chunk)), end: () => (ended += 1) });
  node.sim.runFor(3000);
  expect({ text, ended }).toEqual({ text: '3\n2\n', ended: 0 });
  node.sim.runFor(10_000);
  expect({ text, ended }).toEqual({ text: '3\n2\n1\n', ended: 1 });
});

function run(node: NodeFixture, command: string[], tty = false, input?: string) {
  const { uid } = node.pod('web').metadata;
  const options = { command, stdin: input !== undefined, stdout: true, stderr: true, tty };
  const result = { stdout: '', stderr: '', exit: undefined as unknown };
  const start = node.kubelet.nodeApi.exec({ namespace: 'default', name: 'web', uid }, 'main', options);
  const control = start({
    stdout: (chunk) => (result.stdout += new TextDecoder().decode(chunk)),
    stderr: (chunk) => (result.stderr += new TextDecoder().decode(chunk)),
    exit: (exit) => {
      result.exit = exit;
    },
  });
  if (input !== undefined) control.stdin(new TextEncoder().encode(input));
  control.closeStdin();
  node.sim.runFor(1000);
  return result;
}

test('commands run in the container', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: 'tools:1', env: [{ name: 'COLOR', value: 'red' }] }] });
  node.untilReady('web');
  expect(run(node, ['cat', '/etc/hostname'])).toEqual({ stdout: 'web\n', stderr: '', exit: { exitCode: 0 } });
  expect(run(node, ['env']).stdout).toContain('COLOR=red\nHOME=/root\nHOSTNAME=web\n');
  expect(run(node, ['cat', '/nowhere'])).toMatchObject({
    stderr: "cat: can't open '/nowhere': No such file or directory\n",
    exit: { exitCode: 1 },
  });
  expect(run(node, ['cat', '/etc/hostname'], true)).toMatchObject({ stdout: 'web\r\n', exit: { exitCode: 0 } });
  expect(run(node, ['bash'])).toEqual({
    stdout: '',
    stderr: '',
    exit: {
      message: expect.stringMatching(
        /^Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in \$PATH$/,
      ),
    },
  });
  node.host.kill(node.containerd.listContainers()[0]!.pid, 'STOP');
});

test('there is no running a command where nothing runs', () => {
  const node = new NodeFixture();
  node.run('web', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'tools:1', command: ['exit', '0'] }] });
  node.untilPhase('web', 'Succeeded');
  expect(refusal(() => run(node, ['env']))).toBe('404 container not found ("main")');
});
