import { expect, test } from 'vitest';
import type { Container, ContainerStatus, Pod } from '../../api/kinds.ts';
import { podPhase } from './phase.ts';

type State = 'running' | 'waiting' | 'crashed' | number;

function status(name: string, state: State): ContainerStatus {
  const base = { name, image: '', imageID: '', ready: false, restartCount: 0, started: state === 'running' };
  if (state === 'running') return { ...base, state: { running: {} } };
  if (state === 'waiting') return { ...base, state: { waiting: {} } };
  if (state === 'crashed') return { ...base, state: { waiting: {} }, lastState: { terminated: { exitCode: 1 } } };
  return { ...base, state: { terminated: { exitCode: state } } };
}

function phaseOf(
  restartPolicy: 'Always' | 'Never' | 'OnFailure',
  states: State[],
  init: State[] = [],
  terminal = false,
) {
  const named =
    (prefix: string) =>
    (_: State, index: number): Container => ({ name: `${prefix}${index}` });
  const metadata = { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { restartPolicy, containers: states.map(named('c')), initContainers: init.map(named('i')) },
  };
  const initStatuses = init.map((state, index) => status(`i${index}`, state));
  return podPhase(
    pod,
    initStatuses,
    states.map((state, index) => status(`c${index}`, state)),
    terminal,
  );
}

test.each([
  ['Always', ['waiting', 'waiting'], 'Pending'],
  ['Always', ['running', 'waiting'], 'Pending'],
  ['Always', ['running', 'running'], 'Running'],
  ['Always', ['running', 'crashed'], 'Running'],
  ['Always', ['crashed', 'crashed'], 'Running'],
  ['Always', [0, 0], 'Running'],
  ['Never', [0, 0], 'Succeeded'],
  ['Never', [0, 'running'], 'Running'],
  ['Never', [0, 1], 'Failed'],
  ['OnFailure', [0, 0], 'Succeeded'],
  ['OnFailure', [0, 1], 'Running'],
] as const)('%s %j: %s', (policy, states, phase) => {
  expect(phaseOf(policy, [...states])).toBe(phase);
});

test('init containers come first', () => {
  expect(phaseOf('Always', ['waiting'], ['running'])).toBe('Pending');
  expect(phaseOf('Always', ['waiting'], [1])).toBe('Pending');
  expect(phaseOf('Never', ['waiting'], [1])).toBe('Failed');
  expect(phaseOf('Always', ['running'], [0])).toBe('Running');
});

test('a Pod that was told to end has succeeded or failed', () => {
  expect(phaseOf('Always', [0, 0], [], true)).toBe('Succeeded');
  expect(phaseOf('Always', [0, 143], [], true)).toBe('Failed');
  expect(phaseOf('Always', ['waiting'], [], true)).toBe('Failed');
});
