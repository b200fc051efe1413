import { expect, test } from 'vitest';
import { type Body, MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { liveThrough } from '../lifecycle.ts';

const BATCH = '/apis/batch/v1/namespaces/default';
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

const podSpec = {
  restartPolicy: 'OnFailure',
  containers: [{ name: 'c', image: 'busybox:1.37', command: ['sleep', '1'] }],
};

test('CronJob API Operations', () => {
  liveThrough(startTestServer(), {
    collection: `${BATCH}/cronjobs`,
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: {
        schedule: '* */1 * * ?',
        concurrencyPolicy: 'Allow',
        jobTemplate: { spec: { template: { spec: podSpec } } },
      },
    },
    change: { spec: { suspend: true } },
    status: { lastScheduleTime: '2026-01-12T09:00:00Z' },
  });
});

test('Jobs, manage lifecycle', () => {
  liveThrough(startTestServer(), {
    collection: `${BATCH}/jobs`,
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      spec: { suspend: true, parallelism: 2, completions: 2, backoffLimit: 6, template: { spec: podSpec } },
    },
    change: { spec: { parallelism: 1 } },
  });
});

function budgetNamed(name: string, labels = {}) {
  const spec = { minAvailable: '1%', selector: { matchLabels: { foo: 'bar' } } };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, labels }, spec };
}

test('PodDisruptionBudget: create, update, patch, and delete object', () => {
  const { request } = startTestServer();
  expect(request('POST', BUDGETS, budgetNamed('foo')).status).toBe(201);
  const { body } = request('GET', `${BUDGETS}/foo`);
  const updated = request('PUT', `${BUDGETS}/foo`, { ...body, spec: { ...body.spec, minAvailable: '2%' } });
  expect(updated.body.spec.minAvailable).toBe('2%');
  const patched = request('PATCH', `${BUDGETS}/foo`, { spec: { minAvailable: '3%' } }, MERGE);
  expect(patched.body.spec.minAvailable).toBe('3%');
  expect(patched.body.metadata.generation).toBe(3);
  expect(request('DELETE', `${BUDGETS}/foo`).status).toBe(200);
  expect(request('GET', `${BUDGETS}/foo`).status).toBe(404);
});

test('PodDisruptionBudget: list and delete collection', () => {
  const { request } = startTestServer();
  request('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  const labels = { area: 'e2e' };
  request('POST', BUDGETS, budgetNamed('one', labels));
  request('POST', BUDGETS, budgetNamed('two', labels));
  request('POST', BUDGETS.replace('default', 'other'), budgetNamed('three', labels));
  const everywhere = '/apis/policy/v1/poddisruptionbudgets?labelSelector=area%3De2e';
  const names = () => request('GET', everywhere).body.items.map(({ metadata }: Body) => metadata.name);
  expect(names()).toEqual(['one', 'two', 'three']);
  expect(request('GET', BUDGETS).body.items).toHaveLength(2);
  expect(request('DELETE', `${BUDGETS}?labelSelector=area%3De2e`).status).toBe(200);
  expect(names()).toEqual(['three']);
});
