import { expect, test } from 'vitest';
import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ClusterEvent } from '../cluster-event.ts';
import { podInfo } from '../pod-info.ts';
import { allocated, claim, deviceClass, gpu, slice, user } from '../testing/devices.ts';
import { Decider } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

// Which events bring back a Pod that waits for devices, and which must not.

const change = (object: KubeObject | undefined, previous?: KubeObject): ClusterEvent => ({
  kind: 'DeviceChange',
  previous,
  object,
});

/** Whether the event may help a Pod that uses the claim `mine`. */
function helps(event: ClusterEvent, ...objects: readonly KubeObject[]): boolean {
  const plugin = new Decider({ nodes: [storedNode('a')], objects }).plugin('DynamicResources');
  const pod = user('mine');
  plugin.preEnqueue!(pod);
  return plugin.mayHelp!(event, podInfo(pod));
}

const mine = claim('mine');

test.each([
  ['a new claim of its own', change(mine), true],
  ['a claim of somebody else', change(claim('other')), false],
  ['devices that somebody has given back', change(claim('other'), allocated('other', 'a', 'gpu-0')), true],
  ['a claim that somebody else has got', change(allocated('other', 'a', 'gpu-0'), claim('other')), false],
  ['a claim of its own that got devices', change(allocated('mine', 'a', 'gpu-0'), mine), true],
  ['a claim of its own of which the status stays', change({ ...mine }, mine), false],
  ['a slice', change(slice('a', [gpu('gpu-0')])), true],
  ['a class', change(deviceClass()), true],
  ['a slice that is gone', change(undefined, slice('a', [])), false],
  ['all of a kind being known', change(undefined), true],
  ['a new node', { kind: 'NodeAdd', node: storedNode('b') } as const, true],
])('%s: %o', (_, event, expected) => {
  expect(helps(event, mine)).toBe(expected);
});

test('while a claim is missing, only that claim helps', () => {
  expect(helps(change(claim('other'), allocated('other', 'a', 'gpu-0')))).toBe(false);
  expect(helps({ kind: 'PodUpdate', previous: user('mine') })).toBe(false);
  expect(helps({ kind: 'PodUpdate', previous: user('mine') }, mine as ResourceClaim)).toBe(true);
});

test('a Pod without claims asks for nothing and is asked nothing', () => {
  const decider = new Decider({ nodes: [storedNode('a')] });
  const plugin = decider.plugin('DynamicResources');
  expect(plugin.preEnqueue!(storedPod('plain'))).toBeUndefined();
  expect(decider.outcome(storedPod('plain'))).toBe('a');
  expect(plugin.mayHelp!(change(mine), podInfo(storedPod('plain')))).toBe(false);
});
