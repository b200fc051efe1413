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

const MANIFEST = 'https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml';

test('as its project gives it out, it does not believe kubelets that sign for themselves, until it is told to', () => {
  const cluster = createCluster({ workers: [{ name: 'node-1' }] });
  const kubectl = (...args: string[]) => {
    const { stdout, stderr } = cluster.run('workstation', ['kubectl', ...args], 10_000)!;
    return stdout + stderr;
  };
  expect(kubectl('apply', '-f', MANIFEST)).toContain('deployment.apps/metrics-server created\n');
  cluster.sim.runFor(60_000);
  expect(kubectl('get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=metrics-server')).toMatch(/ 0\/1 +Running +0 /);
  const logs = kubectl('logs', '-n', 'kube-system', 'deploy/metrics-server');
  expect(logs).toContain(
    `"Failed to scrape node" err="Get \\"https://10.0.0.11:10250/metrics/resource\\": tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.11 because it doesn't contain any IP SANs" node="node-1"\n`,
  );
  expect(logs).toContain('"Failed probe" probe="metric-storage-ready" err="no metrics to serve"\n');
  expect(kubectl('top', 'node')).toBe(
    'Error from server (ServiceUnavailable): the server is currently unable to handle the request (get nodes.metrics.k8s.io)\n',
  );
  const patch = [{ op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--kubelet-insecure-tls' }];
  kubectl('patch', 'deployment', 'metrics-server', '-n', 'kube-system', '--type=json', '-p', JSON.stringify(patch));
  cluster.sim.runFor(90_000);
  expect(kubectl('top', 'node', 'node-1')).toMatch(/^node-1 +\d+m /m);
});

test('who may not look at the kubelets’ metrics hears it from them', () => {
  const cluster = startCluster();
  const kubectl = (...args: string[]) => cluster.run('workstation', ['kubectl', ...args], 10_000)?.stdout;
  cluster.sim.runFor(60_000);
  kubectl('delete', 'clusterrolebinding', 'system:metrics-server');
  kubectl('create', 'clusterrolebinding', 'looks', '--clusterrole=view', '--serviceaccount=kube-system:metrics-server');
  // A kubelet remembers for five minutes what the API server has allowed.
  cluster.sim.runFor(6 * 60_000);
  expect(kubectl('logs', '-n', 'kube-system', 'deploy/metrics-server')).toContain(
    '"Failed to scrape node" err="request failed, status: \\"403 Forbidden\\"" node="node-1"\n',
  );
});

test.each([
  [
    ['--kubelet-insecure-tls', '--kubelet-certificate-authority=/ca'],
    'cannot use both --kubelet-certificate-authority and --kubelet-insecure-tls',
  ],
  [['--metric-resolution=5s'], 'metric-resolution should be a time duration at least 10s, but value 5s provided'],
  [['--kubelet-secure'], 'unknown flag: --kubelet-secure'],
])('a command line that is no good: %s', (args, problem) => {
  const cluster = createCluster({ workers: [{ name: 'node-1' }] });
  const words = ['--image=registry.k8s.io/metrics-server/metrics-server:v0.8.1', '--restart=Never', '--', ...args];
  cluster.run('workstation', ['kubectl', 'run', 'alone', ...words], 10_000);
  cluster.sim.runFor(20_000);
  expect(cluster.run('workstation', ['kubectl', 'logs', 'alone'], 10_000)?.stdout).toBe(`Error: ${problem}\n`);
});
