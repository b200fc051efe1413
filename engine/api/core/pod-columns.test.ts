import { expect, test } from 'vitest';
import type { ContainerStatus, Pod, PodStatus } from '../kinds.ts';
import { POD_COLUMNS } from './pod-columns.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');

function row(pod: object): Record<string, unknown> {
  const object = { metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z' }, ...pod } as Pod;
  return Object.fromEntries(POD_COLUMNS.map(({ name, cell }) => [name, cell(object, NOW)]));
}

function shown(status: PodStatus, spec: object = {}, metadata: object = {}): string {
  const { Ready, Status, Restarts } = row({
    metadata: { name: 'p', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'c' }], ...spec },
    status,
  });
  return `${Ready} ${Status} ${Restarts}`;
}

function container(state: object, more: object = {}): ContainerStatus {
  return { name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state, ...more } as ContainerStatus;
}

const RUNNING = container({ running: {} }, { ready: true });

test('a running Pod, in full', () => {
  const status = { phase: 'Running', podIPs: [{ ip: '10.244.1.2' }], containerStatuses: [RUNNING] };
  expect(row({ spec: { nodeName: 'node-1', containers: [{ name: 'c' }] }, status })).toEqual({
    Name: 'p',
    Ready: '1/1',
    Status: 'Running',
    Restarts: '0',
    Age: '10m',
    IP: '10.244.1.2',
    Node: 'node-1',
    'Nominated Node': '<none>',
    'Readiness Gates': '<none>',
  });
});

test('a Pod no one has looked at yet', () => {
  expect(shown({ phase: 'Pending' })).toBe('0/1 Pending 0');
});

test('waiting containers say why', () => {
  const containerStatuses = [container({ waiting: { reason: 'ContainerCreating' } })];
  expect(shown({ phase: 'Pending', containerStatuses })).toBe('0/1 ContainerCreating 0');
});

test('crashing containers tell how often and when last', () => {
  const lastState = { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:09:55Z' } };
  const containerStatuses = [container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3, lastState })];
  expect(shown({ phase: 'Running', containerStatuses })).toBe('0/1 CrashLoopBackOff 3 (5s ago)');
});

test('ended containers', () => {
  const status = (terminated: object): PodStatus => ({
    phase: 'Running',
    containerStatuses: [container({ terminated })],
  });
  expect(shown(status({ exitCode: 0, reason: 'Completed' }))).toBe('0/1 Completed 0');
  expect(shown(status({ exitCode: 137, reason: 'OOMKilled' }))).toBe('0/1 OOMKilled 0');
  expect(shown(status({ exitCode: 3 }))).toBe('0/1 ExitCode:3 0');
  expect(shown(status({ exitCode: 137, signal: 9 }))).toBe('0/1 Signal:9 0');
});

test('with one container done and one running the Pod runs, or is not ready', () => {
  const done = container({ terminated: { exitCode: 0, reason: 'Completed' } });
  const containerStatuses = [done, { ...RUNNING, name: 'd' }];
  const spec = { containers: [{ name: 'c' }, { name: 'd' }] };
  const ready = { type: 'Ready', status: 'True' } as const;
  expect(shown({ phase: 'Running', containerStatuses, conditions: [ready] }, spec)).toBe('1/2 Running 0');
  expect(shown({ phase: 'Running', containerStatuses }, spec)).toBe('1/2 NotReady 0');
});

test('init containers', () => {
  const spec = { initContainers: [{ name: 'a' }, { name: 'b' }] };
  const status = (...states: object[]): PodStatus => ({
    phase: 'Pending',
    initContainerStatuses: states.map((state, index) => container(state, { name: 'ab'[index] })),
    containerStatuses: [container({ waiting: { reason: 'PodInitializing' } })],
  });
  const done = { terminated: { exitCode: 0 } };
  expect(shown(status({ running: {} }, {}), spec)).toBe('0/1 Init:0/2 0');
  expect(shown(status(done, { waiting: { reason: 'PodInitializing' } }), spec)).toBe('0/1 Init:1/2 0');
  expect(shown(status({ waiting: { reason: 'ErrImagePull' } }), spec)).toBe('0/1 Init:ErrImagePull 0');
  expect(shown(status({ terminated: { exitCode: 1, reason: 'Error' } }), spec)).toBe('0/1 Init:Error 0');
  expect(shown(status({ terminated: { exitCode: 2 } }), spec)).toBe('0/1 Init:ExitCode:2 0');
  expect(shown(status(done, done), spec)).toBe('0/1 PodInitializing 0');
});

test('sidecars count as containers', () => {
  const spec = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] };
  const sidecar = container({ running: {} }, { name: 'proxy', started: true, ready: true, restartCount: 2 });
  const status = { phase: 'Running', initContainerStatuses: [sidecar], containerStatuses: [RUNNING] } as PodStatus;
  expect(shown(status, spec)).toBe('2/2 Running 2');
});

test('Pods on their way out', () => {
  const leaving = { deletionTimestamp: '2026-01-01T00:09:59Z' };
  const status: PodStatus = { phase: 'Running', containerStatuses: [RUNNING] };
  expect(shown(status, {}, leaving)).toBe('1/1 Terminating 0');
  expect(shown({ ...status, reason: 'NodeLost' }, {}, leaving)).toBe('1/1 Unknown 0');
  expect(shown({ phase: 'Succeeded' }, {}, leaving)).toBe('0/1 Succeeded 0');
  expect(shown({ phase: 'Failed', reason: 'Evicted' })).toBe('0/1 Evicted 0');
});

test('gates', () => {
  const gated = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' } as const;
  expect(shown({ phase: 'Pending', conditions: [gated] })).toBe('0/1 SchedulingGated 0');
  const met = { type: 'a.example/x', status: 'True' } as const;
  const spec = { containers: [], readinessGates: [{ conditionType: 'a.example/x' }, { conditionType: 'b' }] };
  expect(row({ spec, status: { conditions: [met] } })['Readiness Gates']).toBe('1/2');
});
