import { expect, test } from 'vitest';
import { type Body, MERGE, startTestServer } from './testing/test-server.ts';

const V1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
const V2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const CORE_EVENTS = '/api/v1/namespaces/default/events';
const NEW_EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

function autoscaler(spec: object) {
  return { metadata: { name: 'web' }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, ...spec } };
}

test('an autoscaler made in v1 is the same object in v2', () => {
  const { request } = startTestServer();
  const made = request('POST', V1, autoscaler({ maxReplicas: 5, targetCPUUtilizationPercentage: 60 }));
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    apiVersion: 'autoscaling/v1',
    spec: { minReplicas: 1, maxReplicas: 5, targetCPUUtilizationPercentage: 60 },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  });
  const { body } = request('GET', `${V2}/web`);
  expect(body).toMatchObject({ apiVersion: 'autoscaling/v2', metadata: { uid: made.body.metadata.uid } });
  expect(body.spec.metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
  ]);
  expect(request('GET', V1, undefined, TABLE).body.rows[0].cells).toEqual(
    request('GET', V2, undefined, TABLE).body.rows[0].cells,
  );
});

test('what v1 has no field for travels in annotations, there and back', () => {
  const { request } = startTestServer();
  const metrics = [
    { type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '10' } } },
    {
      type: 'Object',
      object: {
        describedObject: { kind: 'Service', name: 'web' },
        metric: { name: 'hits' },
        target: { type: 'Value', value: '2k' },
      },
    },
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
  ];
  const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
  const made = request('POST', V2, autoscaler({ maxReplicas: 3, metrics, behavior })).body;
  const old = request('GET', `${V1}/web`).body;
  expect(JSON.parse(old.metadata.annotations['autoscaling.alpha.kubernetes.io/metrics'])).toEqual([
    { type: 'Pods', pods: { metricName: 'qps', targetAverageValue: '10' } },
    {
      type: 'Object',
      object: { target: { kind: 'Service', name: 'web' }, metricName: 'hits', targetValue: '2k' },
    },
  ]);
  const changed = request('PATCH', `${V1}/web`, { spec: { maxReplicas: 4 } }, MERGE).body;
  expect(changed.spec).toMatchObject({ maxReplicas: 4, targetCPUUtilizationPercentage: 50 });
  const now = request('GET', `${V2}/web`).body;
  expect(now.spec).toEqual({ ...made.spec, maxReplicas: 4 });
  expect(now.metadata.annotations).toBeUndefined();
});

test('a watch in v1 tells of what is written in v2', () => {
  const { sim, request, watch } = startTestServer();
  const { events } = watch(`${V1}?watch=1`);
  request('POST', V2, autoscaler({ maxReplicas: 3 }));
  request('DELETE', `${V2}/web`);
  sim.runFor(1000);
  const seen = events.map(({ type, object }) => [type, (object as Body).apiVersion]);
  expect(seen).toEqual([
    ['ADDED', 'autoscaling/v1'],
    ['DELETED', 'autoscaling/v1'],
  ]);
});

test('both groups of events show the same objects, each in its own words', () => {
  const { request } = startTestServer();
  request('POST', CORE_EVENTS, {
    metadata: { name: 'a' },
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
    reason: 'Started',
    message: 'Started container',
    source: { component: 'kubelet' },
    count: 2,
    type: 'Normal',
  });
  const { body } = request('GET', `${NEW_EVENTS}?fieldSelector=regarding.name%3Dweb`);
  expect(body).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1' });
  expect(body.items).toHaveLength(1);
  expect(body.items[0]).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    regarding: { kind: 'Pod', name: 'web' },
    note: 'Started container',
    deprecatedSource: { component: 'kubelet' },
    deprecatedCount: 2,
  });
  expect(body.items[0].message).toBeUndefined();
});

test('errors name the stored kind', () => {
  const { request } = startTestServer();
  expect(request('GET', `${NEW_EVENTS}/x`).body.message).toBe('events "x" not found');
});
