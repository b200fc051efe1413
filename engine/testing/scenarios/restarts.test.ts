import { expect, test } from 'vitest';
import { scriptPod, seconds, Testbed } from './testbed.ts';

// How a Pod's containers live, end and start again: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/

test('a countdown logs a line every two virtual seconds and completes after eighteen', () => {
  const bed = new Testbed();
  bed.apply(scriptPod('countdown', 'for i in 9 8 7 6 5 4 3 2 1; do echo $i; sleep 2; done', 'Never'));
  bed.untilReady('countdown');
  bed.pass(5);
  expect(bed.kubectl('logs', 'countdown')).toBe('9\n8\n7\n');
  bed.untilStatus('countdown', 'Completed');
  const lines = bed.kubectl('logs', 'countdown', '--timestamps').trim().split('\n');
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1']);
  const times = lines.map((line) => Date.parse(line.split(' ')[0]!));
  expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual(Array(8).fill(2000));
  const pod = bed.pod('countdown');
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
  expect(ended).toMatchObject({ exitCode: 0, reason: 'Completed' });
  expect(seconds(ended?.finishedAt) - seconds(ended?.startedAt)).toBe(18);
  expect(pod.status?.phase).toBe('Succeeded');
  expect(bed.kubectl('get', 'pod', 'countdown')).toMatch(/countdown +0\/1 +Completed +0 +\d+s/);
});

test('a container that exits 1 is started again after 0, 10, 20, 40, 80, 160, 300 and 300 seconds', () => {
  const bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: crash}
spec:
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, "date +%s >> /history/starts; echo boom; exit 1"]
    volumeMounts: [{name: history, mountPath: /history}]
  volumes:
  - {name: history, hostPath: {path: /srv/history, type: DirectoryOrCreate}}
`);
  bed.pass(950);
  const starts = bed.run(bed.nodeOf('crash')!, 'cat', '/srv/history/starts').stdout.trim().split('\n').map(Number);
  const gaps = starts.slice(1).map((start, index) => start - starts[index]!);
  const backOffs = [0, 10, 20, 40, 80, 160, 300, 300];
  expect(gaps).toHaveLength(backOffs.length);
  backOffs.forEach((backOff, index) => {
    // The clock shows whole seconds, and the kubelet takes a moment to act.
    expect(gaps[index]! - backOff).toBeGreaterThanOrEqual(0);
    expect(gaps[index]! - backOff).toBeLessThanOrEqual(2);
  });
  bed.pass(30);
  expect(bed.kubectl('get', 'pod', 'crash')).toMatch(/crash +0\/1 +CrashLoopBackOff +8 \(\d+s ago\) +\d+m/);
  expect(bed.pod('crash').status?.containerStatuses?.[0]).toMatchObject({
    ready: false,
    started: false,
    restartCount: 8,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: expect.stringMatching(
          /^back-off 5m0s restarting failed container=main pod=crash_default\([0-9a-f-]+\)$/,
        ),
      },
    },
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
  });
  const backOffEvents = bed.rawEventsOf('crash').filter(({ reason }) => reason === 'BackOff');
  expect(backOffEvents).toHaveLength(1);
  expect(backOffEvents[0]).toMatchObject({
    type: 'Warning',
    message: expect.stringMatching(/^Back-off restarting failed container main in pod crash_default\([0-9a-f-]+\)$/),
  });
  expect(backOffEvents[0]!.count).toBeGreaterThan(8);
  expect(bed.kubectl('logs', 'crash', '--previous')).toBe('boom\n');
});

test('restartPolicy decides what follows an exit', () => {
  const bed = new Testbed();
  bed.apply(
    [
      scriptPod('never-fails', 'exit 3', 'Never'),
      scriptPod('on-failure-fails', 'exit 3', 'OnFailure'),
      scriptPod('on-failure-succeeds', 'exit 0', 'OnFailure'),
      scriptPod('always-succeeds', 'exit 0', 'Always'),
    ].join('---\n'),
  );
  bed.pass(25);
  const table = bed.kubectl('get', 'pods');
  expect(table).toMatch(/never-fails +0\/1 +Error +0 /);
  expect(table).toMatch(/on-failure-fails +0\/1 +CrashLoopBackOff +2 /);
  expect(table).toMatch(/on-failure-succeeds +0\/1 +Completed +0 /);
  expect(table).toMatch(/always-succeeds +0\/1 +CrashLoopBackOff +2 /);
  expect(bed.pod('never-fails').status).toMatchObject({
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 3, reason: 'Error' } } }],
  });
  expect(bed.pod('on-failure-succeeds').status?.phase).toBe('Succeeded');
});

test('killing the pause process gives the Pod a new sandbox and a new address', () => {
  const bed = new Testbed();
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.untilReady('web');
  bed.pass(5);
  const before = bed.pod('web');
  bed.killContainer('web', 'pause');
  bed.pass(10);
  const after = bed.pod('web');
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(after.status?.podIP).not.toBe(before.status?.podIP);
  expect(after.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  expect(bed.eventsOf('web')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
  expect(bed.cluster.http('node-2', { address: after.status!.podIP!, port: 80 })).toMatchObject({ status: 200 });
  expect(bed.cluster.http('node-2', { address: before.status!.podIP!, port: 80 })).toHaveProperty('error');
});

test('killing one container only leaves address and neighbour alone', () => {
  const bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  containers:
  - {name: web, image: "nginx:1.29"}
  - {name: side, image: "busybox:1.37", command: [sleep, "100000"]}
`);
  bed.untilReady('pair');
  const before = bed.pod('pair');
  bed.killContainer('pair', 'web');
  bed.pass(5);
  const after = bed.pod('pair');
  expect(after.status?.podIP).toBe(before.status?.podIP);
  expect(after.status?.containerStatuses?.map(({ name, restartCount }) => [name, restartCount])).toEqual([
    ['side', 0],
    ['web', 1],
  ]);
  expect(after.status?.containerStatuses?.find(({ name }) => name === 'web')?.lastState).toMatchObject({
    terminated: { exitCode: 137, reason: 'Error' },
  });
});

test('a container over its memory limit is OOMKilled', () => {
  const bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: hungry}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, 'x=0123456789abcdef; while true; do x=$x$x; done']
    resources: {limits: {memory: 20Mi}}
`);
  bed.pass(20);
  expect(bed.pod('hungry').status).toMatchObject({
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
  });
});

test('out of memory a container dies as a whole, not only the process that took it', () => {
  const bed = new Testbed();
  bed.apply(`apiVersion: v1
kind: Pod
metadata: {name: hog}
spec:
  restartPolicy: Never
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, "tail /dev/zero; echo survived; sleep 100"]
    resources: {limits: {memory: 32Mi}}
`);
  bed.untilStatus('hog', 'OOMKilled');
  expect(bed.pod('hog').status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 137 });
  expect(bed.kubectl('logs', 'hog')).toBe('');
});
