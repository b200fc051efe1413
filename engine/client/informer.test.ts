import { expect, test } from 'vitest';
import type { ConfigMap } from '../api/kinds.ts';
import { configMaps } from '../api/resources.ts';
import { Simulation } from '../sim/index.ts';
import { Client } from './client.ts';
import { Informer, type InformerOptions } from './informer.ts';
import { FakeApiServer } from './testing/fake-api-server.ts';

function setUp(options: Partial<InformerOptions> = {}) {
  const sim = new Simulation({ seed: 'informer' });
  const server = new FakeApiServer(sim);
  const client = new Client(server.transport).resource(configMaps);
  const informer = new Informer<ConfigMap>(sim, client, { name: 'test configmaps', ...options });
  const seen: string[] = [];
  informer.addHandlers({
    add: (object, initial) => seen.push(`add ${object.metadata.name}${initial ? ' (initial)' : ''}`),
    update: (previous, object) =>
      seen.push(`update ${object.metadata.name} ${previous.data?.['v']}→${object.data?.['v']}`),
    delete: (object) => seen.push(`delete ${object.metadata.name}`),
  });
  const create = (name: string) =>
    client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { v: '1' } });
  return { sim, server, client, informer, seen, create };
}

test('an informer lists, then follows', () => {
  const { sim, client, informer, seen, create } = setUp();
  create('a');
  informer.start();
  expect(informer.hasSynced).toBe(false);
  sim.runFor(10);
  expect(informer.hasSynced).toBe(true);

  const b = create('b');
  client.update({ ...b, data: { v: '2' } });
  client.delete('a', 'default');
  sim.runFor(10);
  expect(seen).toEqual(['add a (initial)', 'add b', 'update b 1→2', 'delete a']);
  expect(informer.lister.list().map((object) => object.metadata.name)).toEqual(['b']);
});

test('after a broken watch it goes on from where it was, without listing again', () => {
  const { sim, server, informer, seen, create } = setUp();
  informer.start();
  sim.runFor(5_000);
  server.dropWatches();
  create('missed');
  sim.runFor(5_000);
  expect(seen).toEqual(['add missed']);
  expect(server.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1);
  expect(server.watchers).toBe(1);
});

test('when its version is compacted away it lists again and reports the difference', () => {
  const { sim, server, client, informer, seen, create } = setUp();
  const a = create('a');
  create('b');
  informer.start();
  sim.runFor(5_000);
  seen.length = 0;
  server.down = true;
  server.dropWatches();
  sim.runFor(100);
  server.down = false;
  client.delete('b', 'default');
  client.update({ ...a, data: { v: '2' } });
  create('c');
  server.compact();
  sim.runFor(60_000);
  expect(seen.toSorted()).toEqual(['add c', 'delete b', 'update a 1→2']);
});

test('while the server is away it tries again with growing pauses', () => {
  const { sim, server, informer } = setUp();
  server.down = true;
  informer.start();
  sim.runFor(60_000);
  const attempts = server.requests.length;
  expect(attempts).toBeGreaterThan(4);
  expect(attempts).toBeLessThan(10);
  expect(informer.hasSynced).toBe(false);
  server.down = false;
  sim.runFor(60_000);
  expect(informer.hasSynced).toBe(true);
});

test('a server that ends every watch at once is not hammered', () => {
  const { sim, server, informer } = setUp();
  informer.start();
  for (let second = 0; second < 60; second++) {
    sim.runFor(1_000);
    server.dropWatches();
  }
  expect(server.requests.length).toBeLessThan(70);
});

test('an object deleted and created again during an outage is two facts', () => {
  const { sim, server, client, informer, seen, create } = setUp();
  create('a');
  informer.start();
  sim.runFor(5_000);
  server.dropWatches();
  server.down = true;
  sim.runFor(1);
  server.down = false;
  client.delete('a', 'default');
  create('a');
  server.compact();
  sim.runFor(60_000);
  expect(seen).toEqual(['add a (initial)', 'delete a', 'add a']);
});

test('handlers added later hear of what is there, and can be taken away', () => {
  const { sim, informer, create } = setUp();
  create('a');
  informer.start();
  sim.runFor(10);
  const late: string[] = [];
  const remove = informer.addHandlers({ add: (object) => late.push(object.metadata.name) });
  expect(late).toEqual(['a']);
  remove();
  create('b');
  sim.runFor(10);
  expect(late).toEqual(['a']);
});

test('a resync hands out every object again', () => {
  const { sim, informer, seen, create } = setUp({ resyncMs: 30_000 });
  create('a');
  informer.start();
  sim.runFor(61_000);
  expect(seen).toEqual(['add a (initial)', 'update a 1→1', 'update a 1→1']);
});

test('a stopped informer hears nothing more', () => {
  const { sim, server, informer, seen, create } = setUp({ resyncMs: 1_000 });
  informer.start();
  sim.runFor(10);
  informer.stop();
  create('a');
  sim.runFor(10_000);
  expect(seen).toEqual([]);
  expect(server.watchers).toBe(0);
});
