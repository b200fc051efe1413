import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// An extended resource, first written by hand, then offered by a plugin: why the second is better.
// https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/
// https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/

const PLUGIN = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: dongles, namespace: kube-system}
spec:
  selector: {matchLabels: {app: dongles}}
  template:
    metadata: {labels: {app: dongles}}
    spec:
      containers:
      - name: plugin
        image: ghcr.io/drydock/tiny-device-plugin:1.0
        env:
        - {name: RESOURCE, value: example.com/dongle}
        volumeMounts:
        - {name: sockets, mountPath: /var/lib/kubelet/device-plugins}
        - {name: dongles, mountPath: /dongles}
      volumes:
      - {name: sockets, hostPath: {path: /var/lib/kubelet/device-plugins}}
      - {name: dongles, hostPath: {path: /dongles, type: DirectoryOrCreate}}
`;

function pod(name: string, count: number): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: busybox:1.37
    command: [sleep, "100000"]
    resources: {limits: {example.com/dongle: ${count}}}
`;
}

function apply(bed: Testbed, manifest: string): void {
  bed.sh(`kubectl apply -f - <<'END'\n${manifest}END\n`);
}

function amounts(bed: Testbed): string {
  const path = '{.status.capacity.example\\.com/dongle}/{.status.allocatable.example\\.com/dongle}';
  return bed.sh(`kubectl get node node-1 -o jsonpath='${path}'`).stdout;
}

function phase(bed: Testbed, name: string): string {
  return bed.sh(`kubectl get pod ${name} -o jsonpath='{.status.phase}'`).stdout;
}

const PATCH = `kubectl patch node node-1 --subresource=status --type=json -p \
'[{"op": "add", "path": "/status/capacity/example.com~1dongle", "value": "4"}]'`;

test('a resource that was written by hand is counted, but nobody stands behind it', () => {
  const bed = new Testbed({ workers: [{}] });
  expect(bed.sh(PATCH).stdout).toBe('node/node-1 patched\n');
  bed.until('the kubelet has copied it', () => amounts(bed) === '4/4', 15);
  apply(bed, pod('first', 3));
  apply(bed, pod('second', 2));
  bed.until('one runs', () => phase(bed, 'first') === 'Running');
  expect(phase(bed, 'second')).toBe('Pending');
  expect(bed.sh('kubectl describe pod second').stdout).toContain('Insufficient example.com/dongle');
  // There is no device, and so nothing of one in the container.
  expect(bed.sh('kubectl exec first -- printenv DEVICES')).toMatchObject({ exitCode: 1, stdout: '' });
  // A kubelet that starts takes it for the resource of another machine.
  bed.run('node-1', 'pkill', 'kubelet');
  bed.until('it is forgotten', () => amounts(bed) === '0/0', 60);
});

test('a plugin knows its devices: how many, how well, and who has which', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.run('node-1', 'bash', '-c', 'mkdir /dongles; echo ok >/dongles/red; echo ok >/dongles/blue');
  apply(bed, PLUGIN);
  bed.until('it has registered', () => amounts(bed) === '2/2');
  apply(bed, pod('web', 1));
  bed.until('it runs', () => phase(bed, 'web') === 'Running');
  expect(bed.sh('kubectl exec web -- sh -c "printenv DEVICES; ls /devices; cat /devices/*"').stdout).toBe(
    'blue\nblue\nok\n',
  );
  bed.run('node-1', 'bash', '-c', 'echo broken >/dongles/red');
  bed.pass(1);
  expect(amounts(bed)).toBe('2/1');
  bed.run('node-1', 'bash', '-c', 'echo ok >/dongles/red');
  bed.pass(1);
  expect(amounts(bed)).toBe('2/2');
  bed.run('node-1', 'bash', '-c', 'echo ok >/dongles/green');
  bed.pass(1);
  expect(amounts(bed)).toBe('3/3');
  bed.run('node-1', 'pkill', 'kubelet');
  // It starts again after ten seconds.
  bed.pass(15);
  expect(amounts(bed)).toBe('3/3');
  expect(phase(bed, 'web')).toBe('Running');
  apply(bed, pod('more', 2));
  bed.until('the rest is given', () => phase(bed, 'more') === 'Running');
  expect(bed.sh('kubectl exec more -- printenv DEVICES').stdout).toBe('green,red\n');
});

test('after a reboot the Pods whose devices are not there yet have failed', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.run('node-1', 'bash', '-c', 'mkdir /dongles; echo ok >/dongles/red');
  apply(bed, PLUGIN);
  bed.until('it has registered', () => amounts(bed) === '1/1');
  apply(bed, pod('web', 1));
  bed.until('it runs', () => phase(bed, 'web') === 'Running');
  bed.cluster.submit({ kind: 'fault', fault: { type: 'power-off', host: 'node-1' } });
  bed.cluster.submit({ kind: 'fault', fault: { type: 'power-on', host: 'node-1' } });
  bed.until('it has been refused', () => phase(bed, 'web') === 'Failed', 60);
  expect(bed.sh('kubectl describe pod web').stdout).toContain(
    'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices ' +
      'example.com/dongle, which is unexpected',
  );
  bed.until('the plugin is back', () => amounts(bed) === '1/1', 60);
});
