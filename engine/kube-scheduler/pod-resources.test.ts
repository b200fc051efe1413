import { expect, test } from 'vitest';
import type { Container, Pod } from '../api/kinds.ts';
import { podRequests } from './pod-resources.ts';

function container(cpu?: string, memory?: string, extra: Partial<Container> = {}): Container {
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  return { name: 'c', image: 'nginx', resources: { requests }, ...extra };
}

function requests(spec: Partial<Pod['spec']>, nonZero = false) {
  const metadata = { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec } };
  const { milliCpu, memory } = podRequests(pod, nonZero);
  return { milliCpu, memoryMi: memory / 1024 / 1024 };
}

test('containers add up', () => {
  expect(requests({ containers: [container('250m', '1Gi'), container('0.5', '0.5Gi')] })).toEqual({
    milliCpu: 750,
    memoryMi: 1536,
  });
});

test('an init container runs alone: only the largest counts, if it is larger than all the rest', () => {
  const containers = [container('100m', '100Mi'), container('100m', '100Mi')];
  const initContainers = [container('1', '50Mi'), container('500m', '150Mi')];
  expect(requests({ containers, initContainers })).toEqual({ milliCpu: 1000, memoryMi: 200 });
});

test('a sidecar stays: it adds to the containers and to the init containers after it', () => {
  const containers = [container('100m', '100Mi')];
  const initContainers = [container('200m', '10Mi', { restartPolicy: 'Always' }), container('300m', '10Mi')];
  expect(requests({ containers, initContainers })).toEqual({ milliCpu: 500, memoryMi: 110 });
});

test('requests of the Pod as a whole win, overhead comes on top', () => {
  const containers = [container('100m', '100Mi')];
  const overhead = { cpu: '10m', memory: '20Mi' };
  expect(requests({ containers, overhead, resources: { requests: { cpu: '2' } } })).toEqual({
    milliCpu: 2010,
    memoryMi: 120,
  });
});

test('for scoring, a container that asks for nothing counts as 100m and 200Mi', () => {
  expect(requests({ containers: [container(), container('1')] }, true)).toEqual({ milliCpu: 1100, memoryMi: 400 });
});
