import { expect, test } from 'vitest';
import { type Body, startTestServer } from './testing/test-server.ts';

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

test('the server registers what it serves', () => {
  const { request } = startTestServer({ describesItself: true });
  const { rows } = request('GET', '/apis/apiregistration.k8s.io/v1/apiservices', undefined, TABLE).body;
  const cells = rows.map((row: Body) => row.cells);
  expect(cells).toContainEqual(['v1.', 'Local', 'True', '0s']);
  expect(cells).toContainEqual(['v2.autoscaling', 'Local', 'True', '0s']);
  const versions = request('GET', '/apis').body.groups.flatMap((group: Body) => group.versions);
  const registered = new Set(cells.map(([name]: string[]) => name));
  for (const { groupVersion, version } of versions) {
    const name = `${version}.${groupVersion.slice(0, groupVersion.lastIndexOf('/'))}`;
    // The aggregator does not speak of itself.
    expect(registered.has(name), name).toBe(name !== 'v1.apiregistration.k8s.io');
  }
});

test('a fresh cluster has its priority levels and flow schemas', () => {
  const { request } = startTestServer({ describesItself: true });
  const names = (resource: string) =>
    request('GET', `/apis/flowcontrol.apiserver.k8s.io/v1/${resource}`).body.items.map(
      ({ metadata }: Body) => metadata.name,
    );
  const levels = names('prioritylevelconfigurations');
  expect(levels).toEqual([
    'catch-all',
    'exempt',
    'global-default',
    'leader-election',
    'node-high',
    'system',
    'workload-high',
    'workload-low',
  ]);
  expect(names('flowschemas')).toHaveLength(13);
  const { items } = request('GET', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas').body;
  for (const { spec } of items) expect(levels).toContain(spec.priorityLevelConfiguration.name);
});

test('a flow schema says whether there is its priority level', () => {
  const { request, sim } = startTestServer({ describesItself: true });
  const path = '/apis/flowcontrol.apiserver.k8s.io/v1';
  const told = () => request('GET', `${path}/flowschemas/mine`, undefined, TABLE).body.rows[0].cells.at(-1);
  request('POST', `${path}/flowschemas`, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'mine' },
    spec: { priorityLevelConfiguration: { name: 'late' } },
  });
  expect(told()).toBe('?');
  sim.runFor(10);
  expect(told()).toBe('True');
  request('POST', `${path}/prioritylevelconfigurations`, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name: 'late' },
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
  });
  sim.runFor(10);
  expect(told()).toBe('False');
  const { conditions } = request('GET', `${path}/flowschemas/mine`).body.status;
  expect(conditions).toMatchObject([
    {
      type: 'Dangling',
      reason: 'Found',
      message: 'This FlowSchema references the PriorityLevelConfiguration object named "late" and it exists',
    },
  ]);
});

test('a fresh cluster says where Services have their addresses, and by whom clients are known', () => {
  const { request } = startTestServer({ describesItself: true, clientCa: 'the certificate' });
  const { body } = request('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes');
  expect(body.spec.cidrs).toEqual(['10.96.0.0/12']);
  expect(body.status.conditions).toEqual([expect.objectContaining({ type: 'Ready', status: 'True' })]);
  const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
  expect(request('GET', path).body.data).toEqual({ 'client-ca-file': 'the certificate' });
});

test('without the file of its flag there is nothing to tell of clients', () => {
  const { request } = startTestServer({ describesItself: true });
  const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
  expect(request('GET', path).status).toBe(404);
});

test('a fresh cluster says since when it notes the use of lasting tokens', () => {
  const { request } = startTestServer({ describesItself: true });
  const path = '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking';
  const { metadata, data } = request('GET', path).body;
  expect(data).toEqual({ since: metadata.creationTimestamp.slice(0, 10) });
});
