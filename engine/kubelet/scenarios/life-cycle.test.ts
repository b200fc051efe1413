import { expect, test } from 'vitest';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

test('a Pod runs, is ready and is deleted gracefully', () => {
  const node = new NodeFixture();
  node.run('web', { containers: [{ name: 'main', image: IMAGE }] });
  const pod = node.untilReady('web');
  expect(pod.status).toMatchObject({
    phase: 'Running',
    hostIP: '172.18.0.2',
    podIP: '10.244.1.2',
    qosClass: 'BestEffort',
    containerStatuses: [
      { name: 'main', ready: true, started: true, restartCount: 0, image: 'docker.io/library/tools:1' },
    ],
  });
  expect(pod.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  expect(node.events('web')).toEqual([
    'Pulling: Pulling image "tools:1"',
    'Pulled: Successfully pulled image "tools:1" in 1.3s (1.3s including waiting). Image size: 50000000 bytes.',
    'Created: Container created',
    'Started: Container started',
  ]);
  node.delete('web');
  node.until(() => node.findPod('web') === undefined, 1000);
  expect(node.events('web').at(-1)).toBe('Killing: Stopping container main');
  node.sim.runFor(1000);
  // The test's own, and the kubelet's when nothing of the Pod is left.
  expect(node.requests.filter((each) => each === 'DELETE /api/v1/namespaces/default/pods/web')).toHaveLength(2);
  expect(node.containerd.listPodSandboxes()).toEqual([]);
  expect(node.host.root.readdir('/var/lib/kubelet/pods')).toEqual([]);
  expect(node.host.root.readdir('/var/log/pods')).toEqual([]);
});

test('a countdown logs a line every two seconds and the Pod completes after eighteen', () => {
  const node = new NodeFixture();
  node.run('countdown', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', image: IMAGE, command: ['count', '9'] }],
  });
  const pod = node.untilPhase('countdown', 'Succeeded');
  const { startedAt, finishedAt, exitCode, reason } = pod.status!.containerStatuses![0]!.state!.terminated!;
  expect({ exitCode, reason }).toEqual({ exitCode: 0, reason: 'Completed' });
  expect(Date.parse(finishedAt!) - Date.parse(startedAt!)).toBe(18_000);
  expect(node.logs('countdown', 'main')).toBe('9\n8\n7\n6\n5\n4\n3\n2\n1\n');
  const times = node
    .logs('countdown', 'main', { timestamps: true })
    .trim()
    .split('\n')
    .map((line) => Date.parse(line.split(' ')[0]!));
  expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual(Array(8).fill(2000));
  expect(node.logs('countdown', 'main', { tailLines: 2 })).toBe('2\n1\n');
  expect(pod.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'False', reason: 'PodCompleted' }),
  );
});

test('a container that exits 1 is restarted at once, then after 10, 20, 40 … 300 s', () => {
  const node = new NodeFixture();
  node.run('crash', { containers: [{ name: 'main', image: IMAGE, command: ['exit', '1', '1'] }] });
  const restarts: number[] = [];
  let finishedMs = 0;
  node.containerd.subscribe(({ type, containerId, podSandboxId }) => {
    if (containerId === podSandboxId) return;
    if (type === 'CONTAINER_STOPPED_EVENT') finishedMs = node.sim.nowMs;
    if (type === 'CONTAINER_CREATED_EVENT' && finishedMs > 0)
      restarts.push(Math.round((node.sim.nowMs - finishedMs) / 1000));
  });
  node.until(() => restarts.length === 9, 1_500_000);
  expect(restarts).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  node.sim.runFor(5000);
  const { metadata, status } = node.pod('crash');
  const id = `pod=crash_default(${metadata.uid})`;
  expect(status).toMatchObject({
    phase: 'Running',
    containerStatuses: [
      {
        restartCount: 9,
        state: {
          waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container=main ${id}` },
        },
        lastState: { terminated: { exitCode: 1, reason: 'Error' } },
      },
    ],
  });
  expect(node.events('crash')).toContain(
    `BackOff: Back-off restarting failed container main in pod crash_default(${metadata.uid})`,
  );
});

test('restart policies decide what becomes of a Pod whose containers end', () => {
  const node = new NodeFixture();
  const ends = (code: number) => [{ name: 'main', image: IMAGE, command: ['exit', String(code)] }];
  node.run('never', { restartPolicy: 'Never', containers: ends(3) });
  node.run('on-failure', { restartPolicy: 'OnFailure', containers: ends(0) });
  node.untilPhase('never', 'Failed');
  node.untilPhase('on-failure', 'Succeeded');
  node.sim.runFor(60_000);
  expect(node.pod('never').status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 0,
    state: { terminated: { exitCode: 3, reason: 'Error' } },
  });
});

test('deletion waits for the grace period, then kills', () => {
  const node = new NodeFixture();
  node.run('stubborn', {
    terminationGracePeriodSeconds: 7,
    containers: [{ name: 'main', image: IMAGE, command: ['stubborn'] }],
  });
  node.untilReady('stubborn');
  node.delete('stubborn');
  const startedMs = node.sim.nowMs;
  node.until(() => node.findPod('stubborn') === undefined, 60_000);
  expect(Math.round((node.sim.nowMs - startedMs) / 100)).toBe(70);
});

test('a second deletion with a shorter grace period hurries the first', () => {
  const node = new NodeFixture();
  node.run('stubborn', { containers: [{ name: 'main', image: IMAGE, command: ['stubborn'] }] });
  node.untilReady('stubborn');
  node.delete('stubborn');
  const startedMs = node.sim.nowMs;
  node.sim.runFor(2000);
  node.delete('stubborn', 3);
  node.until(() => node.findPod('stubborn') === undefined, 60_000);
  expect(Math.round((node.sim.nowMs - startedMs) / 100)).toBe(50);
});

test('a Pod deleted while its image is pulled goes at once', () => {
  const node = new NodeFixture();
  node.run('slow', { containers: [{ name: 'main', image: IMAGE }] });
  node.until(() => node.events('slow').includes('Pulling: Pulling image "tools:1"'), 5000);
  node.delete('slow');
  node.until(() => node.findPod('slow') === undefined, 500);
  node.sim.runFor(5000);
  expect(node.containerd.listContainers()).toEqual([]);
});

test('init containers run in order, sidecars stay, and end after the others', () => {
  const node = new NodeFixture();
  node.run('ordered', {
    initContainers: [
      { name: 'first', image: IMAGE, command: ['exit', '0', '1'] },
      { name: 'side', image: IMAGE, restartPolicy: 'Always' },
      { name: 'second', image: IMAGE, command: ['exit', '0', '1'] },
    ],
    containers: [{ name: 'main', image: IMAGE }],
  });
  node.until(() => node.findPod('ordered')?.status?.initContainerStatuses?.[0]?.state?.running !== undefined, 10_000);
  expect(node.pod('ordered').status).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    conditions: expect.arrayContaining([
      expect.objectContaining({
        type: 'Initialized',
        message: 'containers with incomplete status: [first side second]',
      }),
    ]),
  });
  const { status } = node.untilReady('ordered');
  expect(status?.initContainerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
    ['first', true],
    ['side', true],
    ['second', true],
  ]);
  node.delete('ordered');
  node.until(() => node.findPod('ordered') === undefined, 60_000);
  const killed = node.eventObjects('ordered').filter(({ reason }) => reason === 'Killing');
  expect(killed.map(({ message }) => message)).toEqual(['Stopping container main', 'Stopping container side']);
  expect(killed[1]!.involvedObject.fieldPath).toBe('spec.initContainers{side}');
});

test('a failing init container of a Pod that is never restarted fails the Pod', () => {
  const node = new NodeFixture();
  node.run('bad-init', {
    restartPolicy: 'Never',
    initContainers: [{ name: 'setup', image: IMAGE, command: ['exit', '2'] }],
    containers: [{ name: 'main', image: IMAGE }],
  });
  const { status } = node.untilPhase('bad-init', 'Failed');
  expect(status?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'PodInitializing' } });
});

test('hooks run after the start and before the stop', () => {
  const node = new NodeFixture();
  node.run('hooks', {
    containers: [
      {
        name: 'main',
        image: IMAGE,
        lifecycle: {
          postStart: { exec: { command: ['cat', '/etc/passwd'] } },
          preStop: { sleep: { seconds: 4 } },
        },
      },
      { name: 'bad', image: IMAGE, lifecycle: { postStart: { exec: { command: ['exit', '1'] } } } },
    ],
  });
  node.until(() => node.events('hooks').includes('FailedPostStartHook: PostStartHook failed'), 40_000);
  node.sim.runFor(1000);
  expect(node.events('hooks')).toContain('Killing: FailedPostStartHook');
});

test('preStop counts towards the grace period', () => {
  const node = new NodeFixture();
  node.run('drain', {
    terminationGracePeriodSeconds: 10,
    containers: [
      { name: 'main', image: IMAGE, command: ['stubborn'], lifecycle: { preStop: { sleep: { seconds: 4 } } } },
    ],
  });
  node.untilReady('drain');
  node.delete('drain');
  const startedMs = node.sim.nowMs;
  node.until(() => node.findPod('drain') === undefined, 60_000);
  expect(Math.round((node.sim.nowMs - startedMs) / 100)).toBe(100);
});

test('a Pod past its deadline fails', () => {
  const node = new NodeFixture();
  node.run('late', { activeDeadlineSeconds: 5, restartPolicy: 'Never', containers: [{ name: 'main', image: IMAGE }] });
  const { status } = node.untilPhase('late', 'Failed');
  expect(status).toMatchObject({
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});

test('a Pod that does not fit is rejected', () => {
  const node = new NodeFixture({ cpu: '1' });
  node.run('big', { containers: [{ name: 'main', image: IMAGE, resources: { requests: { cpu: '1500m' } } }] });
  const { status } = node.untilPhase('big', 'Failed');
  const message = "Node didn't have enough resource: cpu, requested: 1500, used: 0, capacity: 1000";
  expect(status).toMatchObject({ reason: 'OutOfcpu', message: `Pod was rejected: ${message}` });
  expect(node.events('big')).toEqual([`OutOfcpu: ${message}`]);
});
