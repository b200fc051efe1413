import { expect, test } from 'vitest';
import type { CronJob, Pod } from '../api/kinds.ts';
import { cronJobs, pods } from '../api/resources.ts';
import { ControlPlane } from '../kube-controller-manager/testing/control-plane.ts';

const container = { name: 'c', image: 'nginx' };
const FIELD = { schedulingGroup: { podGroupName: 'a' } };

function pod(cluster: ControlPlane): Pod {
  cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  return cluster.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [container], ...FIELD },
  });
}

test('a field of a feature that is off is dropped, in Pods and in templates', () => {
  const cluster = new ControlPlane('gated');
  expect(pod(cluster).spec.schedulingGroup).toBeUndefined();
  const template = { spec: { containers: [container], restartPolicy: 'Never' as const, ...FIELD } };
  cluster.apply<CronJob>({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  });
  const patched = cluster.client
    .resource(cronJobs)
    .patch('c', 'default', 'merge', { spec: { jobTemplate: { spec: { template: { spec: FIELD } } } } });
  expect(patched.spec?.jobTemplate.spec?.template.spec?.schedulingGroup).toBeUndefined();
});

test('with the feature it is kept, checked, and does not change', () => {
  const cluster = new ControlPlane('gated', undefined, 'GenericWorkload=true');
  expect(pod(cluster).spec.schedulingGroup).toEqual({ podGroupName: 'a' });
  const change = (group: object) => () =>
    cluster.client.resource(pods).patch('p', 'default', 'merge', { spec: { schedulingGroup: group } });
  expect(change({ podGroupName: 'b' })).toThrow('pod updates may not change fields other than');
  expect(change({ podGroupName: 'No Name' })).toThrow('a lowercase RFC 1123 subdomain must consist of');
  expect(change({ podGroupName: null })).toThrow(
    'spec.schedulingGroup: Invalid value: "": must specify one of: `podGroupName`',
  );
});
