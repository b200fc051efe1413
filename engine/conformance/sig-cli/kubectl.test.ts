import { expect, test } from 'vitest';
import { Workstation } from '../../kubectl/testing/workstation.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: httpd}
spec:
  replicas: 1
  selector: {matchLabels: {app: httpd}}
  template:
    metadata: {labels: {app: httpd}}
    spec: {containers: [{name: httpd, image: 'httpd:2.4.38'}]}
`;

test('Kubectl, check version v1', () => {
  const { stdout } = new Workstation().run('api-versions');
  expect(stdout.split('\n')).toContain('v1');
});

test('Kubectl, version', () => {
  const { stdout, exitCode } = new Workstation().run('version');
  expect(exitCode).toBe(0);
  for (const part of ['Client Version:', 'Kustomize Version:', 'Server Version:']) expect(stdout).toContain(part);
});

test('Kubectl, cluster info', () => {
  const { stdout } = new Workstation().run('cluster-info');
  expect(stdout.replaceAll(/\u001b\[[\d;]*m/g, '')).toContain('Kubernetes control plane is running at https://');
});

test('Kubectl, diff Deployment', () => {
  const workstation = new Workstation();
  expect(workstation.run('create -f -', { stdin: DEPLOYMENT }).exitCode).toBe(0);
  const changed = DEPLOYMENT.replace('httpd:2.4.38', 'busybox:1.29');
  const { stdout, exitCode } = workstation.run('diff -f -', { stdin: changed });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^-\s+- image: httpd:2\.4\.38$/m);
  expect(stdout).toMatch(/^\+\s+- image: busybox:1\.29$/m);
});
