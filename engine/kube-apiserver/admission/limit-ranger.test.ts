import { expect, test } from 'vitest';
import { PODS, podNamed, STRATEGIC, startTestServer } from '../testing/test-server.ts';

const RANGES = '/api/v1/namespaces/default/limitranges';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';

function serverWithLimits(...limits: object[]) {
  const server = startTestServer();
  expect(server.request('POST', RANGES, { metadata: { name: 'l' }, spec: { limits } }).status).toBe(201);
  return server;
}

function podWith(resources?: object) {
  return podNamed('p', { containers: [{ name: 'c', image: 'nginx', ...(resources && { resources }) }] });
}

const CONTAINER = {
  type: 'Container',
  min: { cpu: '100m' },
  max: { cpu: '1' },
  defaultRequest: { cpu: '200m' },
  default: { cpu: '500m', memory: '200Mi' },
  maxLimitRequestRatio: { memory: '2' },
};

test('containers that say nothing get the defaults, and the Pod a note of it', () => {
  const { body } = serverWithLimits(CONTAINER).request('POST', PODS, podWith());
  expect(body.spec.containers[0].resources).toEqual({
    limits: { cpu: '500m', memory: '200Mi' },
    requests: { cpu: '200m', memory: '200Mi' },
  });
  expect(body.metadata.annotations).toEqual({
    'kubernetes.io/limit-ranger':
      'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c',
  });
});

test.each([
  [{ limits: { cpu: '2', memory: '1Mi' } }, 'maximum cpu usage per Container is 1, but limit is 2'],
  [
    { requests: { cpu: '50m', memory: '100Mi' }, limits: { memory: '300Mi' } },
    '[minimum cpu usage per Container is 100m, but request is 50m, memory max limit to request ratio per Container is 2, but provided ratio is 3.000000]',
  ],
])('a container with %j is refused', (resources, why) => {
  expect(serverWithLimits(CONTAINER).request('POST', PODS, podWith(resources))).toMatchObject({
    status: 403,
    body: { message: `pods "p" is forbidden: ${why}`, details: { name: 'p', kind: 'pods' } },
  });
});

test('bounds without defaults must be met in words', () => {
  const { request } = serverWithLimits({ type: 'Pod', min: { memory: '1Mi' }, max: { cpu: '1' } });
  expect(request('POST', PODS, podWith()).body.message).toBe(
    'pods "p" is forbidden: [minimum memory usage per Pod is 1Mi.  No request is specified, maximum cpu usage per Pod is 1.  No limit is specified]',
  );
});

test('claims are bounded by what they request', () => {
  const { request } = serverWithLimits({
    type: 'PersistentVolumeClaim',
    max: { storage: '1Gi' },
    min: { storage: '1Mi' },
  });
  const claim = (storage: string) => ({
    metadata: { name: 'c' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
  expect(request('POST', CLAIMS, claim('2Gi')).body.message).toBe(
    'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
  );
  expect(request('POST', CLAIMS, claim('1Gi')).status).toBe(201);
});

test('of several ranges the first that is not kept to is told of', () => {
  const { request } = serverWithLimits({ type: 'Container', max: { cpu: '1' } });
  const other = { type: 'Container', max: { memory: '1Mi' } };
  request('POST', RANGES, { metadata: { name: 'm' }, spec: { limits: [other] } });
  const limits = { cpu: '2', memory: '2Mi' };
  expect(request('POST', PODS, podWith({ limits })).body.message).toBe(
    'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
  );
});

test('a Pod is not resized beyond the bounds', () => {
  const { request } = serverWithLimits({ type: 'Container', max: { cpu: '1' } });
  expect(request('POST', PODS, podWith({ limits: { cpu: '500m' } })).status).toBe(201);
  const spec = { containers: [{ name: 'c', resources: { limits: { cpu: '2' }, requests: { cpu: '2' } } }] };
  expect(request('PATCH', `${PODS}/p/resize`, { spec }, STRATEGIC).body.message).toBe(
    'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
  );
});
