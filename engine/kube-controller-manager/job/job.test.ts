import { expect, test } from 'vitest';
import type { Job, Pod } from '../../api/kinds.ts';
import { jobs, pods } from '../../api/resources.ts';
import { SharedInformers } from '../../client/shared-informers.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

type End = (pod: Pod) => 'Succeeded' | 'Failed' | undefined;

function setUp(end: End = () => 'Succeeded') {
  const controlPlane = new ControlPlane('job');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  controlPlane.startKubelets({ end });
  sim.runFor(1_000);
  return controlPlane;
}

function job(spec: object = {}, podSpec: object = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi' },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'perl' }], ...podSpec } },
      ...spec,
    },
  } as unknown as Job;
}

function get({ client }: ControlPlane): Job {
  return client.resource(jobs).get('pi', 'default');
}

function conditions(controlPlane: ControlPlane) {
  return get(controlPlane).status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

test('a Job runs until enough Pods have succeeded, never more than its parallelism at a time', () => {
  const controlPlane = setUp();
  let most = 0;
  controlPlane.apply<Job>(job({ completions: 5, parallelism: 2 }));
  for (let i = 0; i < 300; i++) {
    controlPlane.sim.runFor(100);
    most = Math.max(most, get(controlPlane).status?.active ?? 0);
  }
  expect(most).toBe(2);
  const { status } = get(controlPlane);
  expect(status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  expect(status?.active).toBeUndefined();
  expect(status?.failed).toBeUndefined();
  expect(Date.parse(status!.completionTime!)).toBeGreaterThan(Date.parse(status!.startTime!));
  expect(conditions(controlPlane)).toEqual([
    'SuccessCriteriaMet=True CompletionsReached',
    'Complete=True CompletionsReached',
  ]);
  expect(controlPlane.pods()).toHaveLength(5);
  for (const { metadata } of controlPlane.pods()) expect(metadata.finalizers ?? []).toEqual([]);
  const events = controlPlane.eventsOf('Job');
  expect(events.filter((event) => event.startsWith('SuccessfulCreate: Created pod: pi-'))).toHaveLength(5);
  expect(events.at(-1)).toBe('Completed: Job completed');
});

test('an Indexed Job gives each Pod its index', () => {
  const controlPlane = setUp((pod) => (pod.spec.hostname === 'pi-1' ? undefined : 'Succeeded'));
  controlPlane.apply<Job>(job({ completions: 4, parallelism: 4, completionMode: 'Indexed' }));
  controlPlane.sim.runFor(10_000);
  expect(get(controlPlane).status).toMatchObject({ succeeded: 3, active: 1, completedIndexes: '0,2,3' });
  const left = controlPlane.pods().find((pod) => pod.spec.hostname === 'pi-1')!;
  expect(left.metadata.name).toMatch(/^pi-1-[a-z0-9]{5}$/);
  expect(left.metadata.annotations).toEqual({ 'batch.kubernetes.io/job-completion-index': '1' });
  expect(left.metadata.labels).toMatchObject({
    'batch.kubernetes.io/job-completion-index': '1',
    'batch.kubernetes.io/job-name': 'pi',
    'job-name': 'pi',
  });
  expect(left.spec.containers[0]?.env).toEqual([
    {
      name: 'JOB_COMPLETION_INDEX',
      valueFrom: {
        fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" },
      },
    },
  ]);
});

test('with Never each failure is a new Pod, later and later, up to the limit', () => {
  const controlPlane = setUp(() => 'Failed');
  controlPlane.apply<Job>(job({ backoffLimit: 3 }));
  controlPlane.sim.runFor(8 * 60_000);
  expect(get(controlPlane).status).toMatchObject({ failed: 4, ready: 0, terminating: 0 });
  expect(conditions(controlPlane)).toEqual([
    'FailureTarget=True BackoffLimitExceeded',
    'Failed=True BackoffLimitExceeded',
  ]);
  const births = controlPlane
    .pods()
    .map(({ metadata }) => Date.parse(metadata.creationTimestamp) / 1_000)
    .sort((a, b) => a - b);
  const gaps = births.slice(1).map((birth, i) => birth - births[i]!);
  expect(gaps[0]).toBeGreaterThanOrEqual(10);
  expect(gaps[1]).toBeGreaterThanOrEqual(20);
  expect(gaps[2]).toBeGreaterThanOrEqual(40);
  expect(gaps[2]).toBeLessThan(46);
  expect(controlPlane.eventsOf('Job').at(-1)).toBe('BackoffLimitExceeded: Job has reached the specified backoff limit');
});

test('with OnFailure the restarts in place count, and the Pod goes when they are too many', () => {
  const controlPlane = setUp(() => undefined);
  controlPlane.apply<Job>(job({ backoffLimit: 2 }, { restartPolicy: 'OnFailure' }));
  controlPlane.sim.runFor(5_000);
  const client = controlPlane.client.resource(pods);
  const restart = (restartCount: number) => {
    const [pod] = controlPlane.pods();
    const containerStatuses = [{ name: 'c', image: 'perl', imageID: '', ready: true, restartCount }];
    client.updateStatus({ ...pod!, status: { ...pod!.status, containerStatuses } });
    controlPlane.sim.runFor(5_000);
  };
  restart(1);
  expect(controlPlane.pods()).toHaveLength(1);
  expect(conditions(controlPlane)).toBeUndefined();
  restart(2);
  expect(controlPlane.pods()).toEqual([]);
  expect(get(controlPlane).status).toMatchObject({ failed: 1 });
  expect(conditions(controlPlane)).toContain('Failed=True BackoffLimitExceeded');
});

test('restarts count as long as their Pod is there, also while it is ending', () => {
  const controlPlane = setUp(() => undefined);
  controlPlane.apply<Job>(job({ backoffLimit: 2, completions: 2, parallelism: 2 }, { restartPolicy: 'OnFailure' }));
  controlPlane.sim.runFor(5_000);
  const client = controlPlane.client.resource(pods);
  const [ending, running] = controlPlane.pods().map(({ metadata }) => metadata.name) as [string, string];
  const status = { containerStatuses: [{ name: 'c', image: 'perl', imageID: '', ready: true, restartCount: 1 }] };
  client.patch(ending, 'default', 'strategic-merge', { metadata: { finalizers: ['example.com/holds-on'] } });
  client.delete(ending, 'default');
  for (const name of [ending, running]) {
    client.patch(name, 'default', 'merge', { status }, { subresource: 'status' });
  }
  controlPlane.sim.runFor(3_000);
  expect(conditions(controlPlane)).toContain('FailureTarget=True BackoffLimitExceeded');
});

test('no more than 500 Pods are counted at a time, and all in the end', () => {
  const controlPlane = setUp();
  for (let i = 3; i <= 6; i++) controlPlane.createNode(`node-${i}`, { cpu: '64', memory: '256Gi', pods: '500' });
  const seen: number[] = [];
  const informers = new SharedInformers(controlPlane.sim, controlPlane.client, 'looker');
  const look = (job: Job) => seen.push(job.status?.succeeded ?? 0);
  informers.for(jobs).addHandlers({ add: look, update: (_, job) => look(job) });
  informers.start();
  controlPlane.apply<Job>(job({ completions: 1_200, parallelism: 1_200 }));
  controlPlane.sim.runFor(20_000);
  for (const [i, succeeded] of seen.entries()) expect(succeeded - (seen[i - 1] ?? 0)).toBeLessThanOrEqual(500);
  expect(get(controlPlane).status).toMatchObject({ succeeded: 1_200, uncountedTerminatedPods: {} });
  expect(conditions(controlPlane)).toContain('Complete=True CompletionsReached');
  for (const { metadata } of controlPlane.pods()) expect(metadata.finalizers ?? []).toEqual([]);
});

test('a deadline ends the Job and its Pods', () => {
  const controlPlane = setUp(() => undefined);
  controlPlane.apply<Job>(job({ parallelism: 2, completions: 2, activeDeadlineSeconds: 30 }));
  controlPlane.sim.runFor(28_000);
  expect(get(controlPlane).status).toMatchObject({ active: 2, ready: 2 });
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(get(controlPlane).status).toMatchObject({ failed: 2, terminating: 0 });
  expect(conditions(controlPlane)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
  expect(controlPlane.eventsOf('Job').at(-1)).toBe('DeadlineExceeded: Job was active longer than specified deadline');
});

test('a Job can be suspended and resumed, and the Pods deleted for it do not count', () => {
  const controlPlane = setUp(() => undefined);
  const client = controlPlane.client.resource(jobs);
  controlPlane.apply<Job>(job({ suspend: true, backoffLimit: 0 }));
  controlPlane.sim.runFor(5_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(get(controlPlane).status?.startTime).toBeUndefined();
  client.patch('pi', 'default', 'merge', { spec: { suspend: false } });
  controlPlane.sim.runFor(5_000);
  expect(controlPlane.pods()).toHaveLength(1);
  client.patch('pi', 'default', 'merge', { spec: { suspend: true } });
  controlPlane.sim.runFor(5_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(get(controlPlane).status?.failed).toBeUndefined();
  expect(conditions(controlPlane)).toEqual(['Suspended=True JobSuspended']);
  expect(get(controlPlane).status?.startTime).toBeUndefined();
  const told = controlPlane.eventsOf('Job').filter((event) => !event.startsWith('Successful'));
  expect(told).toEqual(['Resumed: Job resumed', 'Suspended: Job suspended']);
});

test('the deadline of a Job that is resumed counts from then on', () => {
  const controlPlane = setUp(() => undefined);
  const suspend = (is: boolean) =>
    controlPlane.client.resource(jobs).patch('pi', 'default', 'merge', { spec: { suspend: is } });
  controlPlane.apply<Job>(job({ activeDeadlineSeconds: 60 }));
  controlPlane.sim.runFor(10_000);
  suspend(true);
  controlPlane.sim.runFor(100_000);
  suspend(false);
  controlPlane.sim.runFor(50_000);
  expect(get(controlPlane).status).toMatchObject({ active: 1, ready: 1 });
  controlPlane.sim.runFor(20_000);
  expect(conditions(controlPlane)).toContain('Failed=True DeadlineExceeded');
});

test('no Pod is told of as ready that was deleted just now', () => {
  const controlPlane = setUp(() => undefined);
  const seen = new Set<string>();
  controlPlane.apply<Job>(job({ parallelism: 3, completions: 3 }));
  controlPlane.sim.runFor(5_000);
  controlPlane.client.resource(jobs).patch('pi', 'default', 'merge', { spec: { suspend: true } });
  for (let i = 0; i < 500; i++) {
    controlPlane.sim.runFor(10);
    const { active = 0, ready = 0 } = get(controlPlane).status ?? {};
    if (ready > active) seen.add(`${ready} ready of ${active}`);
  }
  expect([...seen]).toEqual([]);
});

test('more successes than were asked for are told of', () => {
  const controlPlane = setUp(() => undefined);
  controlPlane.apply<Job>(job({ completions: 1 }));
  controlPlane.sim.runFor(5_000);
  const client = controlPlane.client.resource(pods);
  const [first] = controlPlane.pods();
  const { name: _, uid: __, resourceVersion: ___, ...metadata } = first!.metadata;
  client.create({ ...first!, metadata: { ...metadata, name: 'another' }, status: undefined } as Pod);
  for (const {
    metadata: { name },
  } of controlPlane.pods()) {
    client.patch(name, 'default', 'merge', { status: { phase: 'Succeeded' } }, { subresource: 'status' });
  }
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.eventsOf('Job').slice(-2)).toEqual([
    'TooManySucceededPods: Too many succeeded pods running after completion count reached',
    'Completed: Job completed',
  ]);
});

test('a work queue: without completions the first success lets the others finish and makes no more', () => {
  let isFirst = true;
  const controlPlane = setUp(() => {
    if (!isFirst) return undefined;
    isFirst = false;
    return 'Succeeded';
  });
  controlPlane.apply<Job>(job({ parallelism: 3 }));
  controlPlane.sim.runFor(20_000);
  expect(get(controlPlane).status).toMatchObject({ succeeded: 1, active: 2 });
  expect(controlPlane.pods()).toHaveLength(3);
});

test('podReplacementPolicy Failed waits until a Pod that is being deleted has ended', () => {
  const controlPlane = setUp(() => undefined);
  controlPlane.apply<Job>(job({ podReplacementPolicy: 'Failed' }));
  controlPlane.sim.runFor(5_000);
  const [pod] = controlPlane.pods();
  controlPlane.client.resource(pods).delete(pod!.metadata.name, 'default');
  controlPlane.sim.runFor(400);
  expect(controlPlane.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toEqual([]);
});

test('a deleted Job takes its Pods with it: their finalizers come off', () => {
  const controlPlane = setUp(() => undefined);
  controlPlane.apply<Job>(job({ parallelism: 3, completions: 3 }));
  controlPlane.sim.runFor(5_000);
  controlPlane.client.resource(jobs).delete('pi', 'default', { propagationPolicy: 'Background' });
  controlPlane.sim.runFor(10_000);
  expect(controlPlane.pods()).toEqual([]);
});

test('after its time to live a finished Job goes, with its Pods', () => {
  const controlPlane = setUp();
  controlPlane.apply<Job>(job({ ttlSecondsAfterFinished: 60 }));
  controlPlane.sim.runFor(50_000);
  expect(conditions(controlPlane)).toContain('Complete=True CompletionsReached');
  controlPlane.sim.runFor(30_000);
  expect(controlPlane.client.resource(jobs).list().items).toEqual([]);
  expect(controlPlane.pods()).toEqual([]);
});

test('manualSelector adopts Pods that match, and counts them', () => {
  const controlPlane = setUp(({ metadata }) => (metadata.name === 'mine' ? 'Succeeded' : undefined));
  controlPlane.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'mine', labels: { task: 'x' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'perl' }] },
  });
  const manual = job({ manualSelector: true, selector: { matchLabels: { task: 'x' } } });
  const template = { ...manual.spec.template, metadata: { labels: { task: 'x' } } };
  controlPlane.apply<Job>({ ...manual, spec: { ...manual.spec, template } });
  controlPlane.sim.runFor(20_000);
  expect(get(controlPlane).status).toMatchObject({ succeeded: 1 });
  expect(conditions(controlPlane)).toContain('Complete=True CompletionsReached');
});

test('a Job that has ended writes nothing more', () => {
  const controlPlane = setUp();
  controlPlane.apply<Job>(job({ completions: 2, parallelism: 2 }));
  controlPlane.sim.runFor(20_000);
  const { resourceVersion } = get(controlPlane).metadata;
  controlPlane.sim.runFor(600_000);
  expect(get(controlPlane).metadata.resourceVersion).toBe(resourceVersion);
});
