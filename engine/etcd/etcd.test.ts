import { expect, test } from 'vitest';
import { Simulation } from '../sim/index.ts';
import { readDatabase, writeDatabase } from './database.ts';
import { CompactedError, Etcd, type KeyEvent, type WatchListener } from './index.ts';

function newEtcd() {
  const sim = new Simulation({ seed: 'etcd' });
  return { sim, etcd: new Etcd(sim) };
}

/** Keeps what a watch hears, as short lines. */
function listen(): WatchListener & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    event: ({ type, key, revision, current }: KeyEvent) =>
      lines.push(`${type} ${key}@${revision} ${current?.value ?? ''}`.trim()),
    cancelled: (error) => lines.push(error.message),
  };
}

test('a key remembers when it was created, when it was written, and how often', () => {
  const { etcd } = newEtcd();
  etcd.put('/a', 'one');
  etcd.put('/b', 'other');
  expect(etcd.put('/a', 'two')).toBe(4);
  expect(etcd.get('/a')).toEqual({ key: '/a', value: 'two', createRevision: 2, modRevision: 4, version: 2, lease: 0 });
  etcd.delete('/a');
  etcd.put('/a', 'again');
  expect(etcd.get('/a')).toMatchObject({ createRevision: 6, modRevision: 6, version: 1 });
});

test('every state since the last compaction can be asked for', () => {
  const { etcd } = newEtcd();
  etcd.put('/a', 1);
  etcd.put('/a', 2);
  etcd.delete('/a');
  etcd.put('/a', 3);
  expect([1, 2, 3, 4, 5].map((revision) => etcd.getAt('/a', revision)?.value)).toEqual([undefined, 1, 2, undefined, 3]);
  etcd.compact(4);
  expect(etcd.getAt('/a', 4)).toBeUndefined();
  expect(etcd.getAt('/a', 5)?.value).toBe(3);
  expect(() => etcd.getAt('/a', 3)).toThrow('etcdserver: mvcc: required revision has been compacted');
  expect(() => etcd.range('/', { revision: 3 })).toThrow(CompactedError);
  expect(() => etcd.range('/', { revision: 9 })).toThrow('required revision is a future revision');
  expect(() => etcd.compact(4)).toThrow(CompactedError);
});

test('a range is in order, at a revision, in pages', () => {
  const { etcd } = newEtcd();
  for (const name of ['c', 'a', 'd', 'b']) etcd.put(`/pods/default/${name}`, name);
  etcd.put('/pods/default-two/x', 'x');
  const before = etcd.revision;
  etcd.delete('/pods/default/b');
  const values = (options: object) => etcd.range('/pods/default/', options).keyValues.map(({ value }) => value);
  expect(values({})).toEqual(['a', 'c', 'd']);
  expect(values({ revision: before })).toEqual(['a', 'b', 'c', 'd']);
  const page = etcd.range('/pods/default/', { revision: before, limit: 2 });
  expect(page).toMatchObject({ more: true, revision: before });
  expect(values({ revision: before, start: `${page.keyValues[1]!.key}\0` })).toEqual(['c', 'd']);
});

test('thousands of keys in random order come back sorted', () => {
  const { sim, etcd } = newEtcd();
  const random = sim.random('keys');
  const keys = Array.from({ length: 5_000 }, () => `/k/${random.uuid()}`);
  for (const key of keys) etcd.put(key, key);
  for (const key of keys.slice(0, 2_000)) etcd.delete(key);
  expect(etcd.range('/k/').keyValues.map(({ key }) => key)).toEqual(keys.slice(2_000).sort());
  etcd.compact(etcd.revision);
  expect(etcd.range('/k/').keyValues).toHaveLength(3_000);
});

test('a transaction does all or nothing, at one revision', () => {
  const { etcd } = newEtcd();
  const create = { key: '/a', target: 'modRevision', result: '=', value: 0 } as const;
  const done = etcd.txn(
    [create],
    [
      { type: 'put', key: '/a', value: 1 },
      { type: 'put', key: '/b', value: 2 },
    ],
  );
  expect(done).toMatchObject({ succeeded: true, revision: 2 });
  expect(etcd.get('/b')?.modRevision).toBe(2);
  const refused = etcd.txn([create], [{ type: 'delete', key: '/a' }], [{ type: 'get', key: '/a' }]);
  expect(refused).toMatchObject({ succeeded: false, revision: 2, reads: [{ value: 1 }] });
  const twice = () =>
    etcd.txn(
      [],
      [
        { type: 'put', key: '/c', value: 1 },
        { type: 'delete', key: '/c' },
      ],
    );
  expect(twice).toThrow('etcdserver: duplicate key given in txn request');
  expect(etcd.get('/c')).toBeUndefined();
  expect(() => etcd.put('', 1)).toThrow('etcdserver: key is not provided');
});

test('a watch hears of its prefix, from the past on and in order', () => {
  const { sim, etcd } = newEtcd();
  etcd.put('/a/1', 'x');
  etcd.put('/b/1', 'x');
  const heard = listen();
  const watch = etcd.watch('/a/', 2, heard);
  etcd.put('/a/2', 'y');
  expect(heard.lines).toEqual([]);
  sim.runFor(0);
  etcd.delete('/a/1');
  expect(heard.lines).toEqual(['put /a/1@2 x', 'put /a/2@4 y', 'delete /a/1@5']);
  watch.cancel();
  etcd.put('/a/3', 'z');
  expect(heard.lines).toHaveLength(3);
});

test('a watch behind a compaction ends, whether it asks too late or is overtaken', () => {
  const { sim, etcd } = newEtcd();
  for (let value = 0; value < 5; value++) etcd.put('/a', value);
  const overtaken = listen();
  etcd.watch('/', 2, overtaken);
  const current = listen();
  etcd.watch('/', etcd.revision + 1, current);
  etcd.compact(4);
  const late = listen();
  etcd.watch('/', 4, late);
  sim.runFor(0);
  etcd.put('/a', 'after');
  const ended = ['etcdserver: mvcc: required revision has been compacted'];
  expect([overtaken.lines, late.lines, current.lines]).toEqual([ended, ended, ['put /a@7 after']]);
});

test('a lease takes its keys with it unless it is renewed or they have left it', () => {
  const { sim, etcd } = newEtcd();
  const lease = etcd.leases.grant(10);
  etcd.put('/a', 1, lease);
  etcd.put('/b', 1, lease);
  etcd.put('/c', 1, lease);
  etcd.put('/c', 2);
  sim.runFor(8_000);
  etcd.leases.keepAlive(lease);
  sim.runFor(8_000);
  expect(etcd.get('/a')).toBeDefined();
  sim.runFor(2_000);
  expect(etcd.range('/').keyValues.map(({ key }) => key)).toEqual(['/c']);
  expect(() => etcd.put('/d', 1, lease)).toThrow('etcdserver: requested lease not found');
});

test('what a store holds can be written down and begun with again, but not what it was before', () => {
  const { sim, etcd } = newEtcd();
  const lease = etcd.leases.grant(60);
  etcd.put('/registry/a/x', { tide: 'low' });
  etcd.put('/registry/a/x', { tide: 'high' });
  etcd.put('/registry/a/y', 'brief', lease);
  const database = writeDatabase(etcd.state);
  const copy = new Etcd(sim, readDatabase(database));
  expect(copy.state).toEqual(etcd.state);
  expect(() => copy.getAt('/registry/a/x', 2)).toThrow(CompactedError);
  expect(copy.put('/registry/a/x', 'ebb')).toBe(5);
  expect(copy.get('/registry/a/x')).toMatchObject({ createRevision: 2, version: 3 });
  expect(readDatabase(database.subarray(0, 100))).toBeUndefined();
  expect(readDatabase(new Uint8Array(4096))).toBeUndefined();
});

test('leases of a store that nobody serves do not run out, and begin anew afterwards', () => {
  const { sim, etcd } = newEtcd();
  etcd.put('/a', 'brief', etcd.leases.grant(60));
  sim.runFor(40_000);
  etcd.leases.pause();
  sim.runFor(100_000);
  etcd.leases.resume();
  sim.runFor(59_000);
  expect(etcd.get('/a')).toBeDefined();
  sim.runFor(2000);
  expect(etcd.get('/a')).toBeUndefined();
});
