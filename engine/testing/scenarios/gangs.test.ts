import { expect, test } from 'vitest';
import type { PodGroup } from '../../api/scheduling/workload-kinds.ts';
import { Testbed } from './testbed.ts';

// Training Jobs whose Pods are of no use alone, on machines with too few GPUs for two of them.
// https://kubernetes.io/docs/concepts/scheduling-eviction/gang-scheduling/

const CUDA = 'docker.io/nvidia/cuda:13.0.1-base-ubuntu24.04';
const GATES = '--feature-gates=GenericWorkload=true,GangScheduling=true';
const SERVE = '--runtime-config=scheduling.k8s.io/v1alpha2=true';

/** Adds flags to a static Pod of the control plane, as an administrator does with an editor. */
function addFlags(bed: Testbed, component: string, ...flags: readonly string[]): void {
  const path = `/etc/kubernetes/manifests/${component}.yaml`;
  const lines = flags.map((flag) => `    - ${flag}\\n`).join('');
  const script = `sed 's|^    image: |${lines}    image: |' ${path} > /root/next.yaml && mv /root/next.yaml ${path}`;
  const { exitCode, stderr } = bed.run('control-plane', 'sh', '-c', script);
  if (exitCode !== 0) throw new Error(stderr);
}

/** Six GPUs on two machines. */
function gpuBed(): Testbed {
  const bed = new Testbed({ workers: [1, 2].map(() => ({ gpus: 3, cpu: '8', memory: '8Gi' })) });
  const path = '{.items[*].status.allocatable.nvidia\\.com/gpu}';
  bed.until('the plugins have registered', () => bed.kubectl('get', 'nodes', '-o', `jsonpath=${path}`) === '3 3', 120);
  return bed;
}

function gangBed(): Testbed {
  const bed = gpuBed();
  addFlags(bed, 'kube-apiserver', GATES, SERVE);
  addFlags(bed, 'kube-controller-manager', GATES);
  addFlags(bed, 'kube-scheduler', GATES);
  bed.until('PodGroups are served', () => bed.kubectlAnyway('get', 'podgroups').exitCode === 0, 120);
  bed.pass(60);
  return bed;
}

function group(name: string, minCount = 4): string {
  return `apiVersion: scheduling.k8s.io/v1alpha2
kind: PodGroup
metadata: {name: ${name}}
spec:
  schedulingPolicy:
    gang: {minCount: ${minCount}}
---
`;
}

/** A Job of four Pods with a GPU each that meet for a minute: whoever is alone waits. */
function training(name: string, grouped: boolean): string {
  return `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  completions: 4
  parallelism: 4
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      ${grouped ? `schedulingGroup: {podGroupName: ${name}}` : ''}
      containers:
      - name: worker
        image: ${CUDA}
        command: [sleep, "${grouped ? 60 : 100000}"]
        resources: {limits: {nvidia.com/gpu: 1}}
---
`;
}

function count(bed: Testbed, job: string, phase: string): number {
  const pods = bed.podViews().filter(({ name }) => name.startsWith(`${job}-`));
  return pods.filter(({ status }) => status === phase).length;
}

test('one by one, both trainings hang half-started', () => {
  const bed = gpuBed();
  // Their Pods come by turns: three of each, then the fourth.
  const both = training('red', false) + training('blue', false);
  bed.apply(both.replaceAll('parallelism: 4', 'parallelism: 3'));
  bed.pass(10);
  bed.apply(both);
  bed.pass(600);
  for (const name of ['red', 'blue']) {
    expect([count(bed, name, 'Running'), count(bed, name, 'Pending')]).toEqual([3, 1]);
  }
});

test('as gangs one runs whole, and then the other', () => {
  const bed = gangBed();
  const history: string[] = [];
  bed.apply(['red', 'blue'].map((name) => group(name) + training(name, true)).join(''));
  for (let second = 0; second < 400; second += 5) {
    const both = (['red', 'blue'] as const).map((name) => count(bed, name, 'Running'));
    // Four or none, once a gang's containers have all come up.
    if (both.every((running) => running === 0 || running === 4)) history.push(both.join(' '));
    expect(both.some((running) => running > 0) && both.every((running) => running > 0)).toBe(false);
    bed.pass(5);
  }
  const turns = history.filter((state, index) => state !== '0 0' && state !== history[index - 1]);
  expect([...new Set(turns)].toSorted()).toEqual(['0 4', '4 0']);
  for (const name of ['red', 'blue']) expect(bed.kubectl('get', 'job', name)).toMatch(/Complete +4\/4/);
});

test('what a learner sees of a gang that waits', () => {
  const bed = gangBed();
  bed.apply(group('green', 7));
  bed.apply(training('green', true).replaceAll(': 4', ': 7'));
  bed.pass(20);
  const pods = bed.kubectl('get', 'pods', '--no-headers');
  expect(pods.match(/Pending/g)).toHaveLength(7);
  expect(bed.kubectl('get', 'podgroups')).toMatch(/^NAME +AGE\ngreen +\d+s\n$/);
  expect(bed.get<PodGroup>('podgroup', 'green').status?.conditions).toMatchObject([
    { type: 'PodGroupScheduled', status: 'False', reason: 'Unschedulable', message: 'pod group is unschedulable' },
  ]);
  const events = bed.kubectl('get', 'events', '--field-selector', 'reason=FailedScheduling');
  expect(events).toMatch(
    /pod group is unschedulable, one or more plugins asked to wait and no plugin rejected pod "green-/,
  );
  expect(events).toContain('2 Insufficient nvidia.com/gpu.');
  expect(bed.kubectl('describe', 'podgroup', 'green')).toContain('Min Count:  7');
  expect(bed.kubectl('explain', 'podgroup.spec.schedulingPolicy.gang')).toContain('minCount\t<integer> -required-');
});

test('a template has to be there before a group is made from it', () => {
  const bed = gangBed();
  const reference = 'podGroupTemplateRef: {workload: {workloadName: jobs, podGroupTemplateName: workers}}';
  const made = group('green').replace('spec:\n', `spec:\n  ${reference}\n`);
  expect(bed.applyAnyway(made).stderr).toContain(
    'podgroups.scheduling.k8s.io "green" is forbidden: PodGroup rejected: Workload "jobs" not found',
  );
  bed.apply(`apiVersion: scheduling.k8s.io/v1alpha2
kind: Workload
metadata: {name: jobs}
spec:
  podGroupTemplates:
  - {name: workers, schedulingPolicy: {gang: {minCount: 4}}}
`);
  expect(bed.apply(made)).toBe('podgroup.scheduling.k8s.io/green created\n');
  expect(bed.applyAnyway(made.replace('minCount: 4', 'minCount: 3')).stderr).toContain(
    'spec.schedulingPolicy: Invalid value: {"gang":{"minCount":3}}: field is immutable',
  );
  const none =
    'apiVersion: scheduling.k8s.io/v1alpha2\nkind: PodGroup\nmetadata: {name: none}\nspec: {schedulingPolicy: {}}\n';
  expect(bed.applyAnyway(none).stderr).toContain('must specify one of: `basic`, `gang`');
});

test('off, as it is unless asked for: no such kind, and the field is dropped', () => {
  const bed = new Testbed();
  expect(bed.applyAnyway(group('green')).stderr).toContain(
    'no matches for kind "PodGroup" in version "scheduling.k8s.io/v1alpha2"\nensure CRDs are installed first',
  );
  bed.apply(training('plain', true));
  expect(bed.kubectl('get', 'job', 'plain', '-o', 'jsonpath={.spec.template.spec.schedulingGroup}')).toBe('');
  expect(bed.kubectl('api-resources', '--api-group=scheduling.k8s.io')).not.toContain('podgroups');
});

test('where only the scheduler knows of groups it waits for an API that nobody serves, and no Pod gets a node', () => {
  const bed = new Testbed();
  addFlags(bed, 'kube-controller-manager', GATES);
  bed.pass(60);
  bed.kubectl('create', 'deployment', 'before', '--image=nginx:1.29');
  bed.until('it runs', () => bed.podViews().some(({ status }) => status === 'Running'), 60);
  addFlags(bed, 'kube-scheduler', GATES);
  bed.pass(60);
  bed.kubectl('create', 'deployment', 'after', '--image=nginx:1.29');
  bed.pass(60);
  expect(
    bed
      .podViews()
      .map(({ name, status }) => `${name.split('-')[0]} ${status}`)
      .toSorted(),
  ).toEqual(['after Pending', 'before Running']);
});

test('flags that mean nothing keep the component from starting, and its log says why', () => {
  const bed = new Testbed();
  addFlags(bed, 'kube-scheduler', '--feature-gates=GangScheduling=true');
  bed.pass(40);
  const log = bed.kubectl('logs', '-n', 'kube-system', 'kube-scheduler-control-plane');
  expect(log).toContain('GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]');
  addFlags(bed, 'kube-controller-manager', '--feature-gates=NoSuchThing=true');
  bed.pass(40);
  const other = bed.kubectl('logs', '-n', 'kube-system', 'kube-controller-manager-control-plane');
  expect(other).toContain('unrecognized feature gate: NoSuchThing');
});
