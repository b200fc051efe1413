import { expect, test } from 'vitest';
import type { APIService } from '../../api/extension-kinds.ts';
import { Testbed } from './testbed.ts';

// API servers beside the cluster's, which an APIService leads to: what goes wrong with them.

const NAME = 'v1alpha1.wardle.example.com';
const FLUNDERS = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders';

function available(bed: Testbed): string {
  const { status } = bed.get<APIService>('apiservice', NAME);
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  return `${condition?.status} ${condition?.reason}`;
}

test('an APIService says why its server is not available', () => {
  const bed = new Testbed({ workers: [{}] });
  const service = (port: number) => `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: ${NAME}}
spec: {service: {namespace: default, name: sample, port: ${port}}, group: wardle.example.com, version: v1alpha1, groupPriorityMinimum: 2000, versionPriority: 200, insecureSkipTLSVerify: true}
`;
  bed.apply(service(7443));
  bed.pass(6);
  expect(available(bed)).toBe('False ServiceNotFound');
  expect(bed.kubectlAnyway('get', '--raw', FLUNDERS).stderr).toContain('ServiceUnavailable');
  bed.kubectl('create', 'service', 'clusterip', 'sample', '--tcp=443:443');
  bed.pass(6);
  expect(available(bed)).toBe('False ServicePortError');
  bed.apply(service(443));
  bed.pass(6);
  expect(available(bed)).toBe('False MissingEndpoints');
  // Somebody is there who does not speak TLS.
  bed.kubectl('run', 'sample', '--image=nginx:1.27', '--labels=app=sample');
  bed.kubectl('patch', 'service', 'sample', '-p', '{"spec":{"ports":[{"port":443,"targetPort":80}]}}');
  bed.untilReady('sample');
  bed.pass(10);
  expect(available(bed)).toBe('False FailedDiscoveryCheck');
  expect(bed.kubectl('get', 'apiservice', NAME)).toContain('False (FailedDiscoveryCheck)');
});

test("an etcd in a Pod is not the cluster's", () => {
  const bed = new Testbed({ workers: [{}] });
  bed.kubectl('run', 'etcd', '--image=registry.k8s.io/etcd:3.6.6-0', '--command', '--', 'etcd');
  bed.untilReady('etcd');
  bed.kubectl('create', 'configmap', 'before');
  bed.kubectl('delete', 'pod', 'etcd');
  bed.pass(5);
  expect(bed.kubectl('get', 'configmap', 'before', '-o', 'name')).toBe('configmap/before\n');
});
