import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Probes and the end of a Pod: https://kubernetes.io/docs/concepts/workloads/pods/probes/

function pod(name: string, script: string, more: string): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, ${JSON.stringify(script)}]
${more.replace(/^(?=.)/gm, '    ')}`;
}

test('a failing liveness exec probe kills the container after failureThreshold periods', () => {
  const bed = new Testbed();
  bed.apply(
    pod(
      'alive',
      'touch /tmp/healthy; sleep 20; rm /tmp/healthy; sleep 600',
      'livenessProbe: {exec: {command: [cat, /tmp/healthy]}, periodSeconds: 5}',
    ),
  );
  bed.untilReady('alive');
  bed.pass(18);
  expect(bed.podView('alive')?.containers[1]?.restarts).toBe(0);
  bed.pass(22);
  expect(bed.podView('alive')?.containers[1]?.restarts).toBe(1);
  const events = bed.eventsOf('alive');
  expect(events).toContainEqual(
    expect.stringMatching(
      /^Unhealthy: Liveness probe failed: cat: can't open '\/tmp\/healthy': No such file or directory/,
    ),
  );
  expect(events).toContain('Killing: Container main failed liveness probe, will be restarted');
});

test('liveness over HTTP and TCP kills a server that answers badly or not at all', () => {
  const bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: http}
spec:
  containers:
  - name: main
    image: nginx:1.29
    livenessProbe: {httpGet: {path: /nothing-here, port: 80}, periodSeconds: 5, failureThreshold: 2}
---
apiVersion: v1
kind: Pod
metadata: {name: tcp}
spec:
  containers:
  - name: main
    image: nginx:1.29
    livenessProbe: {tcpSocket: {port: 81}, periodSeconds: 5, failureThreshold: 2}
`);
  bed.pass(20);
  for (const name of ['http', 'tcp']) expect(bed.podView(name)?.containers[1]?.restarts).toBeGreaterThanOrEqual(1);
  expect(bed.eventsOf('http')).toContain('Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404');
  expect(bed.eventsOf('tcp')).toContainEqual(
    expect.stringMatching(
      /^Unhealthy: Liveness probe failed: dial tcp 10\.244\.\d+\.\d+:81: connect: connection refused$/,
    ),
  );
});

test('readiness flips Ready and never kills', () => {
  const bed = new Testbed();
  bed.apply(
    pod(
      'flips',
      'sleep 5; touch /tmp/ready; sleep 20; rm /tmp/ready; sleep 600',
      'readinessProbe: {exec: {command: [test, -e, /tmp/ready]}, periodSeconds: 1, failureThreshold: 1}',
    ),
  );
  bed.untilStatus('flips', 'Running');
  expect(bed.podView('flips')?.ready).toBe(false);
  bed.pass(8);
  expect(bed.podView('flips')?.ready).toBe(true);
  bed.pass(22);
  expect(bed.podView('flips')?.ready).toBe(false);
  expect(bed.kubectl('get', 'pod', 'flips')).toMatch(/flips +0\/1 +Running +0 /);
  expect(bed.pod('flips').status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [main]',
    }),
  );
});

test('a startup probe gives 30 × 10 s, holds the others back, and then kills', () => {
  const bed = new Testbed();
  bed.apply(
    pod(
      'slow',
      'sleep 100000',
      'startupProbe: {exec: {command: ["false"]}, failureThreshold: 30, periodSeconds: 10}\nlivenessProbe: {exec: {command: ["false"]}, periodSeconds: 1}',
    ),
  );
  bed.untilStatus('slow', 'Running');
  bed.pass(285);
  expect(bed.podView('slow')?.containers[1]?.restarts).toBe(0);
  bed.pass(25);
  expect(bed.podView('slow')?.containers[1]?.restarts).toBe(1);
  // Of so many events about one Pod the recorder lets 25 through, as the real one does: the liveness probe has had none.
  expect(bed.eventsOf('slow').filter((event) => event.includes('probe'))).toEqual([
    'Unhealthy: Startup probe failed: ',
  ]);
});

test('TERM is trapped within the grace period; who ignores it is killed when that ends', () => {
  const bed = new Testbed();
  const script = (trap: string) => `${trap}; echo up; while true; do sleep 1; done`;
  const manifest = (name: string, trap: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  volumes: [{name: log, hostPath: {path: /srv/${name}, type: DirectoryOrCreate}}]
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, ${JSON.stringify(script(trap))}]
    volumeMounts: [{name: log, mountPath: /log}]
`;
  bed.apply(`${manifest('polite', 'trap "echo bye > /log/end; exit 0" TERM')}---\n${manifest('deaf', 'trap "" TERM')}`);
  bed.untilReady('polite');
  bed.untilReady('deaf');
  const nodes = { polite: bed.nodeOf('polite')!, deaf: bed.nodeOf('deaf')! };
  let before = bed.sim.nowMs;
  bed.kubectl('delete', 'pod', 'polite');
  expect(bed.sim.nowMs - before).toBeLessThan(4000);
  expect(bed.run(nodes.polite, 'cat', '/srv/polite/end').stdout).toBe('bye\n');
  before = bed.sim.nowMs;
  const terminal = bed.openTerminal();
  terminal.line('kubectl delete pod deaf', 1);
  expect(bed.kubectl('get', 'pod', 'deaf')).toMatch(/deaf +1\/1 +Terminating/);
  bed.until('deaf is gone', () => bed.podView('deaf') === undefined);
  expect(bed.sim.nowMs - before).toBeGreaterThanOrEqual(30_000);
  expect(bed.sim.nowMs - before).toBeLessThan(36_000);
  expect(bed.eventsOf('deaf')).toContain('Killing: Stopping container main');
});

test('--force --grace-period=0 waits for nobody', () => {
  const bed = new Testbed();
  bed.apply(pod('deaf', 'trap "" TERM; while true; do sleep 1; done', ''));
  bed.untilReady('deaf');
  const before = bed.sim.nowMs;
  const { stdout, stderr } = bed.kubectlAnyway('delete', 'pod', 'deaf', '--force', '--grace-period=0');
  expect(stderr).toBe(
    'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
  );
  expect(stdout).toBe('pod "deaf" force deleted from default namespace\n');
  expect(bed.sim.nowMs - before).toBeLessThan(1000);
});

test('preStop runs before TERM and is part of the grace period', () => {
  const bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: drains}
spec:
  nodeName: node-1
  volumes: [{name: log, hostPath: {path: /srv/drains, type: DirectoryOrCreate}}]
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, 'trap "echo term >> /log/end; exit 0" TERM; while true; do sleep 1; done']
    lifecycle: {preStop: {exec: {command: [sh, -c, 'echo pre >> /log/end; sleep 5; echo stop >> /log/end']}}}
    volumeMounts: [{name: log, mountPath: /log}]
`);
  bed.untilReady('drains');
  const before = bed.sim.nowMs;
  bed.kubectl('delete', 'pod', 'drains');
  expect(bed.sim.nowMs - before).toBeGreaterThanOrEqual(5000);
  expect(bed.sim.nowMs - before).toBeLessThan(9000);
  expect(bed.run('node-1', 'cat', '/srv/drains/end').stdout).toBe('pre\nstop\nterm\n');
});
