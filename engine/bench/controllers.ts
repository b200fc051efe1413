import type { CronJob, Deployment, Pod, StatefulSet } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  podDisruptionBudgets,
  pods,
  type Resource,
  replicaSets,
  services,
  statefulSets,
} from '../api/resources.ts';
import { SmallCluster } from '../testing/faults/small-cluster.ts';

// `node engine/bench/controllers.ts`: what controllers cost. How the cost of a change grows with the number of
// other objects (it should not), and how long a day of a busy namespace takes.

const DAY_MS = 24 * 3_600_000;

function wallMs(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

/** Milliseconds of a processor, whatever else runs on the machine. */
function cpuMs(body: () => void): number {
  const before = process.cpuUsage();
  body();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function template(app: string, restartPolicy = 'Always') {
  return { metadata: { labels: { app } }, spec: { restartPolicy, containers: [{ name: 'c', image: `${app}:1` }] } };
}

function createDeployment(cluster: SmallCluster, name: string, replicas: number): void {
  cluster.client.resource(deployments).create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name) },
  } as unknown as Deployment);
}

/** Objects of one sort, and a change of one of them that makes controllers work. */
interface Workload {
  readonly name: string;
  create(cluster: SmallCluster, name: string): void;
  change(cluster: SmallCluster, name: string, round: number): void;
}

function apply(cluster: SmallCluster, resource: Resource<KubeObject>, name: string, spec: object): void {
  const metadata = { name, namespace: 'default' };
  cluster.client.resource(resource).create({ metadata, spec } as unknown as KubeObject);
}

const scale = (cluster: SmallCluster, resource: Resource<KubeObject>, name: string, round: number): void => {
  const spec = { replicas: 1 + ((round + 1) % 2) };
  cluster.client.resource(resource).patch(name, 'default', 'merge', { spec });
};

const selector = (app: string) => ({ matchLabels: { app } });

const WORKLOADS: readonly Workload[] = [
  {
    name: 'scaling a Deployment',
    create: (cluster, name) => createDeployment(cluster, name, 1),
    change: (cluster, name, round) => scale(cluster, deployments, name, round),
  },
  {
    name: 'scaling a ReplicaSet',
    create: (cluster, name) =>
      apply(cluster, replicaSets, name, { replicas: 1, selector: selector(name), template: template(name) }),
    change: (cluster, name, round) => scale(cluster, replicaSets, name, round),
  },
  {
    // Among three hundred others there is no room left for its Pods: they are made, and wait.
    name: 'replacing a Pod of a DaemonSet',
    create: (cluster, name) => apply(cluster, daemonSets, name, { selector: selector(name), template: template(name) }),
    change: ({ client }, name) => {
      const [pod] = client.resource<Pod>(pods).list({ namespace: 'default', labelSelector: `app=${name}` }).items;
      if (pod !== undefined) client.resource(pods).delete(pod.metadata.name, 'default', { gracePeriodSeconds: 0 });
    },
  },
  {
    name: 'suspending and resuming a Job',
    create: (cluster, name) => apply(cluster, jobs, name, { template: template(name, 'Never') }),
    change: ({ client }, name, round) => {
      client.resource(jobs).patch(name, 'default', 'merge', { spec: { suspend: round % 2 === 0 } });
    },
  },
  {
    name: 'scaling a Deployment with a Service',
    create: (cluster, name) => {
      createDeployment(cluster, name, 1);
      apply(cluster, services, name, { selector: { app: name }, ports: [{ port: 80 }] });
    },
    change: (cluster, name, round) => scale(cluster, deployments, name, round),
  },
  {
    name: 'scaling a Deployment with a PodDisruptionBudget',
    create: (cluster, name) => {
      createDeployment(cluster, name, 1);
      apply(cluster, podDisruptionBudgets, name, { minAvailable: 1, selector: selector(name) });
    },
    change: (cluster, name, round) => scale(cluster, deployments, name, round),
  },
];

/** CPU time of a change of one object, among others. */
function changeAmong({ create, change }: Workload, others: number): number {
  const cluster = new SmallCluster(`bench ${others}`, 3);
  for (let i = 0; i < others; i++) create(cluster, `other-${i}`);
  create(cluster, 'web');
  cluster.sim.runFor(30_000);
  const rounds = 40;
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    total += cpuMs(() => {
      change(cluster, 'web', round);
      // Long enough for controllers and scheduler, short enough for heartbeats to stay out of it.
      cluster.sim.runFor(50);
    });
    cluster.sim.runFor(3_000);
  }
  return total / rounds;
}

/** A namespace with rollouts, a StatefulSet and two CronJobs, for a day. */
function busyDay() {
  const cluster = new SmallCluster('bench day', 3);
  for (const name of ['web', 'api', 'worker']) createDeployment(cluster, name, 3);
  cluster.client.resource(statefulSets).create({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template('db') },
  } as unknown as StatefulSet);
  for (const [name, schedule] of [
    ['often', '*/10 * * * *'],
    ['hourly', '5 * * * *'],
  ] as const) {
    cluster.client.resource(cronJobs).create({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name, namespace: 'default' },
      spec: { schedule, jobTemplate: { spec: { template: template(name, 'Never') } } },
    } as unknown as CronJob);
  }
  endTasks(cluster);
  let image = 1;
  const rollOut = (): void => {
    const spec = { template: { spec: { containers: [{ name: 'c', image: `web:${++image}` }] } } };
    cluster.client.resource(deployments).patch('web', 'default', 'strategic-merge', { spec });
    cluster.sim.schedule(3_600_000, 'hourly rollout', rollOut);
  };
  cluster.sim.schedule(3_600_000, 'hourly rollout', rollOut);
  const before = cluster.etcd.revision;
  let cpu = 0;
  const wall = wallMs(() => {
    cpu = cpuMs(() => cluster.sim.runFor(DAY_MS));
  });
  return {
    wall,
    cpu,
    writes: cluster.etcd.revision - before,
    pods: cluster.client.resource<Pod>(pods).list().items.length,
  };
}

/** What a CronJob starts ends well after some seconds. */
function endTasks(cluster: SmallCluster): void {
  cluster.sim.schedule(15_000, 'tasks end', () => {
    for (const { runtime } of cluster.nodes) {
      const sandboxes = runtime.listPodSandboxes().filter(({ metadata }) => /^(often|hourly)-/.test(metadata.name));
      if (sandboxes.length === 0) continue;
      const ending = new Set(sandboxes.map(({ id }) => id));
      for (const { id, podSandboxId, state } of runtime.listContainers()) {
        if (state === 'CONTAINER_RUNNING' && ending.has(podSandboxId)) runtime.exitContainer(id, 0);
      }
    }
    endTasks(cluster);
  });
}

for (const workload of WORKLOADS) {
  changeAmong(workload, 1);
  for (const others of [1, 30, 300]) {
    console.log(`${workload.name} among ${others} others: ${changeAmong(workload, others).toFixed(2)} ms`);
  }
}
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
// The first day is the one in which the code is still being compiled.
for (const when of ['first', 'second', 'third']) {
  const { wall, cpu, writes, pods: left } = busyDay();
  console.log(
    `24 hours of a busy namespace, ${when} time: ${seconds(wall)}, ${seconds(cpu)} by CPU time (${writes} writes, ${left} Pods left)`,
  );
}
