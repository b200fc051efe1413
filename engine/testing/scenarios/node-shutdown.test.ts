import { expect, test } from 'vitest';
import type { Node } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// A machine that is shut down in order, and one whose power goes.
// https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/

const CONFIG = '/var/lib/kubelet/config.yaml';

const pod = (name: string, seconds: number, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: node-1
  terminationGracePeriodSeconds: 60
  ${more}
  containers:
  - name: main
    image: busybox:1.37
    command: [sh, -c, "trap 'date +%s > /end/$HOSTNAME; sleep ${seconds}; exit 0' TERM; while true; do sleep 1; done"]
    volumeMounts: [{name: end, mountPath: /end}]
  volumes: [{name: end, hostPath: {path: /var/end, type: DirectoryOrCreate}}]
`;

function shutDown(bed: Testbed): void {
  bed.cluster.submit({ kind: 'fault', fault: { type: 'shutdown', host: 'node-1' } });
}

function configure(bed: Testbed, lines: string): void {
  bed.run('node-1', 'sh', '-c', `printf '%s\\n' '${lines}' >> ${CONFIG}`);
  bed.killProcess('node-1', 'kubelet');
  bed.pass(15);
}

const isOn = (bed: Testbed) => bed.cluster.view().nodes.find(({ name }) => name === 'node-1')!.poweredOn;

test('Pods end in the order of their priority before the machine goes down, and say why', () => {
  const bed = new Testbed();
  configure(bed, 'shutdownGracePeriod: 14s\nshutdownGracePeriodCriticalPods: 4s');
  expect(bed.run('node-1', 'cat', '/etc/systemd/logind.conf.d/99-kubelet.conf').stdout).toContain(
    'InhibitDelayMaxSec=14',
  );
  bed.apply(pod('usual', 2));
  bed.apply(pod('slow', 500));
  const critical = pod('critical', 2, 'priorityClassName: system-node-critical').replace(
    'metadata: {',
    'metadata: {namespace: kube-system, ',
  );
  bed.apply(critical);
  for (const name of ['usual', 'slow']) bed.untilReady(name);
  bed.until('critical runs', () => bed.podView('critical', 'kube-system')?.ready === true);

  shutDown(bed);
  bed.pass(2);
  const ready = bed.get<Node>('node', 'node-1').status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' });
  expect(bed.eventsOf('node-1')).toContain('NodeShutdown: Shutdown manager detected shutdown event');
  bed.apply(pod('late', 1));
  bed.pass(2);
  expect(bed.pod('late').status).toMatchObject({
    phase: 'Failed',
    reason: 'NodeShutdown',
    message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
  });
  expect(isOn(bed)).toBe(true);
  bed.until('the machine is off', () => !isOn(bed), 20);
  for (const name of ['usual', 'slow']) {
    expect(bed.pod(name).status).toMatchObject({
      phase: 'Failed',
      reason: 'Terminated',
      message: 'Pod was terminated in response to imminent node shutdown.',
    });
    expect(bed.pod(name).status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet' }),
    );
  }

  bed.power('node-1', 'on');
  bed.pass(10);
  const at = (name: string) => Number(bed.run('node-1', 'cat', `/var/end/${name}`).stdout);
  expect(at('critical') - at('usual')).toBeGreaterThanOrEqual(10);
  expect(Math.abs(at('slow') - at('usual'))).toBeLessThanOrEqual(1);
  bed.until('the node is back', () => bed.cluster.view().nodes.find(({ name }) => name === 'node-1')!.ready);
  expect(bed.pod('usual').status?.phase).toBe('Failed');
});

test('without a grace period the API server hears nothing of how Pods ended', () => {
  const bed = new Testbed();
  bed.apply(pod('usual', 3));
  bed.untilReady('usual');
  shutDown(bed);
  bed.until('the machine is off', () => !isOn(bed), 100);
  expect(bed.pod('usual').status?.phase).toBe('Running');
  expect(() => shutDown(bed)).toThrow('node-1 is already off');
  bed.power('node-1', 'on');
  bed.until('it runs again', () => (bed.pod('usual').status?.containerStatuses?.[0]?.restartCount ?? 0) === 1, 120);
  expect(bed.run('node-1', 'cat', '/var/end/usual').stdout).toMatch(/^\d+\n$/);
});

test('what is reserved for the system is not for Pods; a configuration that cannot be keeps the kubelet from starting', () => {
  const bed = new Testbed();
  configure(bed, 'systemReserved: {cpu: 500m, memory: 512Mi}\nkubeReserved: {memory: 256Mi}');
  const { capacity, allocatable } = bed.get<Node>('node', 'node-1').status!;
  expect(capacity).toMatchObject({ cpu: '2', memory: '2Gi' });
  expect(allocatable).toMatchObject({ cpu: '1500m', memory: '1180Mi' });
  expect(bed.run('node-1', 'cat', '/sys/fs/cgroup/kubepods.slice/memory.max').stdout).toBe(`${1280 * 2 ** 20}\n`);
  configure(bed, 'maxPods: [1]');
  bed.pass(50);
  const ready = bed.get<Node>('node', 'node-1').status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready?.status).toBe('Unknown');
});
