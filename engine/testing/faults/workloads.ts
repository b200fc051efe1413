import type { DaemonSet, Deployment, Job, PodTemplateSpec, StatefulSet } from '../../api/kinds.ts';
import { daemonSets, deployments, jobs, pods, statefulSets } from '../../api/resources.ts';
import type { Client } from '../../client/client.ts';

export const REPLICAS = 4;
/** A rollout may be so many too many, or too few. */
export const SLACK = 1;
const COMPLETIONS = 4;

const spread = { rollingUpdate: { maxSurge: SLACK, maxUnavailable: SLACK } };

function template(app: string, image = `${app}:1`): PodTemplateSpec {
  const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image }] };
  return { metadata: { labels: { app } }, spec } as PodTemplateSpec;
}

function workload(kind: string, name: string, spec: object, apiVersion = 'apps/v1') {
  return { apiVersion, kind, metadata: { name, namespace: 'default' }, spec };
}

/** One of each kind of workload. */
export function createWorkloads(client: Client): void {
  const of = (app: string) => ({ selector: { matchLabels: { app } }, template: template(app) });
  const web = workload('Deployment', 'web', { replicas: REPLICAS, strategy: spread, ...of('web') });
  client.resource(deployments).create(web as unknown as Deployment);
  const db = workload('StatefulSet', 'db', { replicas: 3, serviceName: 'db', ...of('db') });
  client.resource(statefulSets).create(db as unknown as StatefulSet);
  client.resource(daemonSets).create(workload('DaemonSet', 'agent', of('agent')) as unknown as DaemonSet);
  const task = template('task');
  const spec = { completions: COMPLETIONS, parallelism: 2, backoffLimit: 1_000 };
  const withPolicy = { ...task, spec: { ...task.spec, restartPolicy: 'Never' } };
  const job = workload('Job', 'task', { ...spec, template: withPolicy }, 'batch/v1');
  client.resource(jobs).create(job as unknown as Job);
}

export function setImage(client: Client, name: 'web' | 'db' | 'agent', image: string): void {
  const resource = { web: deployments, db: statefulSets, agent: daemonSets }[name];
  const spec = { template: { spec: { containers: [{ name: 'c', image }] } } };
  client.resource(resource as typeof deployments).patch(name, 'default', 'strategic-merge', { spec });
}

/** What is not yet as it should be; empty when everything has come to rest. */
export function unsettled(client: Client, nodeCount: number): string[] {
  const found: string[] = [];
  const check = (what: string, actual: unknown, wanted: unknown) => {
    if (actual !== wanted) found.push(`${what} is ${String(actual)}, not ${String(wanted)}`);
  };
  const web = client.resource(deployments).get('web', 'default');
  check('web observedGeneration', web.status?.observedGeneration, web.metadata.generation);
  for (const field of ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    check(`web ${field}`, web.status?.[field], REPLICAS);
  }
  const db = client.resource(statefulSets).get('db', 'default');
  check('db observedGeneration', db.status?.observedGeneration, db.metadata.generation);
  check('db readyReplicas', db.status?.readyReplicas ?? 0, db.spec.replicas);
  check('db replicas', db.status?.replicas, db.spec.replicas);
  check('db currentRevision', db.status?.currentRevision, db.status?.updateRevision);
  const agent = client.resource(daemonSets).get('agent', 'default');
  check('agent observedGeneration', agent.status?.observedGeneration, agent.metadata.generation);
  for (const field of ['desiredNumberScheduled', 'numberReady', 'updatedNumberScheduled'] as const) {
    check(`agent ${field}`, agent.status?.[field], nodeCount);
  }
  const job = client.resource(jobs).get('task', 'default');
  check('task succeeded', job.status?.succeeded, COMPLETIONS);
  check(
    'task complete',
    job.status?.conditions?.some(({ type }) => type === 'Complete'),
    true,
  );
  const stray = client
    .resource(pods)
    .list({ namespace: 'default' })
    .items.filter(({ metadata, status }) => metadata.deletionTimestamp !== undefined && status?.phase === 'Running');
  check('Pods on their way out', stray.length, 0);
  return found;
}
