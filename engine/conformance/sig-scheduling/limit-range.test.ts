import { expect, test } from 'vitest';
import { type Body, MERGE, PODS, podNamed, startTestServer } from '../../kube-apiserver/testing/test-server.ts';

const RANGES = '/api/v1/namespaces/default/limitranges';

const container = {
  type: 'Container',
  min: { cpu: '50m', memory: '100Mi', 'ephemeral-storage': '100Gi' },
  max: { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' },
  default: { cpu: '500m', memory: '500Mi', 'ephemeral-storage': '500Gi' },
  defaultRequest: { cpu: '100m', memory: '200Mi', 'ephemeral-storage': '200Gi' },
};

function podOf(name: string, resources: object | undefined) {
  return podNamed(name, { containers: [{ name: 'c', image: 'nginx:1.29', resources }] });
}

test('LimitRange, resources', () => {
  const { request } = startTestServer();
  request('POST', RANGES, { metadata: { name: 'limits' }, spec: { limits: [container] } });
  expect(request('GET', `${RANGES}/limits`).body.spec.limits).toEqual([container]);
  const resourcesOf = ({ body }: Body) => body.spec.containers[0].resources;
  const { default: limits, defaultRequest: requests } = container;
  expect(resourcesOf(request('POST', PODS, podOf('silent', undefined)))).toEqual({ limits, requests });
  const partly = { requests: { cpu: '300m', memory: '150Mi' }, limits: { cpu: '300m' } };
  expect(resourcesOf(request('POST', PODS, podOf('partly', partly)))).toEqual({
    requests: { ...requests, ...partly.requests },
    limits: { ...limits, cpu: '300m' },
  });
  const small = { requests: { cpu: '10m', memory: '50Mi', 'ephemeral-storage': '50Gi' } };
  expect(request('POST', PODS, podOf('too-small', small)).status).toBe(403);
  const large = { limits: { cpu: '600m', memory: '600Mi', 'ephemeral-storage': '600Gi' } };
  expect(request('POST', PODS, podOf('too-large', large)).status).toBe(403);
  const { min: _, ...noMin } = container;
  const min = { cpu: '10m', memory: '50Mi', 'ephemeral-storage': '50Gi' };
  request('PATCH', `${RANGES}/limits`, { spec: { limits: [{ ...noMin, min }] } }, MERGE);
  expect(request('POST', PODS, podOf('small', small)).status).toBe(201);
  request('DELETE', `${RANGES}/limits`);
  expect(request('POST', PODS, podOf('large', large)).status).toBe(201);
});

test('LimitRange, list, patch and delete a LimitRange by collection', () => {
  const { request } = startTestServer();
  request('POST', '/api/v1/namespaces', { metadata: { name: 'other' } });
  const labels = { e2e: 'limits' };
  const range = { metadata: { name: 'limits', labels }, spec: { limits: [container] } };
  for (const collection of [RANGES, RANGES.replace('default', 'other')]) {
    expect(request('POST', collection, range).status).toBe(201);
  }
  const everywhere = '/api/v1/limitranges?labelSelector=e2e%3Dlimits';
  const namespaces = () => request('GET', everywhere).body.items.map(({ metadata }: Body) => metadata.namespace);
  expect(namespaces()).toEqual(['default', 'other']);
  const patch = {
    metadata: { labels: { patched: 'true' } },
    spec: { limits: [{ ...container, min: { cpu: '40m' } }] },
  };
  const { body } = request('PATCH', `${RANGES}/limits`, patch, MERGE);
  expect(body.spec.limits[0].min.cpu).toBe('40m');
  expect(request('DELETE', `${RANGES}?labelSelector=patched%3Dtrue`).status).toBe(200);
  expect(namespaces()).toEqual(['other']);
});
