import { expect, test } from 'vitest';
import type { Pod } from '../kinds.ts';
import { pod } from './pod.ts';

const CONTEXT = { timestamp: '2026-01-01T00:00:00Z', status: false };
const STATUS = { ...CONTEXT, status: true };

function stored(spec: object = {}): Pod {
  const given = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...spec },
    status: { phase: 'Running' },
  } as Pod;
  return pod.prepareForCreate!(pod.applyDefaults!(given), CONTEXT);
}

/** The errors of an update, after defaulting and preparation as the server does them. */
function update(next: Pod, previous: Pod): string[] {
  const prepared = pod.prepareForUpdate!(pod.applyDefaults!(next), previous, CONTEXT);
  return pod.validateUpdate(prepared, previous, CONTEXT).map(({ field, message }) => `${field}: ${message}`);
}

test('a new Pod is Pending whatever the client says, and counts its generations', () => {
  expect(stored().status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  expect(stored().metadata.generation).toBe(1);
});

test('a gated Pod says so from the beginning', () => {
  expect(stored({ schedulingGates: [{ name: 'a.example/wait' }] }).status?.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', lastProbeTime: null, lastTransitionTime: null },
  ]);
});

test('what nobody has set of the times of a condition is null', () => {
  const previous = stored();
  const conditions = [{ type: 'PodScheduled', status: 'False', lastTransitionTime: '2026-01-12T09:00:00Z' }];
  const next = { ...previous, status: { ...previous.status, conditions } };
  expect(pod.prepareForUpdate!(next, previous, STATUS).status?.conditions).toEqual([
    { type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: '2026-01-12T09:00:00Z' },
  ]);
});

test.each([
  [{}, 'BestEffort'],
  [{ requests: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1' } }, 'Burstable'],
  [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
])('resources %j make it %s', (resources, qosClass) => {
  expect(stored({ containers: [{ name: 'c', image: 'x:1', resources }] }).status?.qosClass).toBe(qosClass);
});

test('an image may change, and that is a new generation', () => {
  const before = stored();
  const next = {
    ...before,
    spec: { ...before.spec, containers: [{ ...before.spec.containers[0]!, image: 'nginx:2' }] },
  };
  expect(update(next, before)).toEqual([]);
  expect(pod.prepareForUpdate!(next, before, CONTEXT).metadata.generation).toBe(2);
});

test('an update without a change of spec keeps generation and status', () => {
  const before = stored();
  const next = { ...before, metadata: { ...before.metadata, labels: { a: 'b' } }, status: { phase: 'Failed' } } as Pod;
  const after = pod.prepareForUpdate!(next, before, CONTEXT);
  expect(after.metadata).toEqual({ ...before.metadata, labels: { a: 'b' } });
  expect(after.status).toBe(before.status);
});

test('the status endpoint changes nothing but status', () => {
  const before = stored();
  const next = { ...before, spec: { ...before.spec, nodeName: 'x' }, status: { phase: 'Running' } } as Pod;
  const after = pod.prepareForUpdate!(next, before, STATUS);
  expect(after.spec).toBe(before.spec);
  expect(after.status).toEqual({ phase: 'Running', qosClass: 'BestEffort' });
  expect(after.metadata.generation).toBe(1);
});

test('anything else of the spec is frozen', () => {
  const before = stored();
  expect(update({ ...before, spec: { ...before.spec, nodeName: 'node-1' } }, before)).toEqual([
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,' +
      '`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing ' +
      'tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
  ]);
  const two = [...before.spec.containers, { name: 'd', image: 'x:1' }];
  expect(update({ ...before, spec: { ...before.spec, containers: two } }, before)).toEqual([
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ]);
  const empty = [{ ...before.spec.containers[0]!, image: '' }];
  expect(update({ ...before, spec: { ...before.spec, containers: empty } }, before)).toEqual([
    'spec.containers[0].image: Required value',
  ]);
});

test('tolerations are only added, a deadline only comes closer', () => {
  const toleration = { key: 'a', operator: 'Exists' } as const;
  const before = stored({ tolerations: [toleration], activeDeadlineSeconds: 100 });
  const more = { ...before.spec, tolerations: [toleration, { key: 'b', operator: 'Exists' as const }] };
  expect(update({ ...before, spec: more }, before)).toEqual([]);
  expect(update({ ...before, spec: { ...before.spec, tolerations: [] } }, before)).toEqual([
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ]);
  expect(update({ ...before, spec: { ...before.spec, activeDeadlineSeconds: 50 } }, before)).toEqual([]);
  expect(update({ ...before, spec: { ...before.spec, activeDeadlineSeconds: 101 } }, before)).toEqual([
    'spec.activeDeadlineSeconds: Invalid value: 101: must be less than or equal to previous value',
  ]);
});

test('gates may go but not come', () => {
  const before = stored({ schedulingGates: [{ name: 'a.example/wait' }] });
  expect(update({ ...before, spec: { ...before.spec, schedulingGates: [] } }, before)).toEqual([]);
  const other = [{ name: 'b.example/wait' }];
  expect(update({ ...before, spec: { ...before.spec, schedulingGates: other } }, before)).toEqual([
    "spec.schedulingGates[0]: Forbidden: only deletion is allowed, but found new scheduling gate 'b.example/wait'",
  ]);
});

test('grace is for Pods that run somewhere', () => {
  const running = { ...stored({ nodeName: 'node-1' }), status: { phase: 'Running' } } as Pod;
  expect(pod.gracePeriodSeconds!(running, undefined)).toBe(30);
  expect(pod.gracePeriodSeconds!(running, 5)).toBe(5);
  expect(pod.gracePeriodSeconds!(running, -1)).toBe(1);
  expect(pod.gracePeriodSeconds!({ ...running, status: { phase: 'Failed' } }, undefined)).toBe(0);
  expect(pod.gracePeriodSeconds!(stored(), 60)).toBe(0);
});

test('fields that can be selected', () => {
  expect(pod.selectableFields!(stored({ nodeName: 'node-1', serviceAccountName: 'robot' }))).toEqual({
    'spec.nodeName': 'node-1',
    'spec.restartPolicy': 'Always',
    'spec.schedulerName': 'default-scheduler',
    'spec.serviceAccountName': 'robot',
    'spec.hostNetwork': 'false',
    'status.phase': 'Pending',
    'status.podIP': '',
    'status.nominatedNodeName': '',
  });
});
