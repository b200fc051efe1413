import { expect, test } from 'vitest';
import type { Job, Pod } from '../../api/kinds.ts';
import { jobs, pods } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

// https://kubernetes.io/docs/concepts/workloads/controllers/job/: the policies on failure and success.

function setUp(end: (pod: Pod) => 'Succeeded' | 'Failed' | undefined, exitCode?: (pod: Pod) => number): ControlPlane {
  const controlPlane = new ControlPlane('job policies');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  controlPlane.startKubelets({ end, exitCode });
  sim.runFor(1_000);
  return controlPlane;
}

function job(spec: Partial<Job['spec']>): Job {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'perl' }] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi' },
    spec: { template, ...spec },
  } as unknown as Job;
}

function status({ client }: ControlPlane): NonNullable<Job['status']> {
  return client.resource(jobs).get('pi', 'default').status!;
}

function conditions(controlPlane: ControlPlane): string[] {
  return (status(controlPlane).conditions ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

function index(pod: Pod): string | undefined {
  return pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'];
}

const indexed = (size: number) => ({ completionMode: 'Indexed' as const, completions: size, parallelism: size });

test('an exit code that a rule calls fatal fails the Job at once', () => {
  const controlPlane = setUp(
    () => 'Failed',
    () => 42,
  );
  const rules = [
    { action: 'FailJob' as const, onExitCodes: { containerName: 'main', operator: 'In' as const, values: [42] } },
  ];
  controlPlane.apply<Job>(job({ backoffLimit: 6, podFailurePolicy: { rules } }));
  controlPlane.sim.runFor(15_000);
  const [pod] = controlPlane.pods();
  const message = `Container main for pod default/${pod!.metadata.name} failed with exit code 42 matching FailJob rule at index 0`;
  expect(conditions(controlPlane)).toEqual([
    `FailureTarget PodFailurePolicy: ${message}`,
    `Failed PodFailurePolicy: ${message}`,
  ]);
  expect(controlPlane.pods()).toHaveLength(1);
  expect(status(controlPlane)).toMatchObject({ failed: 1 });
  expect(controlPlane.eventsOf('Job').at(-1)).toBe(`PodFailurePolicy: ${message}`);
});

test('an ignored failure is replaced and does not count', () => {
  let failures = 0;
  const controlPlane = setUp(
    () => (failures++ < 2 ? 'Failed' : 'Succeeded'),
    () => 7,
  );
  const rules = [{ action: 'Ignore' as const, onExitCodes: { operator: 'In' as const, values: [7] } }];
  controlPlane.apply<Job>(job({ backoffLimit: 0, podFailurePolicy: { rules } }));
  controlPlane.sim.runFor(90_000);
  expect(conditions(controlPlane).at(-1)).toMatch(/^Complete CompletionsReached/);
  expect(status(controlPlane).failed).toBeUndefined();
  expect(status(controlPlane).succeeded).toBe(1);
});

test('each index has its own limit; the others go on, and the Job fails when all have ended', () => {
  const controlPlane = setUp((pod) => (index(pod) === '1' ? 'Failed' : 'Succeeded'));
  controlPlane.apply<Job>(job({ ...indexed(3), backoffLimitPerIndex: 1 }));
  controlPlane.sim.runFor(10_000);
  expect(status(controlPlane)).toMatchObject({ completedIndexes: '0,2', failedIndexes: '' });
  controlPlane.sim.runFor(60_000);
  expect(status(controlPlane)).toMatchObject({ completedIndexes: '0,2', failedIndexes: '1', failed: 2, succeeded: 2 });
  expect(conditions(controlPlane).at(-1)).toBe('Failed FailedIndexes: Job has failed indexes');
  const counts = controlPlane
    .pods()
    .filter((pod) => index(pod) === '1')
    .map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']);
  expect(counts.toSorted()).toEqual(['0', '1']);
});

test('a failed Pod keeps its finalizer until its index has a successor that bears the count', () => {
  const controlPlane = setUp((pod) => (index(pod) === '0' ? 'Failed' : undefined));
  controlPlane.apply<Job>(job({ ...indexed(1), backoffLimitPerIndex: 2 }));
  controlPlane.sim.runFor(5_000);
  const [first] = controlPlane.pods();
  expect(first).toMatchObject({ status: { phase: 'Failed' } });
  expect(first!.metadata.finalizers).toContain('batch.kubernetes.io/job-tracking');
  expect(status(controlPlane).failed).toBeUndefined();
  controlPlane.sim.runFor(12_000);
  expect(controlPlane.client.resource(pods).get(first!.metadata.name, 'default').metadata.finalizers).toBeUndefined();
  expect(status(controlPlane).failed).toBeGreaterThanOrEqual(1);
});

test('too many failed indexes end the Job early', () => {
  const controlPlane = setUp((pod) => (index(pod) === '3' ? undefined : 'Failed'));
  controlPlane.apply<Job>(job({ ...indexed(4), backoffLimitPerIndex: 0, maxFailedIndexes: 1 }));
  controlPlane.sim.runFor(20_000);
  expect(conditions(controlPlane).at(-1)).toBe(
    'Failed MaxFailedIndexesExceeded: Job has exceeded the specified maximal number of failed indexes',
  );
  expect(status(controlPlane)).toMatchObject({ failedIndexes: '0-2', failed: 4 });
  expect(status(controlPlane).active).toBeUndefined();
});

test('FailIndex gives an index up at its first failure', () => {
  const controlPlane = setUp(
    (pod) => (index(pod) === '0' ? 'Failed' : undefined),
    () => 3,
  );
  const rules = [{ action: 'FailIndex' as const, onExitCodes: { operator: 'In' as const, values: [3] } }];
  controlPlane.apply<Job>(job({ ...indexed(2), backoffLimitPerIndex: 5, podFailurePolicy: { rules } }));
  controlPlane.sim.runFor(40_000);
  expect(status(controlPlane)).toMatchObject({ failedIndexes: '0', active: 1, failed: 1 });
  expect(controlPlane.pods()).toHaveLength(2);
});

test('with a success policy the leader is enough; the others are ended', () => {
  const controlPlane = setUp((pod) => (index(pod) === '0' ? 'Succeeded' : undefined));
  controlPlane.apply<Job>(job({ ...indexed(3), successPolicy: { rules: [{ succeededIndexes: '0' }] } }));
  controlPlane.sim.runFor(20_000);
  expect(conditions(controlPlane)).toEqual([
    'SuccessCriteriaMet SuccessPolicy: Matched rules at index 0',
    'Complete SuccessPolicy: Matched rules at index 0',
  ]);
  expect(status(controlPlane)).toMatchObject({ completedIndexes: '0', succeeded: 1 });
  expect(controlPlane.pods().map(index)).toEqual(['0']);
});

test('a count of successes is enough as well', () => {
  const controlPlane = setUp((pod) => (index(pod) === '2' ? undefined : 'Succeeded'));
  controlPlane.apply<Job>(job({ ...indexed(3), successPolicy: { rules: [{ succeededCount: 2 }] } }));
  controlPlane.sim.runFor(20_000);
  expect(conditions(controlPlane).at(-1)).toBe('Complete SuccessPolicy: Matched rules at index 0');
});

test('a Job that another controller manages is left alone', () => {
  const controlPlane = setUp(() => 'Succeeded');
  controlPlane.apply<Job>(job({ managedBy: 'example.com/queue' }));
  controlPlane.sim.runFor(20_000);
  expect(controlPlane.pods()).toEqual([]);
  expect(status(controlPlane)).toEqual({});
});
