import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// https://github.com/kubernetes/kubernetes/blob/master/test/conformance/testdata/conformance.yaml, SIG scheduling: what each
// asks of a cluster, asked of this one through kubectl.

interface Wanted {
  readonly cpu?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly nodeName?: string;
  readonly namespace?: string;
  readonly ports?: readonly object[];
  readonly finalizers?: readonly string[];
}

function manifest(name: string, { cpu, namespace = 'default', ports, finalizers, ...spec }: Wanted = {}): string {
  const resources = cpu === undefined ? {} : { requests: { cpu }, limits: { cpu } };
  const containers = [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.1', resources, ports }];
  const terminationGracePeriodSeconds = 1;
  const metadata = { name, namespace, finalizers };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers, terminationGracePeriodSeconds, ...spec },
  });
}

function priorityClass(name: string, value: number): string {
  return JSON.stringify({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
}

/** Two workers of 2 CPUs. */
function setUp(): Testbed {
  return new Testbed({ workers: [{ cpu: '2' }, { cpu: '2' }] });
}

function conditionOf(bed: Testbed, name: string): string | undefined {
  return bed.pod(name).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
}

test('Scheduler, resource limits', () => {
  const bed = setUp();
  const names = ['filler-1', 'filler-2'];
  for (const [i, name] of names.entries()) {
    bed.apply(manifest(name, { cpu: '1500m', nodeSelector: { 'kubernetes.io/hostname': `node-${i + 1}` } }));
    bed.untilReady(name);
  }
  bed.apply(manifest('additional', { cpu: '1' }));
  bed.pass(10);
  expect(bed.pod('additional').spec.nodeName).toBeUndefined();
  expect(conditionOf(bed, 'additional')).toContain('2 Insufficient cpu');
});

test('Scheduler, node selector matching', () => {
  const bed = setUp();
  bed.kubectl('label', 'node', 'node-2', 'kubernetes.io/e2e-label=42');
  bed.apply(manifest('with-labels', { nodeSelector: { 'kubernetes.io/e2e-label': '42' } }));
  bed.untilReady('with-labels');
  expect(bed.pod('with-labels').spec.nodeName).toBe('node-2');
});

test('Scheduler, node selector not matching', () => {
  const bed = setUp();
  bed.apply(manifest('restricted', { nodeSelector: { label: 'nonempty' } }));
  bed.pass(10);
  expect(bed.pod('restricted').status?.phase).toBe('Pending');
  expect(conditionOf(bed, 'restricted')).toContain("node(s) didn't match Pod's node affinity/selector");
});

test('Scheduling, HostPort and Protocol match, HostIPs different but one is default HostIP (0.0.0.0)', () => {
  const bed = setUp();
  const nodeSelector = { 'kubernetes.io/hostname': 'node-1' };
  const port = (hostIP: string) => [{ containerPort: 8080, hostPort: 54322, protocol: 'TCP', hostIP }];
  bed.apply(manifest('pod4', { nodeSelector, ports: port('0.0.0.0') }));
  bed.untilReady('pod4');
  bed.apply(manifest('pod5', { nodeSelector, ports: port('10.0.0.11') }));
  bed.pass(10);
  expect(bed.pod('pod5').spec.nodeName).toBeUndefined();
  expect(conditionOf(bed, 'pod5')).toContain("1 node(s) didn't have free ports for the requested pod ports");
});

test('Pod preemption verification', () => {
  const bed = setUp();
  for (const [i, value] of [1, 2, 3, 4].entries()) bed.apply(priorityClass(`p${i + 1}`, value * 10));
  const replicas = (name: string, count: number, priorityClassName: string, cpu: string) =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name },
      spec: {
        replicas: count,
        selector: { matchLabels: { name } },
        template: {
          metadata: { labels: { name } },
          spec: {
            priorityClassName,
            nodeSelector: { 'kubernetes.io/hostname': 'node-1' },
            terminationGracePeriodSeconds: 1,
            containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.1', resources: { requests: { cpu } } }],
          },
        },
      },
    });
  const running = (name: string) => bed.podViews().filter((pod) => pod.name.startsWith(`${name}-`) && pod.ready).length;
  for (const [name, count, priority, cpu] of [
    ['rs-pod1', 1, 'p1', '400m'],
    ['rs-pod2', 1, 'p2', '300m'],
    ['rs-pod3', 1, 'p3', '450m'],
  ] as const) {
    bed.apply(replicas(name, count, priority, cpu));
    bed.until(`${name} runs`, () => running(name) === count);
  }
  // What is left of the node does not do for it: the least important ones have to go.
  bed.apply(replicas('rs-pod4', 1, 'p4', '1400m'));
  bed.until('rs-pod4 runs', () => running('rs-pod4') === 1);
  expect(running('rs-pod3')).toBe(1);
  expect(running('rs-pod1')).toBe(0);
  expect(running('rs-pod2')).toBe(0);
});

test('Scheduler, Verify PriorityClass endpoints', () => {
  const bed = setUp();
  bed.apply(priorityClass('p1', 10));
  bed.apply(priorityClass('p2', 20));
  const refused = bed.kubectlAnyway('patch', 'priorityclass', 'p1', '-p', '{"value": 11}');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('value: Forbidden: may not be changed in an update.');
  bed.kubectl('patch', 'priorityclass', 'p1', '-p', '{"description": "updated"}');
  expect(bed.get<{ description: string }>('priorityclass', 'p1').description).toBe('updated');
  bed.kubectl('delete', 'priorityclass', 'p1', 'p2');
  expect(bed.kubectl('get', 'priorityclass')).not.toMatch(/^p[12] /m);
});

/** One Pod of low and one of middling priority, which fill both workers to two thirds. */
function withTwoPods(): Testbed {
  const bed = setUp();
  for (const [name, value] of [
    ['low', 1],
    ['middle', 100],
    ['high', 1000],
  ] as const)
    bed.apply(priorityClass(name, value));
  bed.apply(
    manifest('pod0', { cpu: '1300m', priorityClassName: 'low', nodeSelector: { 'kubernetes.io/hostname': 'node-1' } }),
  );
  bed.apply(
    manifest('pod1', {
      cpu: '1300m',
      priorityClassName: 'middle',
      nodeSelector: { 'kubernetes.io/hostname': 'node-2' },
    }),
  );
  bed.untilReady('pod0');
  bed.untilReady('pod1');
  return bed;
}

test('Scheduler, Basic Preemption', () => {
  const bed = withTwoPods();
  bed.apply(manifest('preemptor', { cpu: '1300m', priorityClassName: 'high' }));
  bed.untilReady('preemptor');
  expect(bed.podView('pod0')).toBeUndefined();
  expect(bed.podView('pod1')?.ready).toBe(true);
  expect(bed.nodeOf('preemptor')).toBe('node-1');
});

test('Scheduler, Preemption for critical pod', () => {
  const bed = withTwoPods();
  bed.apply(
    manifest('critical', { cpu: '1300m', priorityClassName: 'system-cluster-critical', namespace: 'kube-system' }),
  );
  bed.until('the critical Pod runs', () => bed.podView('critical', 'kube-system')?.ready === true);
  expect(bed.podView('pod0')).toBeUndefined();
  expect(bed.podView('pod1')?.ready).toBe(true);
});

test('Verify the DisruptionTarget condition is added to the preempted pod', () => {
  const bed = setUp();
  bed.apply(priorityClass('low', 1));
  bed.apply(priorityClass('high', 1000));
  const nodeSelector = { 'kubernetes.io/hostname': 'node-1' };
  bed.apply(
    manifest('victim', {
      cpu: '1300m',
      priorityClassName: 'low',
      nodeSelector,
      finalizers: ['example.com/test-finalizer'],
    }),
  );
  bed.untilReady('victim');
  bed.apply(manifest('preemptor', { cpu: '1300m', priorityClassName: 'high', nodeSelector }));
  bed.pass(10);
  const victim = bed.get<Pod>('pod', 'victim');
  expect(victim.metadata.deletionTimestamp).toBeDefined();
  expect(victim.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }),
  );
});
