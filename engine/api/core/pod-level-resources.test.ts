import { expect, test } from 'vitest';
import type { FieldError } from '../field-error.ts';
import type { Pod, PodSpec } from '../kinds.ts';
import { defaultPod } from './pod-defaults.ts';
import { validatePodResources } from './pod-level-resources.ts';
import { qosClass } from './qos-class.ts';

function stored(resources: object, ...containers: readonly object[]): PodSpec {
  const spec = { resources, containers: containers.map((own) => ({ name: 'c', image: 'nginx', resources: own })) };
  return defaultPod({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as unknown as Pod).spec;
}

test.each([
  ['only requests stay as they are', { requests: { cpu: '1' } }, [{}], { requests: { cpu: '1' } }],
  ['limits are requested', { limits: { cpu: '1' } }, [{}], { limits: { cpu: '1' }, requests: { cpu: '1' } }],
  [
    'what containers request comes first',
    { limits: { cpu: '2', memory: '1Gi' } },
    [{ requests: { cpu: '500m' } }, { requests: { cpu: '250m', 'example.com/gpu': '1' } }],
    { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '750m', memory: '1Gi' } },
  ],
])('%s', (_, resources, containers, expected) => {
  expect(stored(resources, ...containers).resources).toEqual(expected);
});

test.each([
  [{ limits: { cpu: '1', memory: '1Gi' } }, [{}], 'Guaranteed'],
  [{ limits: { cpu: '1' } }, [{}], 'Burstable'],
  [{ requests: { cpu: '1' } }, [{ limits: { cpu: '1', memory: '1Gi' } }], 'Burstable'],
  [{}, [{ requests: { cpu: '1' } }], 'BestEffort'],
])('a Pod with %j is judged by that', (resources, containers, expected) => {
  expect(qosClass(stored(resources, ...containers))).toBe(expected);
});

test.each([
  [
    { requests: { cpu: '500m' } },
    [{ requests: { cpu: '400m' } }, { requests: { cpu: '300m' } }],
    'requests[cpu]: Invalid value: "500m": must be greater than or equal to aggregate container requests of 700m',
  ],
  [
    { limits: { memory: '1Gi' } },
    [{ limits: { memory: '2Gi' } }],
    'requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi\n' +
      'containers[0][memory].limits: Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi',
  ],
  [
    { limits: { 'example.com/gpu': '1' } },
    [{}],
    'limits[example.com/gpu]: Unsupported value: "example.com/gpu": supported values: "cpu", "hugepages-", "memory"',
  ],
  [{ limits: { cpu: '1' } }, [{ limits: { cpu: '1' } }], ''],
])('a Pod with %j over %j', (resources, containers, expected) => {
  const errors: FieldError[] = [];
  validatePodResources(errors, stored(resources, ...containers), 'spec.resources');
  expect(errors.map(({ field, message }) => `${field.replace('spec.resources.', '')}: ${message}`).join('\n')).toBe(
    expected,
  );
});
