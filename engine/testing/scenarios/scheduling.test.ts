import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { scriptPod, Testbed } from './testbed.ts';

// Where Pods go, and what becomes of those that fit nowhere.

const WORKERS = [
  { name: 'small', memory: '1280Mi' },
  { name: 'large', memory: '2Gi' },
];

/** An application beside its log collector: 1.5 GiB of requests. */
function frontend(name: string): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: app
    image: nginx:1.29
    resources: {requests: {memory: 1Gi}}
  - name: log-collector
    image: busybox:1.37
    command: [sh, -c, "trap exit TERM; while true; do sleep 1; done"]
    resources: {requests: {memory: 0.5Gi}}
`;
}

test('a Pod of 1.5 GiB goes to the only node that has room; the next one waits until that is gone', () => {
  const bed = new Testbed({ workers: WORKERS });
  bed.apply(frontend('first'));
  bed.untilReady('first');
  expect(bed.nodeOf('first')).toBe('large');

  bed.apply(frontend('second'));
  bed.pass(10);
  const message =
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory. ' +
    'no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
  const second = bed.pod('second');
  expect(second.status).toMatchObject({ phase: 'Pending' });
  expect(second.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }]);
  const said = second.status!.conditions![0]!.message!;
  expect(said).toMatch(/^0\/3 nodes are available: /);
  expect(said).toContain('2 Insufficient memory');
  expect(message).toContain('Insufficient');
  const events = bed.rawEventsOf('second');
  expect(events).toMatchObject([{ type: 'Warning', reason: 'FailedScheduling', message: said }]);
  expect(bed.kubectl('describe', 'pod', 'second')).toContain(`FailedScheduling`);

  bed.kubectl('delete', 'pod', 'first');
  bed.untilReady('second');
  expect(bed.nodeOf('second')).toBe('large');
});

test('requests, not use, fill a node: a third of three Pods stays Pending, and deleting one schedules it', () => {
  const bed = new Testbed({ workers: [{ memory: '2Gi' }, { memory: '2Gi' }] });
  bed.apply(['one', 'two', 'three'].map(frontend).join('---\n'));
  bed.pass(20);
  expect(bed.list<Pod>('pods').filter(({ spec }) => spec.nodeName === undefined)).toHaveLength(1);
  const [waiting] = bed.podViews().filter(({ status }) => status === 'Pending');
  const [gone] = bed.podViews().filter(({ status }) => status === 'Running');
  bed.kubectl('delete', 'pod', gone!.name);
  bed.untilReady(waiting!.name);
});

test('nodeSelector, nodeName, taints and cordon are heeded', () => {
  const bed = new Testbed({ workers: [{ name: 'plain' }, { name: 'fast', labels: { disk: 'ssd' } }] });
  const withSpec = (name: string, spec: string) =>
    scriptPod(name, 'trap exit TERM; while :; do sleep 1; done').replace('spec:\n', `spec:\n${spec}`);
  bed.apply(withSpec('selective', '  nodeSelector: {disk: ssd}\n'));
  bed.untilReady('selective');
  expect(bed.nodeOf('selective')).toBe('fast');

  bed.apply(withSpec('picky', '  nodeSelector: {disk: tape}\n'));
  bed.pass(2);
  expect(bed.eventsOf('picky').join()).toContain("2 node(s) didn't match Pod's node affinity/selector");
  bed.kubectl('label', 'node', 'plain', 'disk=tape');
  bed.untilReady('picky');
  expect(bed.nodeOf('picky')).toBe('plain');

  bed.apply(withSpec('placed', '  nodeName: control-plane\n'));
  bed.untilReady('placed');
  expect(bed.nodeOf('placed')).toBe('control-plane');

  bed.kubectl('cordon', 'plain');
  bed.kubectl('taint', 'node', 'fast', 'team=gpu:NoSchedule');
  // Commands take no time here: without a moment between, the scheduler may hear of the Pod before it hears of the nodes.
  bed.pass(1);
  bed.apply(withSpec('outside', ''));
  bed.pass(2);
  const [event] = bed.eventsOf('outside');
  expect(event).toContain('0/3 nodes are available');
  expect(event).toContain('1 node(s) were unschedulable');
  bed.apply(withSpec('tolerant', '  tolerations: [{key: team, operator: Equal, value: gpu, effect: NoSchedule}]\n'));
  bed.untilReady('tolerant');
  expect(bed.nodeOf('tolerant')).toBe('fast');
  bed.kubectl('uncordon', 'plain');
  bed.untilReady('outside');
  expect(bed.nodeOf('outside')).toBe('plain');
});

test('a NoExecute taint drives Pods out, and drain empties a node', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=4');
  bed.until('four are ready', () => bed.podViews().filter(({ ready }) => ready).length === 4);
  bed.kubectl('taint', 'node', 'node-1', 'broken=true:NoExecute');
  bed.pass(40);
  expect(bed.podViews().map(({ name }) => bed.nodeOf(name))).toEqual(Array(4).fill('node-2'));
  bed.kubectl('taint', 'node', 'node-1', 'broken-');
  bed.kubectl('cordon', 'node-2');
  bed.pass(1);
  bed.kubectl('drain', 'node-2', '--ignore-daemonsets');
  bed.until(
    'all on node-1',
    () => bed.podViews().filter(({ name, ready }) => ready && bed.nodeOf(name) === 'node-1').length === 4,
  );
  expect(bed.kubectl('get', 'nodes')).toMatch(/node-2 +Ready,SchedulingDisabled/);
});

test('what takes the place of a drained Pod does not come back to the node', () => {
  const bed = new Testbed({ seed: 's4', workers: [{ name: 'node-1' }, { name: 'node-2' }] });
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=4');
  bed.until('four are ready', () => bed.podViews().filter(({ ready }) => ready).length === 4);
  bed.pass(1);
  bed.kubectl('drain', 'node-2', '--ignore-daemonsets', '--disable-eviction');
  bed.pass(5);
  expect(bed.podViews().map(({ name }) => bed.nodeOf(name))).toEqual(Array(4).fill('node-1'));
});

test('a Pod that a disruption budget holds back holds up no other, and drain says in the end which it was', () => {
  const bed = new Testbed();
  bed.kubectl('cordon', 'node-2');
  for (const name of ['kept', 'moved']) bed.kubectl('create', 'deployment', name, '--image=nginx:1.29');
  bed.kubectl('create', 'poddisruptionbudget', 'kept', '--selector=app=kept', '--min-available=1');
  bed.until('both are ready', () => bed.podViews().filter(({ ready }) => ready).length === 2);
  const [kept, moved] = bed
    .podViews()
    .map(({ name }) => name)
    .sort();
  const problem = `error when evicting pods/"${kept}" -n "default"`;
  const refusal = `${problem} (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`;
  const { exitCode, stdout, stderr } = bed.kubectlAnyway('drain', 'node-1', '--ignore-daemonsets', '--timeout=8s');
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`pod/${moved} evicted\n`);
  expect(stdout.split(`evicting pod default/${kept}\n`)).toHaveLength(4);
  const timedOut = `${problem}: global timeout reached: 8s`;
  expect(stderr.split('\n').slice(1)).toEqual([
    refusal,
    refusal,
    `There are pending pods in node "node-1" when an error occurred: ${timedOut}`,
    `pod/${kept}`,
    `error: unable to drain node "node-1" due to error: ${timedOut}, continuing command...`,
    'There are pending nodes to be drained:',
    ` node-1`,
    timedOut,
    '',
  ]);
  expect(bed.kubectl('drain', 'node-1', '--ignore-daemonsets', '--dry-run=client')).toContain(
    `evicting pod default/${kept} (dry run)\nnode/node-1 drained (dry run)\n`,
  );
});

test('drain does not wait for Pods that have been ending for too long, if told so', () => {
  const bed = new Testbed();
  bed.kubectl('cordon', 'node-2');
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29');
  bed.until('it is ready', () => bed.podViews().some(({ ready }) => ready));
  const name = bed.podViews()[0]!.name;
  bed.kubectl('patch', 'pod', name, '-p', '{"metadata": {"finalizers": ["example.com/holds-on"]}}');
  const patient = ['drain', 'node-1', '--ignore-daemonsets', '--skip-wait-for-delete-timeout=20'];
  const startMs = bed.sim.nowMs;
  expect(bed.kubectl(...patient)).toContain(`pod "${name}" has DeletionTimestamp older than 20 seconds, skipping\n`);
  expect(bed.sim.nowMs - startMs).toBeGreaterThan(20_000);
  // By now it is no business of drain's.
  expect(bed.kubectl(...patient)).not.toContain(name);
});

// "The pod is the atomic unit of scheduling": an application of 1 GiB and its log collector of 0.5 GiB, on nodes with room
// for 1.25 GiB and 2 GiB. As two Pods that must be together they can dead-end; as one Pod they cannot.

const TIGHT = [
  { name: 'small', memory: '1280Mi' },
  { name: 'large', memory: '2Gi' },
];

function container(name: string, memory: string): string {
  return `  - name: ${name}
    image: busybox:1.37
    command: [sh, -c, "trap exit TERM; while true; do sleep 1; done"]
    resources: {requests: {memory: ${memory}}}
`;
}

function podOf(name: string, containers: string, rest = ''): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  terminationGracePeriodSeconds: 1
${rest}  containers:
${containers}`;
}

test('scheduled apart, an application and its log collector may end up where they cannot be together', () => {
  const bed = new Testbed({ workers: TIGHT });
  // Nothing says yet that the application needs company: it may take the small node. Here it is told to, as chance might.
  bed.apply(podOf('app', container('app', '1Gi'), '  nodeSelector: {kubernetes.io/hostname: small}\n'));
  bed.untilReady('app');
  const besideApp = `  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - {labelSelector: {matchLabels: {app: app}}, topologyKey: kubernetes.io/hostname}
`;
  bed.apply(podOf('log-collector', container('log-collector', '0.5Gi'), besideApp));
  bed.pass(60);
  const { status } = bed.pod('log-collector');
  expect(status?.phase).toBe('Pending');
  expect(status?.conditions?.[0]?.message).toContain("node(s) didn't match pod affinity rules");
  expect(status?.conditions?.[0]?.message).toContain('1 Insufficient memory');
  const why = bed.cluster.explainScheduling('log-collector')!;
  expect(why.node).toBeUndefined();
  expect(Object.fromEntries(why.nodes.map(({ node, refusedBy }) => [node, refusedBy]))).toEqual({
    'control-plane': 'TaintToleration',
    small: 'NodeResourcesFit',
    large: 'InterPodAffinity',
  });
});

test('as one Pod they land whole on the node that has room for both', () => {
  const bed = new Testbed({ workers: TIGHT });
  bed.apply(podOf('web', container('app', '1Gi') + container('log-collector', '0.5Gi')));
  bed.untilReady('web');
  expect(bed.nodeOf('web')).toBe('large');
  const why = bed.cluster.explainScheduling('web')!;
  expect(why).toMatchObject({ node: 'large', nodeCount: 3 });
  expect(why.nodes.find(({ node }) => node === 'small')).toEqual({
    node: 'small',
    refusedBy: 'NodeResourcesFit',
    reasons: ['Insufficient memory'],
  });
});
