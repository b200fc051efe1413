import { expect, test } from 'vitest';
import type { FieldError } from '../field-error.ts';
import type { HorizontalPodAutoscaler } from '../kinds.ts';
import { validateAutoscaler } from './validation.ts';

function problems(spec: object): string[] {
  const errors: FieldError[] = [];
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const autoscaler = { spec: { scaleTargetRef, maxReplicas: 3, ...spec } };
  validateAutoscaler(errors, autoscaler as unknown as HorizontalPodAutoscaler);
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

const average = { type: 'AverageValue', averageValue: '1' };

test.each<[string, object, string[]]>([
  ['Pods', { type: 'Pods', pods: { metric: { name: 'jobs' }, target: average } }, []],
  [
    'Object',
    {
      type: 'Object',
      object: {
        metric: { name: 'hits' },
        describedObject: { kind: 'Service', name: 'web' },
        target: { type: 'Value', value: '2k' },
      },
    },
    [],
  ],
  [
    'Pods by a value',
    { type: 'Pods', pods: { metric: {}, target: { type: 'Value', value: '1' } } },
    [
      'pods.metric.name: Required value: must specify a metric name',
      'pods.target.averageValue: Required value: must specify a positive target averageValue',
    ],
  ],
  [
    'an Object that is none',
    {
      type: 'Object',
      object: { metric: { name: 'hits' }, describedObject: { name: 'web' }, target: { type: 'Value' } },
    },
    [
      'object.describedObject.kind: Required value',
      'object.target.averageValue: Required value: must set either a target value or averageValue',
    ],
  ],
  [
    'two targets of an External one',
    { type: 'External', external: { metric: { name: 'queue' }, target: { ...average, value: '0' } } },
    [
      'external.target.value: Invalid value: "0": must be positive',
      'external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
    ],
  ],
  [
    'a container that is not named',
    { type: 'ContainerResource', containerResource: { name: 'cpu', target: { type: 'Often' } } },
    [
      'containerResource.container: Required value: must specify a container',
      'containerResource.target.type: Invalid value: "Often": must be either Utilization, Value, or AverageValue',
      'containerResource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
  ],
  [
    'one source too many',
    { type: 'Pods', pods: { metric: { name: 'jobs' }, target: average }, resource: { name: 'cpu', target: average } },
    ['resource: Forbidden: must populate the given metric source only'],
  ],
  [
    'the wrong source',
    { type: 'Resource', pods: { metric: { name: 'jobs' }, target: average } },
    ['resource: Required value: must populate information for the given metric source'],
  ],
])('%s', (_, metric, expected) => {
  expect(problems({ metrics: [metric] })).toEqual(expected.map((text) => `spec.metrics[0].${text}`));
});

test('a tolerance is not negative', () => {
  const rules = { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }] };
  expect(problems({ behavior: { scaleUp: { ...rules, tolerance: '0' } } })).toEqual([]);
  expect(problems({ behavior: { scaleUp: { ...rules, tolerance: '-100m' } } })).toEqual([
    'spec.behavior.scaleUp.tolerance: Invalid value: "-100m": must be greater than or equal to 0',
  ]);
});
