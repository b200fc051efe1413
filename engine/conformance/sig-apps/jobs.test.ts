import { expect, test } from 'vitest';
import { type Any, AppsCluster, template } from './apps-cluster.ts';

// Jobs, CronJobs and PodDisruptionBudgets.

function jobs(spec: object, podSpec: object = {}): AppsCluster {
  const cluster = new AppsCluster('jobs');
  cluster.apply('Job', 'task', {
    template: template({ restartPolicy: 'Never', ...podSpec }, { job: 'task' }),
    ...spec,
  });
  cluster.sim.runFor(2_000);
  return cluster;
}

function conditions(cluster: AppsCluster): string[] {
  return (cluster.get('Job', 'task').status.conditions ?? []).map(({ type, reason }: Any) => `${type} ${reason}`);
}

test('Jobs, completion after task failure', () => {
  const cluster = jobs({ parallelism: 2, completions: 4, backoffLimit: 6 }, { restartPolicy: 'OnFailure' });
  cluster.end('task-', 1);
  cluster.sim.runFor(15_000);
  cluster.until('the Job is complete', () => {
    cluster.end('task-', 0);
    return cluster.get('Job', 'task').status.succeeded === 4;
  });
  cluster.until('the end is told', () => conditions(cluster).includes('Complete CompletionsReached'));
});

test('Jobs, orphan pods, re-adoption', () => {
  const cluster = jobs({ parallelism: 1, completions: 1 });
  const { name, labels } = cluster.pods()[0]!.metadata;
  const controller = () => cluster.get('Pod', name).metadata.ownerReferences?.find((owner: Any) => owner.controller);
  cluster.patch('Pod', name, { metadata: { ownerReferences: null } });
  cluster.until('it is adopted again', () => controller()?.name === 'task');
  const none = Object.fromEntries(Object.keys(labels ?? {}).map((key) => [key, null]));
  cluster.patch('Pod', name, { metadata: { labels: none } });
  cluster.until('it is released', () => controller() === undefined);
});

test('Jobs, active pods, graceful termination', () => {
  const cluster = jobs({ parallelism: 2, completions: 2 });
  cluster.until('two Pods run', () => cluster.get('Job', 'task').status.active === 2);
  cluster.delete('Job', 'task', 'Foreground');
  cluster.until('all is gone', () => cluster.list('Job').length + cluster.pods().length === 0);
});

test('Jobs, apply changes to status', () => {
  const cluster = jobs({ parallelism: 1, completions: 2 });
  const condition = { type: 'CustomConditionType', status: 'True', reason: 'E2E' };
  cluster.patch(
    'Job',
    'task',
    { metadata: { annotations: { patched: 'status' } }, status: { conditions: [condition] } },
    'status',
  );
  expect(conditions(cluster)).toContain('CustomConditionType E2E');
  const current = cluster.subresource('GET', 'Job', 'task', 'status');
  const startTime = '2026-01-12T08:59:00Z';
  const changed = cluster.subresource('PUT', 'Job', 'task', 'status', {
    ...current,
    status: { ...current.status, startTime },
  });
  expect(changed.status.startTime).toBe(startTime);
});

test('Ensure Pods of an Indexed Job get a unique index.', () => {
  const cluster = jobs({ parallelism: 2, completions: 4, completionMode: 'Indexed' });
  cluster.until('all indexes succeed', () => {
    cluster.end('task-', 0);
    return cluster.get('Job', 'task').status.completedIndexes === '0-3';
  });
  const ended = cluster.pods().filter(({ status }) => status?.phase === 'Succeeded');
  const indexes = ended.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index']);
  expect(indexes.toSorted()).toEqual(['0', '1', '2', '3']);
});

test('Verify Pod Failure policy allows to fail job early on exit code.', () => {
  const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }];
  const cluster = jobs({ backoffLimit: 6, podFailurePolicy: { rules } });
  cluster.end('task-', 1);
  cluster.until('the Job fails', () => conditions(cluster).includes('Failed PodFailurePolicy'));
  expect(cluster.pods()).toHaveLength(1);
});

test('Ensure pod failure policy allows to ignore failure matching on the DisruptionTarget condition', () => {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }];
  const cluster = jobs({ backoffLimit: 0, podFailurePolicy: { rules } });
  const { name } = cluster.pods()[0]!.metadata;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } };
  const path = `/api/v1/namespaces/default/pods/${name}/eviction`;
  cluster.until('the Pod runs', () => cluster.get('Pod', name).status.phase === 'Running');
  cluster.client.request({ method: 'POST', path, body });
  // Told to end, it fails.
  cluster.end('task-', 1);
  cluster.until('it is replaced', () => cluster.pods().some(({ metadata }) => metadata.name !== name));
  cluster.sim.runFor(5_000);
  cluster.until('the Job completes', () => {
    cluster.end('task-', 0);
    return conditions(cluster).includes('Complete CompletionsReached');
  });
  expect(cluster.get('Job', 'task').status.failed ?? 0).toBe(0);
});

function cron(spec: object): AppsCluster {
  const cluster = new AppsCluster('cron');
  const jobTemplate = { spec: { template: template({ restartPolicy: 'OnFailure' }) } };
  cluster.apply('CronJob', 'cj', { schedule: '*/1 * * * *', jobTemplate, ...spec });
  return cluster;
}

const active = (cluster: AppsCluster): Any[] => cluster.get('CronJob', 'cj').status.active ?? [];

test('CronJob AllowConcurrent', () => {
  const cluster = cron({ concurrencyPolicy: 'Allow' });
  cluster.until('two run at a time', () => active(cluster).length >= 2);
  expect(cluster.list('Job').length).toBeGreaterThanOrEqual(2);
});

test('CronJob ForbidConcurrent', () => {
  const cluster = cron({ concurrencyPolicy: 'Forbid' });
  cluster.until('one runs', () => active(cluster).length === 1);
  cluster.sim.runFor(130_000);
  expect(cluster.list('Job')).toHaveLength(1);
});

test('CronJob ReplaceConcurrent', () => {
  const cluster = cron({ concurrencyPolicy: 'Replace' });
  cluster.until('one runs', () => active(cluster).length === 1);
  const [{ name }] = active(cluster);
  cluster.until('another replaces it', () => active(cluster).length === 1 && active(cluster)[0].name !== name);
  cluster.sim.runFor(5_000);
  expect(cluster.list('Job').map(({ metadata }: Any) => metadata.name)).not.toContain(name);
});

test('CronJob Suspend', () => {
  const cluster = cron({ suspend: true });
  cluster.sim.runFor(300_000);
  expect(cluster.list('Job')).toEqual([]);
});

const BUDGET = { minAvailable: 2, selector: { matchLabels: { app: 'conformance' } } };

function guarded(replicas: number, budget: object = BUDGET): AppsCluster {
  const cluster = new AppsCluster('budgets');
  cluster.apply('PodDisruptionBudget', 'b', budget);
  const spec = { replicas, selector: { matchLabels: { app: 'conformance' } }, template: template() };
  cluster.apply('ReplicaSet', 'web', spec);
  cluster.untilReady('ReplicaSet', 'web', replicas);
  cluster.sim.runFor(500);
  return cluster;
}

test('PodDisruptionBudget: Status updates', () => {
  const { status } = guarded(3).get('PodDisruptionBudget', 'b');
  expect(status).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 });
});

test('PodDisruptionBudget: update and patch status', () => {
  const cluster = guarded(3);
  const current = cluster.subresource('GET', 'PodDisruptionBudget', 'b', 'status');
  const disruptedPods = { pod: '2026-01-12T09:00:00Z' };
  const updated = cluster.subresource('PUT', 'PodDisruptionBudget', 'b', 'status', {
    ...current,
    status: { ...current.status, disruptedPods },
  });
  expect(updated.status.disruptedPods).toEqual(disruptedPods);
  const patched = cluster.patch('PodDisruptionBudget', 'b', { status: { disruptedPods: null } }, 'status');
  expect(patched.status.disruptedPods).toBeUndefined();
});

test('PodDisruptionBudget: block an eviction until the PDB is updated to allow it', () => {
  const cluster = guarded(2);
  const { name } = cluster.pods()[0]!.metadata;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } };
  const path = `/api/v1/namespaces/default/pods/${name}/eviction`;
  const evict = () => cluster.client.request({ method: 'POST', path, body });
  expect(evict).toThrow('violate the pod');
  cluster.patch('PodDisruptionBudget', 'b', { spec: { minAvailable: 1 } });
  cluster.until('one may go', () => cluster.get('PodDisruptionBudget', 'b').status.disruptionsAllowed === 1);
  evict();
  cluster.until('it is gone', () => cluster.pods().every(({ metadata }) => metadata.name !== name));
});
