import { expect, test } from 'vitest';
import type { Cluster } from '../cluster/cluster.ts';
import { createCluster } from '../cluster/create.ts';

function startCluster(): Cluster {
  return createCluster({ workers: [{ name: 'node-1' }], metricsServer: true });
}

const get = (cluster: Cluster, path: string, query?: Record<string, string>) =>
  cluster.read({ method: 'GET', path, ...(query === undefined ? {} : { query }) });

test('the add-on serves what the kubelets have measured', () => {
  const cluster = startCluster();
  cluster.sim.runFor(120_000);
  const apiService = get(cluster, '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io').body;
  expect(apiService).toMatchObject({
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'Passed' }] },
  });
  const nodes = get(cluster, '/apis/metrics.k8s.io/v1beta1/nodes').body as { items: object[] };
  expect(nodes.items).toHaveLength(2);
  expect(nodes.items[0]).toMatchObject({
    kind: 'NodeMetrics',
    usage: { cpu: expect.stringMatching(/^\d+n?$/), memory: expect.stringMatching(/^\d+Ki$/) },
  });
  const pods = get(cluster, '/apis/metrics.k8s.io/v1beta1/namespaces/kube-system/pods', {
    labelSelector: 'k8s-app=metrics-server',
  }).body;
  expect(pods).toMatchObject({ kind: 'PodMetricsList', items: [{ containers: [{ name: 'metrics-server' }] }] });
  expect(get(cluster, '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/none')).toMatchObject({
    status: 404,
    body: { message: 'podmetrics.metrics.k8s.io "default/none" not found' },
  });
  const groups = get(cluster, '/apis').body as { groups: { name: string }[] };
  expect(groups.groups.map(({ name }) => name)).toContain('metrics.k8s.io');
});

test('without its Pods nobody answers', () => {
  const cluster = startCluster();
  cluster.submit({
    kind: 'api',
    request: {
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/kube-system/deployments/metrics-server/scale',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { spec: { replicas: 0 } },
    },
  });
  cluster.sim.runFor(60_000);
  expect(get(cluster, '/apis/metrics.k8s.io/v1beta1/nodes')).toMatchObject({
    status: 503,
    body: 'service unavailable\n',
  });
  expect(get(cluster, '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io').body).toMatchObject({
    status: { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] },
  });
});

test('kubectl top shows it', () => {
  const cluster = startCluster();
  cluster.sim.runFor(60_000);
  const top = (...args: string[]) => cluster.run('workstation', ['kubectl', 'top', ...args], 10_000);
  expect(top('node')?.stdout).toMatch(
    /^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) +\n\S+ +\d+m +\d+% +\d+Mi +\d+% +\nnode-1 +\d+m/,
  );
  expect(top('pod', '-n', 'kube-system', '--containers', '--no-headers')?.stdout).toMatch(
    /metrics-server-\S+ +metrics-server +\d+m +\d+Mi +\n/,
  );
  expect(top('pod')?.stderr).toBe('No resources found in default namespace.\n');
});

test('without the add-on there is nothing to show', () => {
  const cluster = createCluster({ workers: [{ name: 'node-1' }] });
  expect(cluster.run('workstation', ['kubectl', 'top', 'pod'], 10_000)?.stderr).toBe(
    'error: Metrics API not available\n',
  );
});
