import { expect, test } from 'vitest';
import { createCluster } from '../../index.ts';
import { Testbed } from './testbed.ts';

// A cluster can be made of an older release: what its machines, images and objects call themselves.

const bed = new Testbed({ workers: [{}], kubernetesVersion: 'v1.36.1' });

test('a cluster of an older release says so wherever a release is told', () => {
  expect(bed.sh('kubectl version').stdout).toBe(
    'Client Version: v1.36.2\nKustomize Version: v5.8.1\nServer Version: v1.36.1\n',
  );
  expect(bed.sh("kubectl get nodes -o jsonpath='{.items[*].status.nodeInfo.kubeletVersion}'").stdout).toBe(
    'v1.36.1 v1.36.1',
  );
  const images = "kubectl -n kube-system get pods -o jsonpath='{..spec.containers[*].image}'";
  expect([...new Set(bed.sh(images).stdout.split(' '))].filter((image) => image.includes('v1.36')).sort()).toEqual(
    ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler'].map(
      (name) => `registry.k8s.io/${name}:v1.36.1`,
    ),
  );
  expect(bed.sh('kubectl -n kube-system get cm kubeadm-config -o yaml').stdout).toContain('kubernetesVersion: v1.36.1');
  expect(bed.run('node-1', 'kubelet', '--version').stdout).toBe('Kubernetes v1.36.1\n');
  expect(bed.run('node-1', 'kubeadm', 'version', '-o', 'short').stdout).toBe('v1.36.1\n');
});

test('what has never been released makes no cluster', () => {
  expect(() => createCluster({ kubernetesVersion: 'v1.35.0' })).toThrow(
    'there is no Kubernetes v1.35.0 here, only v1.36.0, v1.36.1, v1.36.2',
  );
});

test('a kubelet that was deleted runs on, and does not start again', () => {
  const on = (line: string) => bed.run('node-1', 'bash', '-c', line);
  on('mv /usr/bin/kubelet /root/kubelet');
  expect(on('systemctl is-active kubelet').stdout).toBe('active\n');
  on('systemctl restart kubelet');
  bed.pass(1);
  expect(on('systemctl status kubelet').stdout).toContain('(code=exited, status=203/EXEC)');
  expect(on('journalctl -u kubelet').stdout).toContain(
    'kubelet.service: Failed at step EXEC spawning /usr/bin/kubelet: No such file or directory',
  );
  on('mv /root/kubelet /usr/bin/kubelet');
  bed.pass(20);
  expect(on('systemctl is-active kubelet').stdout).toBe('active\n');
});
