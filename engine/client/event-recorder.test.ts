import { expect, test } from 'vitest';
import type { Pod } from '../api/kinds.ts';
import { events } from '../api/resources.ts';
import { Simulation } from '../sim/index.ts';
import { Client } from './client.ts';
import { EventRecorder } from './event-recorder.ts';
import { EventSeriesRecorder } from './event-series-recorder.ts';
import { FakeApiServer } from './testing/fake-api-server.ts';

const web: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name: 'web', uid: 'u-1', resourceVersion: '7', creationTimestamp: '' },
  spec: { containers: [] },
};

function setUp() {
  const sim = new Simulation({ seed: 'events' });
  const server = new FakeApiServer(sim);
  const client = new Client(server.transport);
  return { sim, server, client, list: () => client.resource(events).list({ namespace: 'default' }).items };
}

test('an event names its object, its source and the time', () => {
  const { sim, client, list } = setUp();
  const recorder = new EventRecorder(sim, client, { component: 'kubelet', host: 'node-1' });
  recorder.event(web, 'Normal', 'Started', 'Container started', 'spec.containers{nginx}');
  sim.runFor(1);
  const [event] = list();
  expect(event).toMatchObject({
    metadata: { namespace: 'default', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
    involvedObject: {
      kind: 'Pod',
      namespace: 'default',
      name: 'web',
      uid: 'u-1',
      apiVersion: 'v1',
      resourceVersion: '7',
      fieldPath: 'spec.containers{nginx}',
    },
    type: 'Normal',
    reason: 'Started',
    message: 'Container started',
    source: { component: 'kubelet', host: 'node-1' },
    reportingComponent: 'kubelet',
    reportingInstance: 'node-1',
    count: 1,
    firstTimestamp: '2026-01-12T09:00:00Z',
    lastTimestamp: '2026-01-12T09:00:00Z',
  });
});

test('the same event again raises the count and the last time', () => {
  const { sim, client, list } = setUp();
  const recorder = new EventRecorder(sim, client, { component: 'kubelet', host: 'node-1' });
  for (let i = 0; i < 3; i++) {
    recorder.event(web, 'Warning', 'BackOff', 'Back-off restarting failed container');
    sim.runFor(10_000);
  }
  expect(list()).toHaveLength(1);
  expect(list()[0]).toMatchObject({
    count: 3,
    firstTimestamp: '2026-01-12T09:00:00Z',
    lastTimestamp: '2026-01-12T09:00:20Z',
  });
});

test('the tenth different message for one reason is combined with those that follow', () => {
  const { sim, client, list } = setUp();
  const recorder = new EventRecorder(sim, client, { component: 'replicaset-controller' });
  for (let i = 1; i <= 12; i++) recorder.event(web, 'Normal', 'SuccessfulCreate', `Created pod: web-${i}`);
  sim.runFor(1);
  expect(list()).toHaveLength(10);
  expect(list().at(-1)).toMatchObject({ count: 3, message: '(combined from similar events): Created pod: web-12' });
});

test('a flood is cut off after 25 events; one more passes every five minutes', () => {
  const { sim, client, list } = setUp();
  const recorder = new EventRecorder(sim, client, { component: 'kubelet', host: 'node-1' });
  const report = () => recorder.event(web, 'Warning', 'Unhealthy', 'probe failed');
  for (let i = 0; i < 40; i++) report();
  sim.runFor(300_000);
  expect(list()[0]?.count).toBe(25);
  report();
  report();
  sim.runFor(1);
  expect(list()[0]?.count).toBe(26);
});

test('events reported while the server is away are written when it is back', () => {
  const { sim, server, client, list } = setUp();
  const recorder = new EventRecorder(sim, client, { component: 'kubelet', host: 'node-1' });
  server.down = true;
  recorder.event(web, 'Normal', 'Pulled', 'pulled');
  recorder.event(web, 'Normal', 'Created', 'created');
  sim.runFor(5_000);
  server.down = false;
  sim.runFor(15_000);
  expect(list().map((event) => event.reason)).toEqual(['Pulled', 'Created']);
});

test('a recurring event whose object has expired is created anew', () => {
  const { sim, client, list } = setUp();
  const recorder = new EventRecorder(sim, client, { component: 'kubelet', host: 'node-1' });
  recorder.event(web, 'Warning', 'BackOff', 'back-off');
  sim.runFor(1);
  client.resource(events).delete(list()[0]!.metadata.name, 'default');
  recorder.event(web, 'Warning', 'BackOff', 'back-off');
  sim.runFor(1);
  expect(list()).toMatchObject([{ reason: 'BackOff', count: 2 }]);
});

test('the events of the scheduler become a series, whose count is written late', () => {
  const { sim, client, list } = setUp();
  const recorder = new EventSeriesRecorder(sim, client, 'default-scheduler', 'control-plane');
  const report = () => recorder.event(web, 'Warning', 'FailedScheduling', 'Scheduling', '0/3 nodes are available');
  report();
  sim.runFor(1_000);
  expect(list()).toMatchObject([
    {
      action: 'Scheduling',
      eventTime: '2026-01-12T09:00:00.000000Z',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-control-plane',
    },
  ]);
  expect(list()[0]).not.toHaveProperty('count');
  expect(list()[0]).not.toHaveProperty('series');

  report();
  report();
  report();
  sim.runFor(1_000);
  expect(list()[0]?.series).toEqual({ count: 2, lastObservedTime: '2026-01-12T09:00:01.000000Z' });
  sim.runFor(13 * 60_000);
  expect(list()[0]?.series).toEqual({ count: 4, lastObservedTime: '2026-01-12T09:00:01.000000Z' });
});
