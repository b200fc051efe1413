import { expect, test } from 'vitest';
import type { ConfigMap } from '../api/kinds.ts';
import { StatusError } from '../api/status-error.ts';
import { Simulation } from '../sim/index.ts';
import { Controller } from './controller.ts';
import { ConnectionError } from './transport.ts';

const settings: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: 'settings', uid: 'u', resourceVersion: '42', creationTimestamp: '' },
};

const conflict = new StatusError({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  reason: 'Conflict',
  message: 'the object has been modified',
  code: 409,
});

function setUp(reconcile: (key: string) => void, informers: { whenSynced(callback: () => void): void }[] = []) {
  const sim = new Simulation({ seed: 'controller' });
  return { sim, controller: new Controller(sim, { name: 'test-controller', reconcile, informers }) };
}

test('work begins when the caches have synced', () => {
  const done: string[] = [];
  const callbacks: (() => void)[] = [];
  const { sim, controller } = setUp((key) => done.push(key), [{ whenSynced: (callback) => callbacks.push(callback) }]);
  controller.start();
  controller.enqueueKey('a');
  sim.runFor(1_000);
  expect(done).toEqual([]);
  callbacks[0]!();
  sim.runFor(1_000);
  expect(done).toEqual(['a']);
});

test('a reconcile is recorded as the cause of what it does', () => {
  const { sim, controller } = setUp((key) => sim.record('did', key));
  controller.start();
  controller.enqueue(settings);
  sim.runFor(1);
  expect(sim.trace.entries).toMatchObject([
    { kind: 'did', activity: { component: 'test-controller', key: 'default/settings', causeRevision: 42 } },
  ]);
});

test('expected failures are tried again with growing delays', () => {
  const times: number[] = [];
  const errors = [conflict, new ConnectionError('connection refused'), undefined];
  const { sim, controller } = setUp(() => {
    times.push(sim.nowMs);
    const error = errors[times.length - 1];
    if (error !== undefined) throw error;
  });
  controller.start();
  controller.enqueueKey('a');
  sim.runFor(60_000);
  expect(times).toEqual([0, 5, 15]);
  expect(controller.queue.requeues('a')).toBe(0);
});

test('a mistake in the program is not swallowed', () => {
  const { sim, controller } = setUp(() => {
    throw new TypeError('undefined is not a function');
  });
  controller.start();
  controller.enqueueKey('a');
  expect(() => sim.runFor(1)).toThrow('undefined is not a function');
});

test('a stopped controller does nothing more', () => {
  const done: string[] = [];
  const { sim, controller } = setUp((key) => done.push(key));
  controller.start();
  controller.enqueueKey('a');
  controller.stop();
  controller.enqueueKey('b');
  sim.runFor(1_000);
  expect(done).toEqual([]);
});
