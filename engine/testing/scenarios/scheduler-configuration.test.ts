import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// The scheduler as a learner changes it: by its configuration file and its static Pod on the control-plane machine.

const MANIFEST = '/etc/kubernetes/manifests/kube-scheduler.yaml';
const FILE = '/etc/kubernetes/scheduler-config.yaml';

/** Writes the file, and has the static Pod name and mount it. */
function configure(bed: Testbed, configuration: string): void {
  const script = `cat > ${FILE} <<'END'
${configuration}END
sed -e 's|    - --leader-elect=true|    - --leader-elect=true\\n    - --config=${FILE}|' \\
    -e 's|^    volumeMounts:|    volumeMounts:\\n    - {mountPath: ${FILE}, name: config, readOnly: true}|' \\
    -e 's|^  volumes:|  volumes:\\n  - {name: config, hostPath: {path: ${FILE}, type: File}}|' ${MANIFEST} > /root/next.yaml
mv /root/next.yaml ${MANIFEST}
`;
  const outcome = bed.run('control-plane', 'sh', '-c', script);
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
}

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

test('a second profile packs Pods where the default one spreads them', () => {
  const bed = new Testbed({ workers: [{ memory: '8Gi' }, { memory: '8Gi' }] });
  configure(
    bed,
    `${HEAD}profiles:
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
  configure(bed, `${HEAD}podMaxBackoffSeconds: 0\n`);
  bed.pass(40);
  expect(bed.kubectl('get', 'pods', '-n', 'kube-system')).toMatch(
    /kube-scheduler-control-plane +0\/1 +(CrashLoopBackOff|Error)/,
  );
  expect(bed.kubectl('logs', '-n', 'kube-system', 'kube-scheduler-control-plane')).toContain(
    'podMaxBackoffSeconds: Invalid value: 0: must be greater than or equal to PodInitialBackoffSeconds',
  );
});
