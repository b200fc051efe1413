import { expect, test } from 'vitest';
import { PODS, podNamed, startTestServer } from '../testing/test-server.ts';

const CLASSES = '/apis/node.k8s.io/v1/runtimeclasses';

function serverWithClass(more: object = {}) {
  const server = startTestServer();
  expect(server.request('POST', CLASSES, { metadata: { name: 'gvisor' }, handler: 'runsc', ...more }).status).toBe(201);
  return server;
}

test('a Pod gets what its runtime class costs, and where it runs', () => {
  const { request } = serverWithClass({
    overhead: { podFixed: { cpu: '250m' } },
    scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  });
  const { spec } = request(
    'POST',
    PODS,
    podNamed('a', { runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' } }),
  ).body;
  expect(spec.overhead).toEqual({ cpu: '250m' });
  expect(spec.nodeSelector).toEqual({ disk: 'ssd', sandbox: 'yes' });
  expect(spec.tolerations).toContainEqual({ key: 'sandbox', operator: 'Exists' });
});

test.each([
  [{ runtimeClassName: 'nope' }, 'RuntimeClass "nope" not found'],
  [
    { runtimeClassName: 'gvisor', nodeSelector: { sandbox: 'no' } },
    'conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no',
  ],
  [{ overhead: { cpu: '1' } }, 'Pod Overhead set without corresponding RuntimeClass defined Overhead'],
])('a Pod with %j is rejected', (spec, why) => {
  const { request } = serverWithClass({ scheduling: { nodeSelector: { sandbox: 'yes' } } });
  expect(request('POST', PODS, podNamed('p', spec))).toMatchObject({
    status: 403,
    body: { message: `pods "p" is forbidden: pod rejected: ${why}` },
  });
});
