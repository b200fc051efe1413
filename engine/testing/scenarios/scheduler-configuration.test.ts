import { expect, test } from 'vitest';
import { configureScheduler } from './scheduler-bed.ts';
import { Testbed } from './testbed.ts';

// The scheduler as a learner changes it: by its configuration file and its static Pod on the control-plane machine.

test('a second profile packs Pods where the default one spreads them', () => {
  const bed = new Testbed({ workers: [{ memory: '8Gi' }, { memory: '8Gi' }] });
  configureScheduler(
    bed,
    `profiles:
- schedulerName: default-scheduler
- schedulerName: packer
  plugins:
    score: {disabled: [{name: "*"}], enabled: [{name: NodeResourcesFit}]}
  pluginConfig:
  - name: NodeResourcesFit
    args: {scoringStrategy: {type: MostAllocated, resources: [{name: memory, weight: 1}]}}
`,
  );
  bed.pass(60);
  const pod = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  schedulerName: packer
  containers:
  - {name: c, image: "nginx:1.29", resources: {requests: {memory: 512Mi}}}
`;
  bed.apply(['a', 'b', 'c', 'd'].map(pod).join('---\n'));
  for (const name of ['a', 'b', 'c', 'd']) bed.untilReady(name, 60);
  const used = new Set(['a', 'b', 'c', 'd'].map((name) => bed.nodeOf(name)));
  expect(used.size).toBe(1);
  expect(bed.cluster.explainScheduling('d')).toMatchObject({ schedulerName: 'packer' });
});

test('a file that is wrong keeps the scheduler from starting, and its log says why', () => {
  const bed = new Testbed();
  configureScheduler(bed, 'podMaxBackoffSeconds: 0\n');
  bed.pass(40);
  expect(bed.kubectl('get', 'pods', '-n', 'kube-system')).toMatch(
    /kube-scheduler-control-plane +0\/1 +(CrashLoopBackOff|Error)/,
  );
  expect(bed.kubectl('logs', '-n', 'kube-system', 'kube-scheduler-control-plane')).toContain(
    'podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds',
  );
});
