import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { LiveCluster, type LiveClusterOptions } from './live-cluster.ts';
import type { Body } from './testing/serve.ts';

// Some bring up several clusters one after the other.
const directory = mkdtempSync(join(tmpdir(), 'drydock-http-'));
const stateFile = join(directory, 'state');
afterEach(() => rmSync(stateFile, { force: true }));

/** A cluster whose clock stands still unless a test moves it, so that two of them can be compared. */
function live(options: Partial<LiveClusterOptions> = {}): LiveCluster {
  const failed = (error: unknown): never => {
    throw error;
  };
  return new LiveCluster({ speed: 0, nodes: 1, seed: 'live', stateFile: undefined, failed, ...options });
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

function create(cluster: LiveCluster, path: string, name: string, more: object = {}): number {
  const request: ApiRequest = { method: 'POST', path, body: JSON.stringify({ metadata: { name }, ...more }) };
  return (cluster.submit({ kind: 'api', request }) as ApiResponse).status;
}

function get(cluster: LiveCluster, path: string): Body {
  return cluster.read({ method: 'GET', path }).body;
}

test('the clock of a new cluster shows the present time', () => {
  const earliest = Date.now();
  const { sim } = live().cluster;
  expect(sim.wallMs).toBeGreaterThanOrEqual(earliest);
  expect(sim.wallMs).toBeLessThanOrEqual(Date.now());
});

test('a killed server comes back with all that it had acknowledged', () => {
  const first = live({ stateFile });
  create(first, CONFIG_MAPS, 'kept');
  expect(create(first, CONFIG_MAPS, 'kept')).toBe(409);
  create(first, PODS, 'web', { spec: { containers: [{ name: 'web', image: 'nginx:1.29' }] } });
  first.cluster.sim.runFor(10_000);
  create(first, CONFIG_MAPS, 'later');
  const pods = get(first, PODS);
  // Killed in the middle of a line that nobody was told of.
  appendFileSync(stateFile, '{"timeMs":999999,"step":1,"inp');
  const second = live({ stateFile });
  expect(second.restored).toBe(4);
  expect(get(second, PODS)).toEqual(pods);
  expect(pods.items[0].status.phase).toBe('Running');
  expect(get(second, CONFIG_MAPS).items.map((item: Body) => item.metadata.name)).toEqual(
    get(first, CONFIG_MAPS).items.map((item: Body) => item.metadata.name),
  );
  expect(create(second, CONFIG_MAPS, 'after')).toBe(201);
  second.stop();
  const third = live({ stateFile });
  expect(third.cluster.sim.trace.hash).toBe(second.cluster.sim.trace.hash);
  expect(third.cluster.sim.nowMs).toBe(second.cluster.sim.nowMs);
});

test('sessions whose clients died with the server are closed', () => {
  const first = live({ stateFile });
  create(first, PODS, 'box', {
    spec: { containers: [{ name: 'box', image: 'busybox:1.36', command: ['sleep', '9999'] }] },
  });
  first.cluster.sim.runFor(10_000);
  const query = { command: 'cat', stdin: 'true', stdout: 'true' };
  const request: ApiRequest = { method: 'GET', path: `${PODS}/box/exec`, query };
  const session = first.newSessionName();
  expect(first.submit({ kind: 'session.open', session, request })).toMatchObject({ status: 101 });
  const second = live({ stateFile });
  expect(second.cluster.journal.at(-1)!.input).toEqual({ kind: 'session.close', session });
  expect(second.newSessionName()).not.toBe(session);
});

test('a cluster that comes back signs with the keys that it had', () => {
  const authority = (cluster: LiveCluster) => {
    const { authority: certificate } = cluster.certificates([]);
    cluster.stop();
    return certificate;
  };
  const before = authority(live({ stateFile }));
  expect(authority(live({ stateFile }))).toBe(before);
  expect(authority(live())).not.toBe(before);
});

test('a state file of another cluster, or none at all, is refused in words', () => {
  live({ stateFile }).stop();
  expect(() => live({ stateFile, seed: 'other' })).toThrow('holds a cluster with seed "live", not "other"');
  expect(() => live({ stateFile, nodes: 3 })).toThrow('holds a cluster of 1 nodes, not 3');
  writeFileSync(stateFile, 'shopping list\n');
  expect(() => live({ stateFile })).toThrow('is not a line of a journal');
  expect(readFileSync(stateFile, 'utf8')).toBe('shopping list\n');
});

test('whoever only looks on leaves no mark', () => {
  const run = (look: (cluster: LiveCluster) => void): string => {
    const cluster = live({ seed: 'same' });
    const { sim } = cluster.cluster;
    // A round time, whatever the clock on the wall says.
    sim.advance(100_000, 1_000_000);
    const command = ['sh', '-c', 'while true; do date; sleep 1; done'];
    look(cluster);
    create(cluster, PODS, 'talk', { spec: { containers: [{ name: 'talk', image: 'busybox:1.36', command }] } });
    sim.runFor(20_000);
    look(cluster);
    sim.runFor(180_000);
    return `${sim.steps} ${sim.nowMs}`;
  };
  const heard: string[] = [];
  const look = (cluster: LiveCluster): void => {
    const query = {
      watch: 'true',
      sendInitialEvents: 'true',
      allowWatchBookmarks: 'true',
      resourceVersionMatch: 'NotOlderThan',
    };
    for (const path of [PODS, '/api/v1/nodes', '/apis/coordination.k8s.io/v1/leases', CONFIG_MAPS]) {
      cluster.cluster.read({ method: 'GET', path, query }).watch!({
        outside: true,
        event: ({ type }) => heard.push(type),
        end: () => {},
      });
    }
    const log = cluster.cluster.read({ method: 'GET', path: `${PODS}/talk/log`, query: { follow: 'true' } });
    log.byteStream?.({ write: () => heard.push('log'), end: () => {} });
  };
  const alone = run(() => {});
  expect(run(look)).toBe(alone);
  expect(heard.filter((word) => word === 'log').length).toBeGreaterThan(150);
  expect(heard.filter((word) => word === 'MODIFIED').length).toBeGreaterThan(20);
});

test('what many wait to see on the disk is there for all of them at once', async () => {
  const cluster = live({ stateFile });
  const waiting = Array.from({ length: 50 }, (_, index) => {
    create(cluster, CONFIG_MAPS, `many-${index}`);
    return cluster.kept();
  });
  await Promise.all(waiting);
  const lines = readFileSync(stateFile, 'utf8').split('\n');
  expect(lines.filter((line) => line.includes('many-'))).toHaveLength(50);
  cluster.stop();
  expect(live().kept()).toBeUndefined();
});
