import { expect, test } from 'vitest';
import type { ConfigMap } from '../api/kinds.ts';
import { configMaps } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import { FakeApiServer } from '../client/testing/fake-api-server.ts';
import { Simulation } from '../sim/index.ts';
import { MissingReference, ReferencedObjects } from './referenced-objects.ts';

function setUp() {
  const sim = new Simulation({ seed: 'referenced' });
  const server = new FakeApiServer(sim);
  const client = new Client(server.transport);
  const resource = client.resource(configMaps);
  const objects = new ReferencedObjects(sim, client, 'node-1');
  const read = (pod: string, name = 'site') => objects.configMap(pod, name, 'default').data?.['page'];
  const create = (page: string, immutable?: boolean): ConfigMap =>
    resource.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'site', namespace: 'default' },
      data: { page },
      immutable,
    });
  const reads = () => server.requests.filter((each) => !each.startsWith('POST') && !each.startsWith('PUT'));
  return { sim, server, resource, objects, read, create, reads };
}

function refusal(read: () => unknown): Pick<MissingReference, 'message' | 'notFound'> {
  try {
    read();
  } catch (error) {
    if (error instanceof MissingReference) return { message: error.message, notFound: error.notFound };
    throw error;
  }
  throw new Error('it was there');
}

test('a ConfigMap is asked for once, for however many Pods, and followed until the last of them is gone', () => {
  const { sim, server, resource, objects, read, create, reads } = setUp();
  const first = create('one');
  expect([read('a'), read('b'), read('a')]).toEqual(['one', 'one', 'one']);
  resource.update({ ...first, data: { page: 'two' } });
  sim.runFor(10);
  expect(read('b')).toBe('two');
  expect(reads()).toEqual(['GET', 'WATCH'].map((verb) => `${verb} /api/v1/namespaces/default/configmaps`));
  objects.forget('a');
  expect(server.watchers).toBe(1);
  objects.forget('b');
  expect(server.watchers).toBe(0);
});

test('one that is not there is followed too, and so is one that goes', () => {
  const { sim, resource, read, create } = setUp();
  expect(refusal(() => read('a'))).toEqual({ message: 'configmap "site" not found', notFound: true });
  create('late');
  sim.runFor(10);
  expect(read('a')).toBe('late');
  resource.delete('site', 'default');
  sim.runFor(10);
  expect(refusal(() => read('a')).notFound).toBe(true);
});

test('an immutable one is read, and not followed', () => {
  const { sim, server, resource, read, create } = setUp();
  create('fixed', true);
  expect(read('a')).toBe('fixed');
  expect(server.watchers).toBe(0);
  resource.delete('site', 'default');
  sim.runFor(10);
  expect(read('b')).toBe('fixed');
});

test('without a server what is known stays good, and what is not cannot be had until there is one', () => {
  const { sim, server, objects, read, create } = setUp();
  create('one');
  read('a');
  server.down = true;
  server.dropWatches();
  sim.runFor(5_000);
  expect(read('b')).toBe('one');
  const message = 'failed to sync secret cache: timed out waiting for the condition';
  expect(refusal(() => objects.secret('a', 'keys', 'default'))).toEqual({ message, notFound: false });
  server.down = false;
  expect(refusal(() => objects.secret('a', 'keys', 'default'))).toEqual({
    message: 'secret "keys" not found',
    notFound: true,
  });
  sim.runFor(60_000);
  expect(server.watchers).toBe(2);
  objects.stop();
  expect(server.watchers).toBe(0);
});
