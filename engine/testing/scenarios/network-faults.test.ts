import { expect, test } from 'vitest';
import type { Fault } from '../../index.ts';
import { scriptPod, Testbed } from './testbed.ts';

function inflict(bed: Testbed, fault: Fault): void {
  bed.cluster.submit({ kind: 'fault', fault });
}

const ping = (bed: Testbed, from: string, to: string, count: number) =>
  bed.run(from, 'ping', '-q', '-c', String(count), '-W', '1', to).stdout;

test('a node that is cut off from the control plane is given up, runs on, and is taken back', () => {
  const bed = new Testbed();
  bed.apply(scriptPod('lonely', 'sleep 100000').replace('spec:\n', 'spec:\n  nodeName: node-1\n'));
  bed.untilReady('lonely');
  inflict(bed, { type: 'partition', hosts: ['node-1', 'control-plane'] });
  expect(ping(bed, 'node-1', 'control-plane', 1)).toContain('100% packet loss');
  expect(ping(bed, 'node-1', 'node-2', 1)).toContain(' 0% packet loss');
  const ready = () => /node-1 +(\S+)/.exec(bed.kubectl('get', 'nodes'))?.[1];
  bed.until('the node is not ready', () => ready() === 'NotReady', 90);
  expect(bed.run('node-1', 'sh', '-c', 'ps -ef | grep -c "[s]leep 100000"').stdout).not.toBe('0\n');
  expect(bed.kubectlAnyway('logs', 'lonely').stderr).toContain('dial tcp 10.0.0.11:10250: connect');
  inflict(bed, { type: 'heal', hosts: ['node-1', 'control-plane'] });
  bed.until('the node is ready', () => ready() === 'Ready', 90);
  bed.until('the Pod is ready', () => bed.podView('lonely')?.ready === true, 30);
});

test('latency slows down and loss makes packets be sent again', () => {
  const bed = new Testbed();
  inflict(bed, { type: 'latency', hosts: ['node-1', 'node-2'], latencyMs: 50 });
  expect(ping(bed, 'node-1', 'node-2', 2)).toContain('min/avg/max/mdev = 100.');
  inflict(bed, { type: 'packet-loss', hosts: ['node-1', 'node-2'], probability: 0.5 });
  const [, lost] = /(\d+)% packet loss/.exec(ping(bed, 'node-1', 'node-2', 40))!;
  expect(Number(lost)).toBeGreaterThan(15);
  expect(Number(lost)).toBeLessThan(85);
  inflict(bed, { type: 'heal', hosts: ['node-1', 'node-2'] });
  expect(ping(bed, 'node-1', 'node-2', 5)).toMatch(/ 0% packet loss[\s\S]*mdev = 0\.6/);
});

test('a fault that makes no sense is an error', () => {
  const bed = new Testbed();
  expect(() => inflict(bed, { type: 'partition', hosts: ['node-1', 'node-1'] })).toThrow('between two machines');
  expect(() => inflict(bed, { type: 'partition', hosts: ['node-1', 'node-9'] })).toThrow('no machine "node-9"');
  expect(() => inflict(bed, { type: 'packet-loss', hosts: ['node-1', 'node-2'], probability: 2 })).toThrow('2 is no');
  expect(() => inflict(bed, { type: 'latency', hosts: ['node-1', 'node-2'], latencyMs: -1 })).toThrow('-1 ms');
});
