import { expect, test } from 'vitest';
import { podOf, sh, startNode } from '../../conformance/testing/pod-runner.ts';
import { isReady, NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

test('a failing liveness command restarts the container', () => {
  const node = new NodeFixture();
  const livenessProbe = { exec: { command: ['cat', '/tmp/healthy'] }, periodSeconds: 5, failureThreshold: 3 };
  node.run('sick', { containers: [{ name: 'main', image: IMAGE, livenessProbe }] });
  node.untilReady('sick');
  node.until(() => node.pod('sick').status?.containerStatuses?.[0]?.restartCount === 1, 30_000);
  expect(node.events('sick')).toContain(
    "Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
  );
  expect(node.events('sick')).toContain('Killing: Container main failed liveness probe, will be restarted');
});

test('readiness follows what the probe finds', () => {
  const node = new NodeFixture();
  const volumeMounts = [{ name: 'www', mountPath: '/www' }];
  node.run('web', {
    volumes: [{ name: 'www', hostPath: { path: '/srv/www', type: 'DirectoryOrCreate' } }],
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['serve', '8080', '/www/index'],
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 2, failureThreshold: 2 },
        volumeMounts,
      },
    ],
  });
  node.untilPhase('web', 'Running');
  node.sim.runFor(10_000);
  expect(isReady(node.pod('web'))).toBe(false);
  expect(node.events('web')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500');
  node.host.root.writeFile('/srv/www/index', 'hi');
  node.untilReady('web', 3000);
  node.host.root.unlink('/srv/www/index');
  node.until(() => !isReady(node.pod('web')), 5000);
  expect(node.pod('web').status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [main]',
  });
  expect(node.pod('web').status?.containerStatuses?.[0]?.restartCount).toBe(0);
});

test('a probe of a port that nobody listens on tells so', () => {
  const node = new NodeFixture();
  node.run('deaf', {
    containers: [
      { name: 'http', image: IMAGE, readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } },
      { name: 'tcp', image: IMAGE, readinessProbe: { tcpSocket: { port: 81 }, periodSeconds: 1 } },
    ],
  });
  node.untilPhase('deaf', 'Running');
  node.sim.runFor(3000);
  const ip = node.pod('deaf').status?.podIP;
  expect(node.events('deaf')).toEqual(
    expect.arrayContaining([
      `Unhealthy: Readiness probe failed: Get "http://${ip}:80/": dial tcp ${ip}:80: connect: connection refused`,
      `Unhealthy: Readiness probe failed: dial tcp ${ip}:81: connect: connection refused`,
    ]),
  );
});

test('a slow starter has its startup window, and only then is it restarted', () => {
  const node = new NodeFixture();
  const startupProbe = { exec: { command: ['cat', '/tmp/started'] }, failureThreshold: 30, periodSeconds: 10 };
  node.run('slow', {
    containers: [
      {
        name: 'main',
        image: IMAGE,
        startupProbe,
        livenessProbe: { exec: { command: ['exit', '1'] }, periodSeconds: 1 },
      },
    ],
  });
  const { status } = node.untilPhase('slow', 'Running');
  const startedMs = Date.parse(status!.containerStatuses![0]!.state!.running!.startedAt!);
  expect(status?.containerStatuses?.[0]).toMatchObject({ started: false, ready: false });
  node.until(() => node.pod('slow').status?.containerStatuses?.[0]?.restartCount === 1, 400_000);
  const waitedMs = node.sim.wallMs - startedMs;
  expect(waitedMs).toBeGreaterThan(290_000);
  expect(waitedMs).toBeLessThan(305_000);
  // The recorder lets no more than 25 events through at once, so the last ones are not told.
  expect(node.eventObjects('slow').find(({ reason }) => reason === 'Unhealthy')?.count).toBeGreaterThan(15);
  expect(node.events('slow').some((event) => event.includes('Liveness'))).toBe(false);
});

test('a container that does not start in time is restarted', () => {
  const node = new NodeFixture();
  const startupProbe = { tcpSocket: { port: 80 }, failureThreshold: 3, periodSeconds: 2 };
  node.run('dead', { containers: [{ name: 'main', image: IMAGE, startupProbe }] });
  node.until(() => node.findPod('dead')?.status?.containerStatuses?.[0]?.restartCount === 1, 20_000);
  expect(node.events('dead')).toContain('Killing: Container main failed startup probe, will be restarted');
});

test('once started, readiness does not wait for the next period', () => {
  const node = new NodeFixture();
  node.run('quick', {
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['write', '/tmp/started', 'x'],
        startupProbe: { exec: { command: ['cat', '/tmp/started'] }, periodSeconds: 3 },
        readinessProbe: { exec: { command: ['cat', '/tmp/started'] }, periodSeconds: 60 },
      },
    ],
  });
  node.untilReady('quick', 8000);
});

test('a command that outlasts its time-out has failed', () => {
  const node = new NodeFixture();
  const livenessProbe = { exec: { command: ['sleeper'] }, periodSeconds: 2, timeoutSeconds: 1 };
  node.run('hung', { containers: [{ name: 'main', image: IMAGE, livenessProbe }] });
  node.until(() => node.events('hung').some((event) => event.startsWith('Unhealthy')), 20_000);
  expect(node.events('hung')).toContain(
    'Unhealthy: Liveness probe failed: command timed out: "sleeper" timed out after 1s',
  );
});

test('a grpc probe asks the health service', () => {
  const node = new NodeFixture();
  const probe = { grpc: { port: 5000 }, periodSeconds: 1, failureThreshold: 1 };
  node.run('rpc', {
    containers: [
      { name: 'well', image: IMAGE, command: ['health', '5000', '20'], livenessProbe: probe },
      { name: 'deaf', image: IMAGE, readinessProbe: { ...probe, grpc: { port: 5001 }, timeoutSeconds: 2 } },
    ],
  });
  node.untilPhase('rpc', 'Running');
  node.sim.runFor(10_000);
  expect(node.pod('rpc').status?.containerStatuses?.map(({ ready }) => ready)).toEqual([false, true]);
  const ip = node.pod('rpc').status?.podIP;
  expect(node.events('rpc')).toContain(
    `Unhealthy: Readiness probe failed: timeout: failed to connect service "${ip}:5001" within 2s: context deadline exceeded`,
  );
  node.sim.runFor(15_000);
  expect(node.events('rpc')).toContain(
    'Unhealthy: Liveness probe failed: service unhealthy (responded with "NOT_SERVING")',
  );
  // It is the first process and does not listen to TERM.
  node.until(() => node.pod('rpc').status?.containerStatuses?.[1]?.restartCount === 1, 31_000);
});

test("a probe's own grace period goes before the Pod's", () => {
  const node = startNode();
  const exec = { command: ['cat', '/tmp/healthy'] };
  const livenessProbe = { exec, periodSeconds: 5, failureThreshold: 1, terminationGracePeriodSeconds: 3 };
  const stubborn = sh("trap '' TERM; while :; do sleep 1; done");
  node.run(
    'stubborn',
    podOf({ ...stubborn, livenessProbe }, { restartPolicy: 'Always', terminationGracePeriodSeconds: 60 }),
  );
  node.until(() => node.findPod('stubborn')?.status?.containerStatuses?.[0]?.restartCount === 1, 30_000);
  const killing = node.eventObjects('stubborn').find(({ reason }) => reason === 'Killing')!;
  const { terminated } = node.pod('stubborn').status!.containerStatuses![0]!.lastState!;
  expect(terminated).toMatchObject({ exitCode: 137 });
  const graceMs = Date.parse(terminated!.finishedAt!) - Date.parse(killing.firstTimestamp!);
  expect(graceMs).toBeGreaterThanOrEqual(2000);
  expect(graceMs).toBeLessThanOrEqual(4000);
});
