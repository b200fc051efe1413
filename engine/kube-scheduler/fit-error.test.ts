import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import { fitErrorMessage } from './fit-error.ts';
import type { Rejection } from './framework.ts';
import { podInfo } from './pod-info.ts';

// The wording of 1.35 and 1.36, as clusters print it:
// - kubernetes/kubernetes issue 141227 (v1.36.1): "… no new claims to deallocate, preemption: 0/3 nodes are available:
//   1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
// - "1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: …" in many
//   transcripts; up to 1.34 it was "had untolerated taint {key: value}".

function pod(spec: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [], ...spec },
  };
}

const tainted: Rejection = { reasons: ['node(s) had untolerated taint(s)'], resolvable: false };
const full: Rejection = { reasons: ['Insufficient memory'], resolvable: true };
const tooSmall: Rejection = { reasons: ['Insufficient cpu', 'Insufficient memory'], resolvable: false };

test('a taint on one node, and no room on two', () => {
  const diagnosis = { nodeCount: 3, rejections: [full, tainted, full], notNamed: 0, plugins: new Set<string>() };
  expect(fitErrorMessage(podInfo(pod()), diagnosis)).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory. ' +
      'no new claims to deallocate, preemption: 0/3 nodes are available: ' +
      '1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  );
});

test('a node lacking two things counts for both; a node too small is no matter for preemption', () => {
  const diagnosis = { nodeCount: 2, rejections: [full, tooSmall], notNamed: 0, plugins: new Set<string>() };
  expect(fitErrorMessage(podInfo(pod()), diagnosis)).toBe(
    '0/2 nodes are available: 1 Insufficient cpu, 2 Insufficient memory. ' +
      'no new claims to deallocate, preemption: 0/2 nodes are available: ' +
      '1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  );
});

test('nodes that a Pod does not name, as with the Pods of a DaemonSet', () => {
  const diagnosis = { nodeCount: 3, rejections: [full], notNamed: 2, plugins: new Set<string>() };
  expect(fitErrorMessage(podInfo(pod()), diagnosis)).toBe(
    "0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
      'no new claims to deallocate, preemption: 0/3 nodes are available: ' +
      '1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
  );
});

test('a Pod that never preempts', () => {
  const diagnosis = { nodeCount: 1, rejections: [full], notNamed: 0, plugins: new Set<string>() };
  expect(fitErrorMessage(podInfo(pod({ preemptionPolicy: 'Never' })), diagnosis)).toBe(
    '0/1 nodes are available: 1 Insufficient memory. ' +
      'no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
  );
});
