import { expect, test } from 'vitest';
import {
  type Body,
  CONFIG_MAPS,
  configMapNamed,
  DEPLOYMENTS,
  MERGE,
  PODS,
  podNamed,
  startTestServer,
} from './testing/test-server.ts';

const NODE_1 = '/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dnode-1';

test('a watch from a revision hears what came after, in order and after a moment', () => {
  const { request, watch, sim, etcd } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  const from = etcd.revision;
  request('POST', CONFIG_MAPS, configMapNamed('b'));
  const { lines } = watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${from}`);
  request('PATCH', `${CONFIG_MAPS}/b`, { data: { a: '2' } }, MERGE);
  request('DELETE', `${CONFIG_MAPS}/a`);
  expect(lines).toEqual([]);
  sim.runFor(2);
  expect(lines).toEqual([`ADDED b@${from + 1}`, `MODIFIED b@${from + 2}`, `DELETED a@${from + 3}`]);
});

test.each(['watch=true', 'watch=true&resourceVersion=0'])('%s begins with what is there', (query) => {
  const { request, watch, sim } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('b'));
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  const { lines, stop } = watch(`${CONFIG_MAPS}?${query}`);
  sim.runFor(2);
  expect(lines).toEqual(['ADDED a@10', 'ADDED b@9']);
  stop();
  request('POST', CONFIG_MAPS, configMapNamed('c'));
  sim.runFor(10);
  expect(lines).toHaveLength(2);
});

test('an object that comes into a selector is added, one that leaves it is deleted', () => {
  const { request, watch, sim } = startTestServer();
  const labelled = watch('/api/v1/pods?watch=true&labelSelector=app%3Dweb');
  const onNode = watch(NODE_1);
  const unscheduled = watch('/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3D');
  request('POST', PODS, podNamed('web'));
  request('PATCH', `${PODS}/web`, { metadata: { labels: { app: 'web' } } }, MERGE);
  request('POST', `${PODS}/web/binding`, { target: { kind: 'Node', name: 'node-1' } });
  request('PATCH', `${PODS}/web`, { metadata: { labels: { app: 'db' } } }, MERGE);
  sim.runFor(2);
  expect(labelled.lines).toEqual(['ADDED web@10', 'MODIFIED web@11', 'DELETED web@12']);
  expect((labelled.events[2]!.object as Body).metadata.labels).toEqual({ app: 'web' });
  expect(onNode.lines).toEqual(['ADDED web@11', 'MODIFIED web@12']);
  expect(unscheduled.lines).toEqual(['ADDED web@9', 'MODIFIED web@10', 'DELETED web@11']);
});

test('watches are about their namespace, name and kind only', () => {
  const { request, watch, sim } = startTestServer();
  const here = watch(`${CONFIG_MAPS}?watch=true`);
  const one = watch(`${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Da`);
  const everywhere = watch('/api/v1/configmaps?watch=true');
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  request('POST', CONFIG_MAPS, configMapNamed('b'));
  request('POST', '/api/v1/namespaces/kube-system/configmaps', configMapNamed('a'));
  request('POST', PODS, podNamed('a'));
  sim.runFor(2);
  expect([here.lines, one.lines, everywhere.lines]).toEqual([
    ['ADDED a@9', 'ADDED b@10'],
    ['ADDED a@9'],
    ['ADDED a@9', 'ADDED b@10', 'ADDED a@11'],
  ]);
});

test('a revision that is compacted away ends the watch with 410 Expired', () => {
  const { request, watch, sim, etcd } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  etcd.compact(etcd.revision);
  const { lines, events } = watch(`${CONFIG_MAPS}?watch=true&resourceVersion=1`);
  sim.runFor(2);
  expect(lines).toEqual(['ERROR too old resource version: 1 (9)', 'end']);
  expect(events[0]!.object).toMatchObject({ kind: 'Status', reason: 'Expired', code: 410 });
});

test('etcd is compacted every five minutes, ten minutes back at most', () => {
  const { sim, etcd, request } = startTestServer();
  sim.runFor(300_000);
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  expect(etcd.compactRevision).toBe(1);
  sim.runFor(300_000);
  expect(etcd.compactRevision).toBe(8);
});

test('a streaming list marks the end of what is there; bookmarks follow every minute', () => {
  const { request, watch, sim, etcd } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  const { lines, events } = watch(
    `${CONFIG_MAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  sim.runFor(2);
  expect(lines).toEqual(['ADDED a@9', 'BOOKMARK @9']);
  expect((events[1]!.object as Body).metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  request('POST', PODS, podNamed('elsewhere'));
  sim.runFor(61_000);
  expect(lines).toEqual(['ADDED a@9', 'BOOKMARK @9', `BOOKMARK @${etcd.revision}`]);
  expect(request('GET', `${CONFIG_MAPS}?watch=1&sendInitialEvents=true`).body.message).toBe(
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
  );
});

test('a watch ends when its time is up or the server goes down', () => {
  const { watch, sim, close } = startTestServer();
  const timed = watch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=5`);
  const open = watch(`${CONFIG_MAPS}?watch=true`);
  sim.runFor(5_002);
  expect([timed.lines, open.lines]).toEqual([['end'], []]);
  close();
  sim.runFor(2);
  expect(open.lines).toEqual(['end']);
});

test('tables: a row for each event, the header with the first', () => {
  const { request, watch, sim } = startTestServer();
  request('POST', PODS, podNamed('web'));
  const { events } = watch(`${PODS}?watch=true`, {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  });
  request('DELETE', `${PODS}/web`);
  sim.runFor(2);
  const tables = events.map(({ type, object }) => [
    type,
    (object as Body).rows[0].cells.slice(0, 2),
    (object as Body).columnDefinitions === null,
  ]);
  expect(tables).toEqual([
    ['ADDED', ['web', '0/1'], false],
    ['MODIFIED', ['web', '0/1'], true],
    ['DELETED', ['web', '0/1'], true],
  ]);
});

test('what one watcher does in an event does not disturb the others', () => {
  const { request, watch, sim } = startTestServer();
  const first = request('GET', `${CONFIG_MAPS}?watch=true`).watch!;
  const stops: (() => void)[] = [];
  stops.push(first({ event: () => stops[0]!(), end: () => {} }));
  const second = watch(`${CONFIG_MAPS}?watch=true`);
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  request('POST', CONFIG_MAPS, configMapNamed('b'));
  sim.runFor(2);
  expect(second.lines).toEqual(['ADDED a@9', 'ADDED b@10']);
  expect(watch(`${DEPLOYMENTS}?watch=true`).lines).toEqual([]);
});

test('a watch from a revision still to come hears only what is later', () => {
  const { request, watch, sim, etcd } = startTestServer();
  const { lines } = watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${etcd.revision + 1}`);
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  request('POST', CONFIG_MAPS, configMapNamed('b'));
  sim.runFor(10);
  expect(lines).toEqual([`ADDED b@${etcd.revision}`]);
});

test('the old paths of watches still lead there', () => {
  const { request, watch, sim } = startTestServer();
  request('POST', CONFIG_MAPS, configMapNamed('a'));
  request('POST', CONFIG_MAPS, configMapNamed('b'));
  const one = watch('/api/v1/watch/namespaces/default/configmaps/b');
  const all = watch('/api/v1/watch/configmaps');
  sim.runFor(10);
  expect(one.events.map(({ object }) => object.metadata.name)).toEqual(['b']);
  expect(all.events.map(({ object }) => object.metadata.name)).toEqual(expect.arrayContaining(['a', 'b']));
  expect(request('DELETE', '/api/v1/watch/configmaps').status).toBe(405);
});

test('ten thousand idle watches hear what concerns them, and leave nothing behind', () => {
  const { watch, request, sim } = startTestServer();
  request('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  const idle = Array.from({ length: 9_999 }, (_, index) =>
    watch(
      `/api/v1/namespaces/other/configmaps?watch=true&allowWatchBookmarks=true&fieldSelector=metadata.name=${index}`,
    ),
  );
  const busy = watch(`${CONFIG_MAPS}?watch=true`);
  request('POST', CONFIG_MAPS, configMapNamed('told'));
  request('POST', '/api/v1/namespaces/other/configmaps', configMapNamed('7'));
  sim.runFor(1000);
  expect(busy.lines).toEqual([expect.stringMatching(/^ADDED told@/)]);
  expect(idle.flatMap(({ lines }, index) => (lines.length === 0 ? [] : [`${index} ${lines}`]))).toEqual([
    expect.stringMatching(/^7 ADDED 7@\d+$/),
  ]);
  sim.runFor(120_000);
  expect(idle.every(({ lines }) => lines.filter((line) => line.startsWith('BOOKMARK')).length >= 1)).toBe(true);
  for (const { stop } of idle) stop();
  const before = idle.map(({ lines }) => lines.length);
  sim.runFor(180_000);
  expect(idle.map(({ lines }) => lines.length)).toEqual(before);
  request('POST', CONFIG_MAPS, configMapNamed('later'));
  sim.runFor(1000);
  expect(busy.lines).toHaveLength(2);
});
