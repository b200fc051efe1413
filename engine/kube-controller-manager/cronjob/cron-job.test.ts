import { expect, test } from 'vitest';
import type { CronJob, Job, Pod } from '../../api/kinds.ts';
import { cronJobs, jobs } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';
import { readSchedule } from './cron-times.ts';

const MINUTE = 60_000;

function setUp(end: (pod: Pod) => 'Succeeded' | 'Failed' | undefined = () => 'Succeeded', begin?: string) {
  const controlPlane = new ControlPlane('cronjob', begin === undefined ? undefined : Date.parse(begin));
  const { sim, transport } = controlPlane;
  const controllers = startControllerManager({ sim, transport, leaderElect: false, readSchedule });
  startScheduler({ sim, transport, leaderElect: false });
  controlPlane.createNode('node-1');
  controlPlane.startHeartbeat('node-1');
  controlPlane.startKubelets({ end });
  sim.runFor(1_000);
  return { controlPlane, sim, controllers };
}

function cronJob(spec: object = {}) {
  const podSpec = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'cj' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: { metadata: { labels: { made: 'by-cj' } }, spec: { backoffLimit: 0, template: { spec: podSpec } } },
      ...spec,
    },
  } as unknown as CronJob;
}

function get({ client }: ControlPlane): CronJob {
  return client.resource(cronJobs).get('cj', 'default');
}

function jobsOf({ client }: ControlPlane): readonly Job[] {
  return client.resource(jobs).list({ namespace: 'default' }).items;
}

/** The reasons told about the CronJob; equal ones in a row once. */
function reasons(controlPlane: ControlPlane): string[] {
  return controlPlane.eventsOf('CronJob').map((event) => event.split(':')[0]!);
}

test('a Job a minute, named after the minute; of the finished ones three are kept', () => {
  const { controlPlane, sim } = setUp();
  controlPlane.apply<CronJob>(cronJob());
  sim.runFor(2.5 * MINUTE);
  const made = jobsOf(controlPlane);
  expect(made).toHaveLength(2);
  const minute = Math.floor(sim.wallMs / MINUTE);
  expect(made.map(({ metadata }) => metadata.name)).toEqual([`cj-${minute - 1}`, `cj-${minute}`]);
  expect(made[0]!.metadata).toMatchObject({
    labels: { made: 'by-cj' },
    annotations: {
      'batch.kubernetes.io/cronjob-scheduled-timestamp': `${new Date((minute - 1) * MINUTE).toISOString().slice(0, 19)}Z`,
    },
    ownerReferences: [{ kind: 'CronJob', name: 'cj', controller: true }],
  });
  const { status } = get(controlPlane);
  expect(status?.lastScheduleTime).toBe(`${new Date(minute * MINUTE).toISOString().slice(0, 19)}Z`);
  expect(status?.lastSuccessfulTime).toBe(made[1]!.status?.completionTime);
  expect(status?.active).toBeUndefined();
  expect(controlPlane.eventsOf('CronJob')).toEqual([
    `SuccessfulCreate: Created job cj-${minute - 1}`,
    `SawCompletedJob: Saw completed job: cj-${minute - 1}, condition: Complete`,
    `SuccessfulCreate: Created job cj-${minute}`,
    `SawCompletedJob: Saw completed job: cj-${minute}, condition: Complete`,
  ]);
  sim.runFor(4 * MINUTE);
  expect(jobsOf(controlPlane)).toHaveLength(3);
  expect(controlPlane.eventsOf('CronJob')).toContain(`SuccessfulDelete: Deleted job cj-${minute - 1}`);
});

test('of the failed ones one is kept', () => {
  const { controlPlane, sim } = setUp(() => 'Failed');
  controlPlane.apply<CronJob>(cronJob());
  sim.runFor(4.5 * MINUTE);
  expect(jobsOf(controlPlane)).toHaveLength(1);
  expect(get(controlPlane).status?.lastSuccessfulTime).toBeUndefined();
});

test('Allow lets Jobs run side by side', () => {
  const { controlPlane, sim } = setUp(() => undefined);
  controlPlane.apply<CronJob>(cronJob());
  sim.runFor(3.5 * MINUTE);
  expect(get(controlPlane).status?.active).toHaveLength(3);
});

test('Forbid skips while one runs, and says so', () => {
  const { controlPlane, sim } = setUp(() => undefined);
  controlPlane.apply<CronJob>(cronJob({ concurrencyPolicy: 'Forbid' }));
  sim.runFor(3.5 * MINUTE);
  expect(jobsOf(controlPlane)).toHaveLength(1);
  expect(controlPlane.eventsOf('CronJob')).toContain(
    'JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
  );
});

test('Replace ends the one that runs', () => {
  const { controlPlane, sim } = setUp(() => undefined);
  controlPlane.apply<CronJob>(cronJob({ concurrencyPolicy: 'Replace' }));
  sim.runFor(2.5 * MINUTE);
  expect(jobsOf(controlPlane)).toHaveLength(1);
  expect(get(controlPlane).status?.active).toHaveLength(1);
  expect(controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toHaveLength(1);
  expect(reasons(controlPlane)).toEqual(['SuccessfulCreate', 'SuccessfulDelete', 'SuccessfulCreate']);
});

test('suspended it makes none, and resumed it makes up for the last one only', () => {
  const { controlPlane, sim } = setUp(() => undefined);
  controlPlane.apply<CronJob>(cronJob({ suspend: true }));
  sim.runFor(5.5 * MINUTE);
  expect(jobsOf(controlPlane)).toEqual([]);
  controlPlane.client.resource(cronJobs).patch('cj', 'default', 'merge', { spec: { suspend: false } });
  sim.runFor(1_000);
  expect(jobsOf(controlPlane)).toHaveLength(1);
});

test('a start that is too late is missed', () => {
  const { controlPlane, sim, controllers } = setUp();
  controlPlane.apply<CronJob>(cronJob({ schedule: '0 * * * *', startingDeadlineSeconds: 60 }));
  sim.runFor(MINUTE);
  controllers.stop();
  sim.runFor(90 * MINUTE);
  startControllerManager({ sim, transport: controlPlane.transport, leaderElect: false, readSchedule });
  sim.runFor(MINUTE);
  expect(jobsOf(controlPlane)).toEqual([]);
});

test('after more than a hundred missed starts it warns, and makes one Job', () => {
  const { controlPlane, sim, controllers } = setUp(() => undefined);
  controlPlane.apply<CronJob>(cronJob());
  sim.runFor(1_000);
  controllers.stop();
  sim.runFor(102 * MINUTE);
  startControllerManager({ sim, transport: controlPlane.transport, leaderElect: false, readSchedule });
  sim.runFor(5_000);
  expect(jobsOf(controlPlane)).toHaveLength(1);
  expect(controlPlane.eventsOf('CronJob')).toContain(
    'TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
  );
});

test('a time zone', () => {
  const { controlPlane, sim } = setUp();
  controlPlane.apply<CronJob>(cronJob({ schedule: '0 9 * * *', timeZone: 'Asia/Shanghai' }));
  sim.runFor(25 * 60 * MINUTE);
  const [made] = jobsOf(controlPlane);
  expect(made?.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']).toMatch(/T09:00:00\+08:00$/);
  expect(get(controlPlane).status?.lastScheduleTime).toMatch(/T01:00:00Z$/);
});

test.each([
  // At two in the morning the clock jumps to three: half past two does not come.
  ['in spring', '2026-03-07T00:00:00-05:00', '30 2 * * *', ['03-07T02:30:00-05:00', '03-09T02:30:00-04:00']],
  [
    'in spring, every hour',
    '2026-03-08T00:30:00-05:00',
    '0 0-4 * * *',
    ['03-08T01:00:00-05:00', '03-08T03:00:00-04:00', '03-08T04:00:00-04:00'],
  ],
  // At two in the morning it falls back to one: half past one comes twice.
  [
    'in autumn',
    '2026-10-31T12:00:00-04:00',
    '30 1 * * *',
    ['11-01T01:30:00-04:00', '11-01T01:30:00-05:00', '11-02T01:30:00-05:00'],
  ],
])('New York changes its clocks %s', (_, begin, schedule, expected) => {
  const { controlPlane, sim } = setUp(undefined, begin);
  const spec = { schedule, timeZone: 'America/New_York', successfulJobsHistoryLimit: 10 };
  controlPlane.apply<CronJob>(cronJob(spec));
  const last = Date.parse(`2026-${expected.at(-1)}`);
  sim.runFor(last - sim.wallMs + 10 * MINUTE);
  const times = jobsOf(controlPlane).map(
    ({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'],
  );
  expect(times.toSorted()).toEqual(expected.map((time) => `2026-${time}`).toSorted());
});

test('deleted with its Jobs and their Pods', () => {
  const { controlPlane, sim } = setUp(() => undefined);
  controlPlane.apply<CronJob>(cronJob());
  sim.runFor(2.5 * MINUTE);
  controlPlane.client.resource(cronJobs).delete('cj', 'default', { propagationPolicy: 'Background' });
  sim.runFor(MINUTE);
  expect(jobsOf(controlPlane)).toEqual([]);
  expect(controlPlane.pods()).toEqual([]);
});
