import type { Pod } from '../api/kinds.ts';
import { namespaces, nodes, pods, serviceAccounts } from '../api/resources.ts';
import { startControllerManager } from '../kube-controller-manager/index.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';
import { startScheduler } from '../kube-scheduler/index.ts';

// `node engine/bench/scheduler.ts [name]`: Pods a second from creation to bound, through the API server, events and all, on
// nodes without kubelets. After the workloads of kubernetes/kubernetes test/integration/scheduler_perf, whose gates are
// 680 (plain) … 570 Pods/s at 5,000 nodes, and 180 with extended resources. Prints figures and asserts nothing.

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

interface Workload {
  readonly name: string;
  readonly nodes: number;
  /** What each node has. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Pods that are there before the measurement. */
  readonly initial?: { readonly count: number; readonly pod: PodShape };
  readonly count: number;
  readonly pod: PodShape;
}

interface PodShape {
  readonly labels?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
  readonly spec?: Partial<Pod['spec']>;
}

const PLAIN = { requests: { cpu: '100m', memory: '500Mi' } };
const selector = (color: string) => ({ matchLabels: { color } });
const near = (color: string, topologyKey: string) => ({ labelSelector: selector(color), topologyKey });
const spread = (topologyKey: string, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway') => ({
  topologySpreadConstraints: [{ maxSkew: 5, topologyKey, whenUnsatisfiable, labelSelector: selector('blue') }],
});
const blue = (spec: Partial<Pod['spec']>): PodShape => ({ ...PLAIN, labels: { color: 'blue' }, spec });

const WORKLOADS: readonly Workload[] = [
  { name: 'plain', nodes: 5000, count: 10_000, pod: PLAIN },
  { name: 'topology spread by zone', nodes: 5000, count: 5000, pod: blue(spread(ZONE, 'DoNotSchedule')) },
  { name: 'topology spread by host', nodes: 5000, count: 5000, pod: blue(spread(HOST, 'DoNotSchedule')) },
  { name: 'topology spread, preferred', nodes: 5000, count: 5000, pod: blue(spread(ZONE, 'ScheduleAnyway')) },
  {
    name: 'required affinity',
    nodes: 5000,
    count: 5000,
    pod: blue({
      affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('blue', ZONE)] } },
    }),
  },
  {
    name: 'required anti-affinity',
    nodes: 5000,
    count: 5000,
    pod: blue({
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('blue', HOST)] } },
    }),
  },
  {
    name: 'preferred affinity',
    nodes: 5000,
    initial: { count: 5000, pod: { ...PLAIN, labels: { color: 'red' } } },
    count: 5000,
    pod: blue({
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near('red', HOST) }],
        },
      },
    }),
  },
  {
    name: 'preferred anti-affinity',
    nodes: 5000,
    count: 5000,
    pod: blue({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: near('blue', HOST) }],
        },
      },
    }),
  },
  {
    name: 'preemption',
    nodes: 5000,
    initial: { count: 20_000, pod: { requests: { cpu: '900m', memory: '500Mi' }, spec: { priority: 0 } } },
    count: 500,
    pod: { requests: { cpu: '3000m', memory: '500Mi' }, spec: { priorityClassName: 'high' } },
  },
  {
    name: 'extended resources',
    nodes: 1000,
    capacity: { cpu: '64', memory: '512Gi', 'example.com/gpu': '8' },
    count: 5000,
    pod: { requests: { ...PLAIN.requests, 'example.com/gpu': '1' } },
  },
];

const LIMIT_MS = 30 * 60_000;

function measure(workload: Workload): void {
  const controlPlane = new ControlPlane(`bench ${workload.name}`);
  const { sim, client, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: ['serviceaccount-controller'] });
  sim.runUntil(
    () =>
      client.resource(namespaces).list().items.length > 0 &&
      client.resource(serviceAccounts).list({ namespace: 'default' }).items.length > 0,
    60_000,
  );
  const value = 1000;
  controlPlane.apply({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value,
  } as never);
  for (let i = 0; i < workload.nodes; i++) createNode(controlPlane, i, workload.capacity);
  startScheduler({ sim, transport, leaderElect: false });
  sim.runFor(5_000);
  if (workload.initial !== undefined) {
    schedule(controlPlane, 'initial', workload.initial.count, workload.initial.pod);
  }
  const { wallMs, cpuMs } = schedule(controlPlane, 'measured', workload.count, workload.pod);
  const rate = (ms: number): string => `${Math.round((workload.count / ms) * 1000)} Pods/s`;
  const what = `${workload.name}: ${workload.count} Pods, ${workload.nodes} nodes`;
  console.log(`${what.padEnd(60)} ${rate(wallMs).padStart(14)}, ${rate(cpuMs)} by CPU time`);
}

const FOUR_CPUS = { cpu: '4', memory: '32Gi' };

function createNode(
  { client }: ControlPlane,
  index: number,
  capacity: Readonly<Record<string, string>> = FOUR_CPUS,
): void {
  const name = `node-${index}`;
  const allocatable = { pods: '110', ...capacity };
  const labels = { [HOST]: name, [ZONE]: `zone-${index % 3}` };
  const resource = client.resource(nodes);
  resource.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} });
  resource.patch(name, undefined, 'merge', { spec: { taints: null } });
  const status = { allocatable, capacity: allocatable };
  resource.patch(name, undefined, 'merge', { status }, { subresource: 'status' });
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Creates Pods and runs until all have nodes; returns what the time after the creation cost. */
function schedule(
  { sim, client }: ControlPlane,
  prefix: string,
  count: number,
  { labels, requests, spec }: PodShape,
): Cost {
  const resource = client.resource(pods);
  let waiting = count;
  const stop = resource.watch(
    { namespace: 'default' },
    {
      event: ({ type, object }) => {
        const pod = object as Pod;
        if (type === 'DELETED') leaving.delete(pod.metadata.name);
        if (type === 'MODIFIED' && pod.metadata.deletionTimestamp !== undefined) leaving.add(pod.metadata.name);
        if (type !== 'MODIFIED' || !pod.metadata.name.startsWith(prefix) || bound.has(pod.metadata.name)) return;
        if ((pod.spec.nodeName ?? '') === '') return;
        bound.add(pod.metadata.name);
        waiting -= 1;
      },
      end: () => {},
    },
  );
  const bound = new Set<string>();
  const leaving = new Set<string>();
  for (let i = 0; i < count; i++) {
    const limits = Object.fromEntries(Object.entries(requests ?? {}).filter(([name]) => name.includes('/')));
    const containers = [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.1', resources: { requests, limits } }];
    const metadata = { name: `${prefix}-${i}`, namespace: 'default', labels };
    resource.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...spec } });
  }
  const start = performance.now();
  const cpu = process.cpuUsage();
  const limitMs = sim.nowMs + LIMIT_MS;
  while (waiting > 0 && sim.nowMs < limitMs) {
    sim.runFor(100);
    // What kubelets do when a Pod is to end.
    const ended = [...leaving];
    leaving.clear();
    for (const name of ended) resource.delete(name, 'default', { gracePeriodSeconds: 0 });
  }
  stop();
  if (waiting > 0) console.log(`  ${waiting} Pods still have no node`);
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
}

const wanted = process.argv[2];
for (const workload of WORKLOADS) if (wanted === undefined || workload.name.includes(wanted)) measure(workload);
