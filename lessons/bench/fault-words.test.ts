import { expect, test } from 'vitest';
import { claimOfMachine, onMachine, readFault } from './fault-words.ts';

test.each([
  ['kill container harbour web', { type: 'kill-container', namespace: 'default', pod: 'harbour', container: 'web' }],
  [
    'kill container kube-system/etcd pause STOP',
    { type: 'kill-container', namespace: 'kube-system', pod: 'etcd', container: 'pause', signal: 'STOP' },
  ],
  ['kill process node-1 kubelet', { type: 'kill-process', host: 'node-1', process: 'kubelet' }],
  ['power off node-2', { type: 'power-off', host: 'node-2' }],
  ['xid gpu-1 0 48', { type: 'gpu-xid', host: 'gpu-1', gpu: 0, xid: 48 }],
  ['unplug gpu-1 1', { type: 'gpu-unplug', host: 'gpu-1', gpu: 1 }],
  ['move control-plane /a /b', { type: 'move-file', host: 'control-plane', from: '/a', to: '/b' }],
])('%s', (words, fault) => {
  expect(readFault(words)).toEqual({ kind: 'fault', fault });
});

test('a machine may be named by the claim whose disk is on it, and is found later', () => {
  const input = readFault('power off machine of pages-ledger-1');
  expect(claimOfMachine(input)).toBe('persistentvolumeclaim pages-ledger-1');
  expect(onMachine(input, 'node-2')).toEqual(readFault('power off node-2'));
  expect(claimOfMachine(readFault('power off node-2'))).toBeUndefined();
});

test.each(['', 'kill', 'kill container harbour', 'power up node-1', 'unplug gpu-1', 'explode'])(
  '"%s" is refused',
  (words) => {
    expect(() => readFault(words)).toThrow(/breaks nothing; what can be said: kill container/);
  },
);
