import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { Testbed } from '../../testing/scenarios/testbed.ts';

const runtimeClass = (handler: string, more: object = {}) =>
  JSON.stringify({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'own' }, handler, ...more });

const pod = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod' },
  spec: { runtimeClassName: 'own', containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.1' }] },
});

test('Can schedule a pod requesting existing RuntimeClass.', () => {
  const bed = new Testbed();
  bed.apply(runtimeClass('runc'));
  bed.apply(pod);
  bed.untilReady('pod');
});

test('RuntimeClass Overhead field must be respected.', () => {
  const bed = new Testbed();
  const podFixed = { cpu: '10m', memory: '1Mi' };
  bed.apply(runtimeClass('runc', { overhead: { podFixed } }));
  bed.apply(pod);
  bed.until('the Pod has a node', () => bed.nodeOf('pod') !== undefined);
  expect(bed.get<Pod>('pod', 'pod').spec.overhead).toEqual(podFixed);
});
