import { expect, test } from 'vitest';
import type { Event } from '../kinds.ts';
import { event } from './event.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const METADATA = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

const EVENT: Event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: METADATA,
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'default', fieldPath: 'spec.containers{c}' },
  reason: 'Pulled',
  message: ' done\n',
  type: 'Normal',
  source: { component: 'kubelet', host: 'node-1' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:00:50Z',
  count: 3,
};

function row(object: Event): unknown[] {
  return event.columns.map(({ cell }) => cell(object, NOW));
}

test('an Event of the old form', () => {
  expect(row(EVENT)).toEqual([
    '10s',
    'Normal',
    'Pulled',
    'pod/web',
    'spec.containers{c}',
    'kubelet, node-1',
    'done',
    '60s',
    3,
    'x',
  ]);
});

test('an Event of the new form, once and in a series', () => {
  const { source: _, firstTimestamp: _f, lastTimestamp: _l, count: _c, ...rest } = EVENT;
  const once: Event = { ...rest, eventTime: '2026-01-01T00:00:30.000000Z', reportingComponent: 'default-scheduler' };
  expect([row(once)[0], row(once)[5], row(once)[7], row(once)[8]]).toEqual(['30s', 'default-scheduler', '30s', 1]);
  const series = { ...once, series: { count: 5, lastObservedTime: '2026-01-01T00:00:55.000000Z' } };
  expect([row(series)[0], row(series)[7], row(series)[8]]).toEqual(['5s', '30s', 5]);
});

test('an Event lives with its object', () => {
  expect(event.validateCreate(EVENT)).toEqual([]);
  const stray = { ...EVENT, involvedObject: { ...EVENT.involvedObject, namespace: 'other' } };
  expect(event.validateCreate(stray)).toMatchObject([{ field: 'involvedObject.namespace' }]);
  expect(event.selectableFields!(EVENT)).toMatchObject({
    'involvedObject.name': 'web',
    source: 'kubelet',
    type: 'Normal',
  });
});
