import { expect, test } from 'vitest';
import { DEFAULT_CONFIGURATION } from './configuration.ts';
import { NodeResources } from './node-resources.ts';
import { parseConfiguration } from './read-configuration.ts';

const file = (text: string) =>
  parseConfiguration(`apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n${text}`);

test('what is not said is as the real kubelet has it', () => {
  expect(file('')).toEqual(DEFAULT_CONFIGURATION);
  expect(file('someday: {a: [1]}\n__proto__: {maxPods: 3}\n').maxPods).toBeUndefined();
});

test('fields that there are not are warned of', () => {
  expect(file('maxPodz: 3\nauthentication: {anonymous: {enable: true}}').warnings).toEqual([
    'unknown field "maxPodz"',
    'unknown field "authentication.anonymous.enable"',
  ]);
});

test('the short way to say how Pods end is two groups of priorities', () => {
  expect(file('shutdownGracePeriod: 1m\nshutdownGracePeriodCriticalPods: 20s').shutdown).toEqual([
    { priority: 0, periodMs: 40_000 },
    { priority: 2_000_000_000, periodMs: 20_000 },
  ]);
  const groups = 'shutdownGracePeriodByPodPriority: [{priority: 1000, shutdownGracePeriodSeconds: 7}]';
  expect(file(groups).shutdown).toEqual([{ priority: 1000, periodMs: 7000 }]);
});

test.each([
  ['shutdownGracePeriodCriticalPods: 1s', 'shutdownGracePeriodCriticalPods {1s} must be <= shutdownGracePeriod {0s}'],
  ['shutdownGracePeriod: soon', 'time: invalid duration "soon"'],
  ['systemReserved: {memory: lots}', 'failed to parse quantity "lots" for "memory" resource'],
  ['kubeReserved: {cpu: "-1"}', 'resource quantity for "cpu" cannot be negative: -1'],
  ['imageGCHighThresholdPercent: 70', 'imageGCLowThresholdPercent (--image-gc-low-threshold) 80 must be less than'],
  ['enforceNodeAllocatable: [all]', 'option "all" specified for enforceNodeAllocatable'],
  ['maxPods: many', 'cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32'],
  ['maxPods: -1', 'invalid configuration: maxPods (--max-pods) -1 must not be a negative number'],
  [
    'authentication: {anonymous: {enabled: "no"}}',
    'KubeletConfiguration.authentication.anonymous.enabled of type bool',
  ],
  [
    'authorization: Webhook',
    'cannot unmarshal string into Go struct field KubeletConfiguration.authorization of type v1beta1',
  ],
  [
    'clusterDNS: 10.96.0.10',
    'cannot unmarshal string into Go struct field KubeletConfiguration.clusterDNS of type []string',
  ],
  ['evictionHard: {memory.available: 5}', 'KubeletConfiguration.evictionHard of type string'],
  ['a: b: c', 'failed to load kubelet config file, path: /var/lib/kubelet/config.yaml'],
])('%s is refused', (text, problem) => {
  expect(() => file(text)).toThrow(problem);
});

test('what is reserved, and what evictions keep back, is not for Pods', () => {
  const configuration = file(
    'systemReserved: {cpu: 200m, memory: 256Mi}\nkubeReserved: {memory: 128Mi}\nevictionHard: {memory.available: 64Mi}',
  );
  const resources = new NodeResources({ cpu: '2', memory: '2Gi' }, configuration);
  expect(resources.status.capacity).toMatchObject({ cpu: '2', memory: '2Gi' });
  expect(resources.status.allocatable).toMatchObject({ cpu: '1800m', memory: '1600Mi' });
  expect(resources.forPods('memory')).toBe((2048 - 384) * 2 ** 20);
  const greedy = { ...configuration, systemReserved: { memory: '3Gi' } };
  expect(() => new NodeResources({ cpu: '2', memory: '2Gi' }, greedy)).toThrow(
    'invalid Node Allocatable configuration. Resource "memory" has a reservation of 3200Mi but capacity of 2Gi. Expected capacity >= reservation.',
  );
});
