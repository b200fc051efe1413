import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import { podsToDelete } from './pods-to-delete.ts';
import { readySince, storedPod } from './testing/objects.ts';

const NOW = Date.parse('2026-01-12T10:00:00Z');

/** The names in the order in which they would go. */
function order(...pods: Pod[]): string[] {
  const names: string[] = [];
  let left = pods;
  while (left.length > 0) {
    const [victim] = podsToDelete(left, pods, 1, NOW);
    names.push(victim!.metadata.name);
    left = left.filter((pod) => pod !== victim);
  }
  return names;
}

const old = '2026-01-12T09:00:00Z';
const recent = '2026-01-12T09:59:00Z';

test('what is furthest from serving goes first', () => {
  const ready = storedPod('ready', { nodeName: 'a' }, readySince(old));
  const running = storedPod('running', { nodeName: 'b' }, { phase: 'Running' });
  const pending = storedPod('pending', { nodeName: 'c' }, { phase: 'Pending' });
  const unassigned = storedPod('unassigned', {}, { phase: 'Pending' });
  expect(order(ready, running, pending, unassigned)).toEqual(['unassigned', 'pending', 'running', 'ready']);
});

test('a lower deletion cost goes first', () => {
  const cheap = storedPod('cheap', { nodeName: 'a' }, readySince(old));
  const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-5' };
  const cheaper = { ...cheap, metadata: { ...cheap.metadata, name: 'cheaper', annotations } };
  expect(order(cheap, cheaper)).toEqual(['cheaper', 'cheap']);
});

test('a deletion cost that is no whole number, plainly written, counts as none', () => {
  const costly = (name: string, cost: string): Pod => {
    const pod = storedPod(name, { nodeName: name }, readySince(old));
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': cost };
    return { ...pod, metadata: { ...pod.metadata, annotations } };
  };
  expect(order(costly('odd', '-9.5'), costly('one', '1'), costly('less', '-1'))).toEqual(['less', 'odd', 'one']);
});

test('among those that restarted as often, the one whose sidecar did so more often goes first', () => {
  const restarting = (name: string, sidecar: number): Pod => {
    const spec = { nodeName: name, initContainers: [{ name: 's', image: 'i', restartPolicy: 'Always' }] };
    const base = { image: 'i', imageID: '', ready: true };
    return storedPod(name, spec as Partial<Pod['spec']>, {
      ...readySince(old),
      containerStatuses: [{ ...base, name: 'c', restartCount: 1 }],
      initContainerStatuses: [{ ...base, name: 's', restartCount: sidecar }],
    });
  };
  expect(order(restarting('a', 0), restarting('b', 3))).toEqual(['b', 'a']);
});

test('a node with several of a kind gives one up first', () => {
  const status = readySince(old);
  const single = storedPod('single', { nodeName: 'a' }, status);
  const double1 = storedPod('double-1', { nodeName: 'b' }, status);
  const double2 = storedPod('double-2', { nodeName: 'b' }, status);
  expect(podsToDelete([single, double1, double2], [single, double1, double2], 1, NOW)[0]?.spec.nodeName).toBe('b');
});

test('of two ready Pods the one that became ready later goes first', () => {
  const veteran = storedPod('veteran', { nodeName: 'a' }, readySince(old));
  const novice = storedPod('novice', { nodeName: 'b' }, readySince(recent));
  expect(order(veteran, novice)).toEqual(['novice', 'veteran']);
});

test('when all go, the order does not matter', () => {
  const pods = [storedPod('a'), storedPod('b')];
  expect(podsToDelete(pods, pods, 5, NOW)).toEqual(pods);
});
