import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import { Simulation } from '../sim/index.ts';
import { podInfo } from './pod-info.ts';
import { SchedulingQueue } from './scheduling-queue.ts';
import { Decider } from './testing/harness.ts';
import { storedNode, storedPod } from './testing/objects.ts';

function setUp() {
  const sim = new Simulation({ seed: 'queue' });
  const { profile } = new Decider({});
  const queue = new SchedulingQueue(sim, {
    before: profile.at('queueSort')[0]!.before!,
    profiles: new Map([['default-scheduler', { preEnqueue: profile.at('preEnqueue'), byName: profile.plugins }]]),
    initialBackoffMs: 1_000,
    maxBackoffMs: 10_000,
  });
  return { sim, queue };
}

const fit = new Set(['NodeResourcesFit']);
const gone = { kind: 'AssignedPodDelete' as const, info: podInfo(storedPod('gone', {}, { nodeName: 'n' })) };

test('the highest priority goes first, then the first come', () => {
  const { queue } = setUp();
  queue.add(storedPod('a'));
  queue.add(storedPod('b', {}, { priority: 100 }));
  queue.add(storedPod('c', {}, { priority: 100 }));
  expect([queue.pop()?.key, queue.pop()?.key, queue.pop()?.key]).toEqual(['default/b', 'default/c', 'default/a']);
});

test('an unschedulable Pod waits for an event that may help', () => {
  const { sim, queue } = setUp();
  queue.add(storedPod('a', { cpu: '4' }));
  queue.addUnschedulable(queue.pop()!, fit);
  queue.moveOn({ kind: 'NodeAdd', node: storedNode('too-small', { cpu: '1', memory: '1Gi' }) });
  sim.runFor(60_000);
  expect(queue.isReady).toBe(false);
  queue.moveOn(gone);
  expect(queue.pop()?.key).toBe('default/a');
});

test('only the plugins that rejected a Pod are asked', () => {
  const { queue } = setUp();
  queue.add(storedPod('a'));
  queue.addUnschedulable(queue.pop()!, new Set(['TaintToleration']));
  queue.moveOn(gone);
  expect(queue.isReady).toBe(false);
  const taints = [{ key: 'k', effect: 'NoSchedule' as const }];
  const previous = storedNode('n', undefined, { taints });
  queue.moveOn({ kind: 'NodeUpdate', previous, node: storedNode('n') });
  expect(queue.isReady).toBe(true);
});

test('back-off grows from one to ten seconds, but does not make an idle scheduler wait', () => {
  const { sim, queue } = setUp();
  queue.add(storedPod('a'));
  const backoffs: number[] = [];
  for (let i = 0; i < 6; i++) {
    const queued = queue.pop()!;
    queue.addUnschedulable(queued, fit);
    backoffs.push(queued.backoffUntilMs - sim.nowMs - 1_000);
    queue.moveOn(gone);
  }
  expect(backoffs).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  queue.add(storedPod('b'));
  expect(queue.pop()?.key).toBe('default/b');
  expect(queue.pop()?.key).toBe('default/a');
});

test('after an error a Pod really waits', () => {
  const { sim, queue } = setUp();
  queue.add(storedPod('a'));
  queue.addFailed(queue.pop()!);
  sim.runFor(1_999);
  expect(queue.isReady).toBe(false);
  sim.runFor(1);
  expect(queue.pop()?.key).toBe('default/a');
});

test('back-offs that end within one second end with it, and the highest priority goes first', () => {
  const { sim, queue } = setUp();
  queue.add(storedPod('early', { cpu: '1' }));
  queue.add(storedPod('urgent', { cpu: '1' }, { priority: 100 }));
  const [urgent, early] = [queue.pop()!, queue.pop()!];
  sim.runFor(100);
  queue.addUnschedulable(early, fit);
  sim.runFor(800);
  queue.addUnschedulable(urgent, fit);
  expect([early.backoffUntilMs, urgent.backoffUntilMs]).toEqual([2_000, 2_000]);
  queue.moveOn(gone);
  expect([queue.pop()?.key, queue.pop()?.key]).toEqual(['default/urgent', 'default/early']);
});

test('among equals the one whose last attempt is longest ago goes first', () => {
  const { sim, queue } = setUp();
  for (const name of ['a', 'b']) queue.add(storedPod(name, { cpu: '1' }));
  const [a, b] = [queue.pop()!, queue.pop()!];
  queue.addUnschedulable(b, fit);
  sim.runFor(100);
  queue.addUnschedulable(a, fit);
  sim.runFor(60_000);
  queue.moveOn(gone);
  expect([queue.pop()?.key, queue.pop()?.key]).toEqual(['default/b', 'default/a']);
});

test('after five minutes an unschedulable Pod is tried in any case', () => {
  const { sim, queue } = setUp();
  queue.add(storedPod('a'));
  queue.addUnschedulable(queue.pop()!, fit);
  sim.runFor(300_000);
  expect(queue.isReady).toBe(false);
  sim.runFor(30_000);
  expect(queue.isReady).toBe(true);
});

test('a gated Pod is not tried until its gates are gone', () => {
  const { queue } = setUp();
  const gated = storedPod('a', {}, { schedulingGates: [{ name: 'example.com/quota' }] });
  queue.add(gated);
  expect(queue.isReady).toBe(false);
  const open: Pod = { ...gated, spec: { ...gated.spec, schedulingGates: undefined } };
  queue.update(gated, open);
  expect(queue.pop()?.info.pod).toBe(open);
});

test('a change of status alone does not bring an unschedulable Pod back', () => {
  const { queue } = setUp();
  const pod = storedPod('a');
  queue.add(pod);
  queue.addUnschedulable(queue.pop()!, fit);
  queue.update(pod, { ...pod, status: { phase: 'Pending' } });
  expect(queue.isReady).toBe(false);
});

test('a deleted Pod is forgotten wherever it is', () => {
  const { sim, queue } = setUp();
  for (const name of ['a', 'b', 'c']) queue.add(storedPod(name));
  queue.addUnschedulable(queue.pop()!, fit);
  queue.addFailed(queue.pop()!);
  for (const name of ['a', 'b', 'c']) queue.delete(`default/${name}`);
  sim.runFor(600_000);
  expect(queue.pending).toEqual({ active: 0, backoff: 0, unschedulable: 0 });
});

test('what happened while a Pod was being tried is not lost on it', () => {
  const { queue } = setUp();
  queue.add(storedPod('a', { cpu: '1' }));
  const queued = queue.pop()!;
  queue.moveOn(gone);
  queue.addUnschedulable(queued, fit);
  expect(queue.pending).toEqual({ active: 0, backoff: 1, unschedulable: 0 });
});

test('its own doing does not bring a Pod back', () => {
  const { queue } = setUp();
  queue.add(storedPod('a', { cpu: '1' }));
  const queued = queue.pop()!;
  queue.moveOn(gone, queued.key);
  queue.addUnschedulable(queued, fit);
  expect(queue.pending.unschedulable).toBe(1);
});

test('an activated Pod is tried at once, whatever it waits for', () => {
  const { queue } = setUp();
  queue.add(storedPod('a'));
  queue.addUnschedulable(queue.pop()!, fit);
  queue.activate('default/a');
  expect(queue.pending.active).toBe(1);
});
