import { expect, test } from 'vitest';
import { KINDS } from '../api/kind-list.ts';
import { Etcd } from '../etcd/index.ts';
import { createApiServer } from '../kube-apiserver/index.ts';
import { Simulation } from '../sim/index.ts';
import { Client } from './client.ts';
import { Discovery } from './discovery.ts';

function discover(kinds = KINDS) {
  const sim = new Simulation({ seed: 'discovery' });
  const dialNode = () => undefined;
  const server = createApiServer({ sim, etcd: new Etcd(sim), kinds, dialNode, serverVersion: 'v1.36.2' });
  return new Discovery(new Client(server.handle));
}

test('what the server serves is asked for once, and again only when it has changed', () => {
  const discovery = discover();
  expect(discovery.refresh()).toBe(true);
  expect(discovery.refresh()).toBe(false);
  expect(discovery.find({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({
    plural: 'deployments',
    namespaced: true,
    subresources: expect.arrayContaining(['scale', 'status']),
  });
  expect(discovery.find({ apiVersion: 'example.com/v1', kind: 'Widget' })).toBeUndefined();
});

test('a kind that is served in several versions is preferred in one', () => {
  const discovery = discover();
  discovery.refresh();
  const autoscalers = discovery.preferred().filter(({ plural }) => plural === 'horizontalpodautoscalers');
  expect(autoscalers.map(({ version }) => version)).toEqual(['v2']);
});

test('what is not served is not found, though it is built in', () => {
  const discovery = discover(KINDS.filter(({ group }) => group !== 'batch'));
  discovery.refresh();
  expect(discovery.find({ apiVersion: 'batch/v1', kind: 'Job' })).toBeUndefined();
});
