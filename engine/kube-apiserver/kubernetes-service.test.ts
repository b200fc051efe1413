import { expect, test } from 'vitest';
import { KINDS } from '../api/kind-list.ts';
import { endpointSlices, endpoints, services } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import { Etcd } from '../etcd/index.ts';
import { Simulation } from '../sim/index.ts';
import { createApiServer } from './index.ts';

function start(address: string, sim = new Simulation({ seed: 'kubernetes service' }), etcd = new Etcd(sim)) {
  const options = { sim, etcd, kinds: KINDS, dialNode: () => undefined, serverVersion: 'v1.36.2' };
  const server = createApiServer({ ...options, advertiseAddress: address });
  const user = { username: 'admin', groups: ['system:masters'] };
  return { sim, etcd, server, client: new Client((request) => server.handle({ ...request, user })) };
}

test('the API server is a Service of its own cluster', () => {
  const { client } = start('172.18.0.2');
  expect(client.resource(services).get('kubernetes', 'default')).toMatchObject({
    metadata: { labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  });
  expect(client.resource(endpoints).get('kubernetes', 'default')).toMatchObject({
    subsets: [{ addresses: [{ ip: '172.18.0.2' }], ports: [{ name: 'https', port: 6443 }] }],
  });
  expect(client.resource(endpointSlices).get('kubernetes', 'default')).toMatchObject({
    metadata: { labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    endpoints: [{ addresses: ['172.18.0.2'], conditions: { ready: true } }],
  });
});

test('deleted or changed, it comes back; at rest nothing is written', () => {
  const { client, sim, etcd } = start('172.18.0.2');
  const before = etcd.revision;
  sim.runFor(60_000);
  expect(etcd.revision).toBe(before);
  client.resource(services).delete('kubernetes', 'default');
  client.resource(endpoints).patch('kubernetes', 'default', 'merge', { subsets: null });
  sim.runFor(10_000);
  expect(client.resource(services).get('kubernetes', 'default').spec.clusterIP).toBe('10.96.0.1');
  expect(client.resource(endpoints).get('kubernetes', 'default').subsets).toHaveLength(1);
});

test('a server that comes up at another address says so', () => {
  const { sim, etcd, server } = start('172.18.0.2');
  server.close();
  const { client } = start('172.18.0.9', sim, etcd);
  expect(client.resource(endpointSlices).get('kubernetes', 'default').endpoints[0]?.addresses).toEqual(['172.18.0.9']);
});
