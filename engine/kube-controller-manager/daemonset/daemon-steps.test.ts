import { expect, test } from 'vitest';
import type { DaemonSet, Node, Pod } from '../../api/kinds.ts';
import { readySince, storedPod } from '../testing/objects.ts';
import { daemonSetStatus } from './daemon-set-status.ts';
import { manageSteps, type Place, places, rollingSteps, type Steps } from './daemon-steps.ts';

const NOW = Date.parse('2026-01-12T09:10:00Z');
const READY = readySince('2026-01-12T09:00:00Z');
const FITS = { shouldRun: true, shouldStay: true };
/** After a taint NoSchedule, say. */
const STAYS = { shouldRun: false, shouldStay: true };

function daemonSet(rollingUpdate: object = { maxUnavailable: 1 }): DaemonSet {
  const template = { spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  const metadata = { ...storedPod('ds').metadata, name: 'ds', generation: 1 };
  const spec = { selector: {}, template, updateStrategy: { type: 'RollingUpdate', rollingUpdate } };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec } as unknown as DaemonSet;
}

interface Given {
  readonly hash?: string;
  readonly ready?: boolean;
  readonly createdAt?: string;
  readonly ending?: boolean;
  readonly nodeName?: string;
}

function pod(name: string, { hash = 'old', ready = true, createdAt, ending = false, nodeName = 'n' }: Given = {}): Pod {
  const base = storedPod(name, { nodeName }, ready ? READY : { phase: 'Running' });
  const metadata = {
    ...base.metadata,
    labels: { 'controller-revision-hash': hash },
    ...(createdAt === undefined ? {} : { creationTimestamp: createdAt }),
    ...(ending ? { deletionTimestamp: '2026-01-12T09:09:50Z' } : {}),
  };
  return { ...base, metadata };
}

const place = (nodeName: string, pods: readonly Pod[], fit = FITS): Place => ({ nodeName, fit, pods });
const named = ({ create, remove }: Steps) => ({ create, remove: remove.map(({ metadata }) => metadata.name) });
const rolling = (strategy: object, all: readonly Place[]) => named(rollingSteps(daemonSet(strategy), all, 'new', NOW));
const manage = (strategy: object, all: readonly Place[]) => named(manageSteps(daemonSet(strategy), all, 'new', NOW));

test('of several Pods on a node one that is bound counts before one that waits, however old that one is', () => {
  const waiting = pod('waiting', { nodeName: '', ready: false, createdAt: '2026-01-12T08:00:00Z' });
  const young = pod('young', { createdAt: '2026-01-12T09:05:00Z' });
  const bound = pod('bound', { createdAt: '2026-01-12T09:01:00Z' });
  const node = { metadata: { name: 'n' }, spec: {} } as unknown as Node;
  const all = places(daemonSet(), [node], new Map([['n', [young, waiting, bound]]]));
  expect(all[0]?.pods.map(({ metadata }) => metadata.name)).toEqual(['bound', 'young', 'waiting']);
  expect(named(manageSteps(daemonSet(), all, 'old', NOW)).remove).toEqual(['young', 'waiting']);
  expect(daemonSetStatus(daemonSet(), all, 'old', 0, NOW).numberReady).toBe(1);
});

test('old Pods that do not serve go first and use up what may be missing', () => {
  const all = [place('a', [pod('broken', { ready: false })]), place('b', [pod('b')]), place('c', [pod('c')])];
  expect(rolling({ maxUnavailable: 1 }, all)).toEqual({ create: [], remove: ['broken'] });
  expect(rolling({ maxUnavailable: 2 }, all)).toEqual({ create: [], remove: ['broken', 'b'] });
});

test('a node with several Pods of one template counts as missing and is left alone', () => {
  const all = [place('a', [pod('a'), pod('a2')]), place('b', [pod('b')])];
  expect(rolling({ maxUnavailable: 1 }, all)).toEqual({ create: [], remove: [] });
});

test('a surge does not wait for a Pod that is ending; without one it holds its place', () => {
  const all = [place('n', [pod('ending', { ending: true })])];
  expect(manage({ maxSurge: 1, maxUnavailable: 0 }, all)).toEqual({ create: ['n'], remove: [] });
  expect(manage({ maxUnavailable: 1 }, all)).toEqual({ create: [], remove: [] });
});

test('a surge makes nothing on nodes that should have none, and clears them when enough serve elsewhere', () => {
  const surge = { maxSurge: 1, maxUnavailable: 0 };
  const leaving = [place('a', [pod('a')], STAYS), place('b', [pod('b', { ready: false })], STAYS)];
  const waits = [...leaving, place('c', [pod('c', { hash: 'new', ready: false })])];
  expect(rolling(surge, waits)).toEqual({ create: [], remove: ['b'] });
  const serves = [...leaving, place('c', [pod('c', { hash: 'new' })])];
  expect(rolling(surge, serves)).toEqual({ create: [], remove: ['b', 'a'] });
});
