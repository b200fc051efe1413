import { expect, test } from 'vitest';
import { type Body, MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { liveThrough } from '../lifecycle.ts';

const CORE = '/api/v1/namespaces/default/events';
const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';
const regarding = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'p' };

const coreEvent = {
  apiVersion: 'v1',
  kind: 'Event',
  message: 'This is a test event',
  reason: 'Test',
  type: 'Normal',
  count: 1,
  involvedObject: regarding,
};

const event = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  eventTime: '2026-01-12T09:00:00.000000Z',
  reportingController: 'test-controller',
  reportingInstance: 'test-node',
  action: 'Do',
  reason: 'Test',
  type: 'Normal',
  note: 'This is a test event',
  regarding,
};

test('Event, manage lifecycle of an Event', () => {
  const server = startTestServer();
  liveThrough(server, { collection: CORE, object: coreEvent, change: { message: 'This is a patched event' } });
});

test('Event, delete a collection', () => {
  const { request } = startTestServer();
  for (const name of ['test-event-1', 'test-event-2', 'test-event-3']) {
    request('POST', CORE, { ...coreEvent, metadata: { name, labels: { testevent: 'true' } } });
  }
  const selected = `${CORE}?labelSelector=testevent%3Dtrue`;
  expect(request('GET', selected).body.items).toHaveLength(3);
  expect(request('DELETE', selected).status).toBe(200);
  expect(request('GET', selected).body.items).toEqual([]);
});

test('New Event resource lifecycle, testing a single event', () => {
  const server = startTestServer();
  liveThrough(server, { collection: EVENTS, object: event });
  const { request } = server;
  request('POST', EVENTS, { ...event, metadata: { name: 'e' } });
  const series = { count: 2, lastObservedTime: '2026-01-12T10:00:00.000000Z' };
  const patched = request('PATCH', `${EVENTS}/e`, { series }, MERGE).body;
  expect(patched.series).toEqual(series);
  const again = { ...series, count: 100 };
  expect(request('PUT', `${EVENTS}/e`, { ...patched, series: again }).body.series).toEqual(again);
  expect(request('GET', `${CORE}/e`).body).toMatchObject({ message: event.note, involvedObject: regarding });
});

test('New Event resource lifecycle, testing a list of events', () => {
  const { request } = startTestServer();
  request('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  for (const name of ['one', 'two', 'three']) {
    request('POST', EVENTS, { ...event, metadata: { name, labels: { 'testevent-set': 'true' } } });
  }
  const elsewhere = { ...event, regarding: { ...regarding, namespace: 'other' } };
  const other = EVENTS.replace('default', 'other');
  expect(request('POST', other, { ...elsewhere, metadata: { name: 'four' } }).status).toBe(201);
  const selected = 'labelSelector=testevent-set%3Dtrue';
  const names = (path: string) => request('GET', path).body.items.map(({ metadata }: Body) => metadata.name);
  expect(names(`/apis/events.k8s.io/v1/events?${selected}`)).toEqual(['one', 'three', 'two']);
  expect(request('DELETE', `${EVENTS}?${selected}`).status).toBe(200);
  expect(names('/apis/events.k8s.io/v1/events')).toEqual(['four']);
});
