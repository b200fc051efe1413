import { expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

const POD = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {nodeName: node-1, containers: [{name: main, image: "busybox:1.37", command: [sleep, "100000"]}]}
`;

test('containerd sees containers, tasks and images in the namespace of Kubernetes, and none in its own', () => {
  const bed = new Testbed();
  bed.apply(POD);
  bed.untilReady('web');
  const id = bed.pod('web').status!.containerStatuses![0]!.containerID!.replace('containerd://', '');
  const lines = [
    'ctr namespaces ls',
    'ctr containers ls',
    'ctr -n k8s.io c ls',
    'ctr -n=k8s.io task ls',
    'ctr -n k8s.io images ls -q',
    `ctr --namespace k8s.io containers info ${id}`,
    `ctr -n k8s.io tasks kill ${id} 2>&1 || echo $?`,
    `ctr containers info ${id} 2>&1`,
  ];
  const shown = bed.run('node-1', 'sh', '-c', lines.join('; echo ==; ')).stdout.split('==\n');
  const [namespaces, none, containers, tasks, images, info, kill, missing] = shown;
  expect(namespaces).toBe('NAME    LABELS \ndefault        \nk8s.io         \n');
  expect(none).toBe('CONTAINER    IMAGE    RUNTIME    \n');
  const image = 'docker\\.io/library/busybox:1\\.37';
  expect(containers).toMatch(new RegExp(`^${id} {4}${image} +io\\.containerd\\.runc\\.v2 {4}$`, 'm'));
  expect(containers).toContain('registry.k8s.io/pause:');
  expect(tasks).toMatch(new RegExp(`^${id} +\\d+ +RUNNING +$`, 'm'));
  expect(images).toMatch(new RegExp(`^${image}$`, 'm'));
  expect(JSON.parse(info!)).toMatchObject({
    ID: id,
    Labels: { 'io.kubernetes.pod.name': 'web', 'io.cri-containerd.kind': 'container' },
  });
  expect(kill).toBe('ctr: "tasks kill" is not part of this simulation\n1\n');
  expect(missing).toBe(`ctr: container "${id}" in namespace "default": not found\n`);
});
