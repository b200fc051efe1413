import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/concepts/architecture/nodes/#management

test('kube-proxy on a machine whose Node is deleted amid a change waits, and goes on with the next Node', () => {
  const bed = new Testbed({ workers: [{ name: 'node-1' }] });
  bed.pass(5);
  bed.run('node-1', 'systemctl', 'stop', 'kubelet');
  // What the second label means for the rules waits for its turn when the Node goes.
  const labels = 'kubectl label node node-1 pier=1 && kubectl label node node-1 pier=2 --overwrite';
  expect(bed.run('workstation', 'bash', '-c', `${labels} && kubectl delete node node-1`).exitCode).toBe(0);
  bed.pass(5);
  bed.kubectl('create', 'service', 'clusterip', 'second', '--tcp=80');
  bed.run('node-1', 'systemctl', 'start', 'kubelet');
  bed.pass(10);
  expect(bed.run('node-1', 'iptables-save').stdout).toContain('default/second');
});
