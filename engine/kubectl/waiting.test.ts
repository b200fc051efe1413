import { expect, test } from 'vitest';
import type { NodeApi } from '../api/node-api.ts';
import type { SessionSink } from '../api/request.ts';
import { completeKubectl } from './completion.ts';
import { DEPLOYMENT, POD } from './testing/manifests.ts';
import { Workstation } from './testing/workstation.ts';

// Commands that wait: watches, logs, exec, deletion, editors.

const encoder = new TextEncoder();

/** A kubelet whose containers log what is given to them and run whatever the test makes of a command. */
class FakeKubelet implements NodeApi {
  readonly lines: ((text: string) => void)[] = [];
  readonly ends: (() => void)[] = [];
  stopped = 0;
  sessions: { sink: SessionSink; stdin: string; size: string; command: readonly string[]; closed: boolean }[] = [];

  containerLogs(_pod: unknown, container: string, options: { readonly follow?: boolean }) {
    return (sink: { write(chunk: Uint8Array): void; end(): void }) => {
      sink.write(encoder.encode(`hello from ${container}\n`));
      if (options.follow !== true) sink.end();
      this.lines.push((text) => sink.write(encoder.encode(text)));
      this.ends.push(() => sink.end());
      return () => {
        this.stopped += 1;
      };
    };
  }

  usage() {
    return { nodeName: 'node-1', node: { timeMs: 0, cpuMs: 0, memoryBytes: 0 }, pods: [] };
  }

  get() {
    return undefined;
  }

  exec(_pod: unknown, _container: string, options: { readonly command: readonly string[] }) {
    return (sink: SessionSink) => {
      const session = { sink, stdin: '', size: '', command: options.command, closed: false };
      this.sessions.push(session);
      return {
        stdin: (chunk: Uint8Array) => {
          session.stdin += new TextDecoder().decode(chunk);
        },
        closeStdin: () => {
          session.stdin += '<EOF>';
        },
        resize: (columns: number, rows: number) => {
          session.size = `${columns}x${rows}`;
        },
        close: () => {
          session.closed = true;
        },
      };
    };
  }

  attach(): never {
    throw new Error('not in these tests');
  }

  portForward(): never {
    throw new Error('not in these tests');
  }
}

function runningPod() {
  const kubelet = new FakeKubelet();
  const workstation = new Workstation(() => kubelet);
  workstation.run('apply -f -', { stdin: POD });
  const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
  const path = '/api/v1/namespaces/default/pods/web';
  workstation.api('POST', `${path}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'web' }, target });
  const state = { running: { startedAt: '2026-01-12T09:00:00Z' } };
  const containerStatuses = ['nginx', 'side'].map((name) => ({
    name,
    state,
    ready: true,
    restartCount: 0,
    image: name,
    imageID: '',
  }));
  workstation.api('PATCH', `${path}/status`, { status: { phase: 'Running', containerStatuses } });
  workstation.sim.runFor(1000);
  return { kubelet, workstation };
}

test('get -w prints changes as they come and stops when it is killed', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: POD });
  const watching = workstation.start('get pods -w');
  workstation.sim.runFor(2000);
  expect(watching.process.stdout).toBe(
    'NAME   READY   STATUS    RESTARTS   AGE\nweb    0/2     Pending   0          0s\n',
  );
  workstation.api('PATCH', '/api/v1/namespaces/default/pods/web/status', {
    status: { phase: 'Failed', reason: 'Evicted' },
  });
  workstation.sim.runFor(1000);
  expect(watching.process.stdout).toContain('web    0/2     Evicted   0          2s\n');
  const before = watching.process.stdout;
  watching.handle.cancel();
  workstation.run('delete pod web --force');
  workstation.sim.runFor(1000);
  expect(watching.process.stdout).toBe(before);
});

test('delete waits until the object is gone', () => {
  const { workstation } = runningPod();
  const deleting = workstation.start('delete pod web');
  workstation.sim.runFor(5000);
  expect(deleting.process.stdout).toBe('pod "web" deleted from default namespace\n');
  expect(deleting.exitCode).toBeUndefined();
  workstation.run('delete pod web --force');
  workstation.sim.runFor(1000);
  expect(deleting.exitCode).toBe(0);
});

test('wait ends when the condition holds or its time is over', () => {
  const { workstation } = runningPod();
  expect(workstation.run('wait --for=condition=Ready pod/web --timeout=3s')).toEqual({
    stdout: '',
    stderr: 'error: timed out waiting for the condition on pods/web\n',
    exitCode: 1,
  });
  const waiting = workstation.start('wait --for=condition=Ready pod/web');
  workstation.sim.runFor(1000);
  workstation.api('PATCH', '/api/v1/namespaces/default/pods/web/status', {
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  workstation.sim.runFor(1000);
  expect(waiting.process.stdout).toBe('pod/web condition met\n');
  expect(workstation.run(`wait --for=jsonpath='{.status.phase}'=Running pod/web`).stdout).toBe(
    'pod/web condition met\n',
  );
});

test('rollout status follows a rollout', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: DEPLOYMENT });
  const path = '/apis/apps/v1/namespaces/default/deployments/web/status';
  workstation.api('PATCH', path, {
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 0 },
  });
  const following = workstation.start('rollout status deploy/web');
  workstation.sim.runFor(100);
  workstation.api('PATCH', path, { status: { readyReplicas: 1, availableReplicas: 1 } });
  workstation.sim.runFor(100);
  workstation.api('PATCH', path, { status: { readyReplicas: 2, availableReplicas: 2 } });
  workstation.sim.runFor(100);
  expect(following.process.stdout).toBe(
    'Waiting for deployment "web" rollout to finish: 0 of 2 updated replicas are available...\n' +
      'Waiting for deployment "web" rollout to finish: 1 of 2 updated replicas are available...\n' +
      'deployment "web" successfully rolled out\n',
  );
  expect(following.exitCode).toBe(0);
});

test('logs of one container, of all, and followed', () => {
  const { workstation, kubelet } = runningPod();
  expect(workstation.run('logs web')).toEqual({
    stdout: 'hello from nginx\n',
    stderr: 'Defaulted container "nginx" out of: nginx, side\n',
    exitCode: 0,
  });
  expect(workstation.run('logs web -c zz').stderr).toBe('error: container zz is not valid for pod web\n');
  expect(workstation.run('logs web --all-containers --prefix').stdout).toBe(
    '[pod/web/nginx] hello from nginx\n[pod/web/side] hello from side\n',
  );
  const following = workstation.start('logs -f web -c side');
  workstation.sim.runFor(100);
  kubelet.lines.at(-1)!('more\n');
  workstation.sim.runFor(100);
  expect(following.process.stdout).toBe('hello from side\nmore\n');
  const stopped = kubelet.stopped;
  following.handle.cancel();
  expect(kubelet.stopped).toBe(stopped + 1);
});

test('exec passes input, output and the exit code', () => {
  const { workstation, kubelet } = runningPod();
  const running = workstation.start('exec -i web -c side -- cat -n', { stdin: 'abc' });
  workstation.sim.runFor(100);
  const [session] = kubelet.sessions;
  expect(session).toMatchObject({ command: ['cat', '-n'], stdin: 'abc<EOF>' });
  session!.sink.stdout(encoder.encode('1 abc'));
  session!.sink.stderr(encoder.encode('oops'));
  session!.sink.exit({ exitCode: 3 });
  workstation.sim.runFor(100);
  expect(running.process.stdout).toBe('1 abc');
  expect(running.process.stderr).toBe('oopscommand terminated with exit code 3\n');
  expect(running.exitCode).toBe(3);
});

test('exec -it makes the terminal raw and leaves it as it was', () => {
  const { workstation, kubelet } = runningPod();
  const running = workstation.start('exec -it web -c side -- sh', { terminal: true });
  workstation.sim.runFor(100);
  expect(running.process.terminalMode).toBe('raw');
  running.process.type('l');
  workstation.sim.runFor(100);
  expect(kubelet.sessions[0]).toMatchObject({ stdin: 'l', size: '80x24' });
  running.handle.cancel();
  expect(running.process.terminalMode).toBe('cooked');
  expect(kubelet.sessions[0]!.closed).toBe(true);
});

test('edit saves what the editor changed', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: DEPLOYMENT });
  const editing = (change: (text: string) => string) => ({
    env: { EDITOR: '/bin/ed' },
    spawned: (argv: readonly string[]) => {
      workstation.files.set(argv[1]!, change(workstation.files.get(argv[1]!)!));
      return 0;
    },
  });
  expect(
    workstation.run(
      'edit deploy/web',
      editing((text) => text),
    ).stderr,
  ).toBe('Edit cancelled, no changes made.\n');
  const scaled = workstation.run(
    'edit deploy/web',
    editing((text) => text.replace('replicas: 2', 'replicas: 3')),
  );
  expect(scaled).toEqual({ stdout: 'deployment.apps/web edited\n', stderr: '', exitCode: 0 });
  const versions: string[] = [];
  const refused = workstation.run(
    'edit deploy/web',
    editing((text) => {
      versions.push(text);
      return text.replace('replicas: 3', 'replicas: -1');
    }),
  );
  expect(refused.stderr).toContain('error: deployments.apps "web" is invalid\n');
  expect(refused.stderr).toContain('error: Edit cancelled, no valid changes were saved.\n');
  expect(versions[1]).toContain('# deployments.apps "web" was not valid:\n# * spec.replicas: Invalid value: -1');
});

test('completion knows the command line and the live cluster', () => {
  const { workstation } = runningPod();
  const complete = (...words: string[]) => completeKubectl(words, workstation.transport);
  expect(complete('des')).toEqual(['describe']);
  expect(complete('get', 'pods')).toEqual(['pods']);
  expect(complete('get', 'pods', 'w')).toEqual(['web']);
  expect(complete('get', 'pods', '-o', 'w')).toEqual(['wide']);
  expect(complete('get', 'pods', '-o=w')).toEqual(['-o=wide']);
  expect(complete('get', 'pods', '-n', 'def')).toEqual(['default']);
  expect(complete('get', 'pods', '--namespace=def')).toEqual(['--namespace=default']);
  expect(complete('get', 'pod/')).toEqual(['pod/web']);
  expect(complete('logs', '')).toEqual(['web']);
  expect(complete('logs', 'web', '-c', '')).toEqual(['nginx', 'side']);
  expect(complete('get', 'pods', '-n', 'kube-s')).toEqual(['kube-system']);
  expect(complete('rollout', 'un')).toEqual(['undo']);
  expect(complete('get', 'pods', '--show-l')).toEqual(['--show-labels']);
  expect(complete('delete', 'pod', 'web', '--cascade=f')).toEqual(['--cascade=foreground']);
  workstation.up = false;
  expect(complete('get', 'pods', '')).toEqual([]);
});
