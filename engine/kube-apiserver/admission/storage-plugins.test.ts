import { expect, test } from 'vitest';
import { MERGE, startTestServer } from '../testing/test-server.ts';

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

type Request = ReturnType<typeof startTestServer>['request'];

function claim(name: string, spec: object = {}) {
  const resources = { requests: { storage: '1Gi' } };
  return { metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], resources, ...spec } };
}

function makeClass(request: Request, name: string, more: object = {}, isDefault = false) {
  const annotations = isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {};
  const { status } = request('POST', CLASSES, {
    metadata: { name, annotations },
    provisioner: 'example.com/x',
    ...more,
  });
  expect(status).toBe(201);
}

test('a claim without a class gets the newest default; the class "" stays', () => {
  const { request, sim } = startTestServer();
  const made = (name: string, spec?: object) => request('POST', CLAIMS, claim(name, spec)).body.spec.storageClassName;
  expect(made('none')).toBeUndefined();
  makeClass(request, 'old', {}, true);
  sim.runFor(2000);
  makeClass(request, 'new', {}, true);
  makeClass(request, 'other');
  expect(made('a')).toBe('new');
  expect(made('b', { storageClassName: '' })).toBe('');
  expect(made('c', { storageClassName: 'other' })).toBe('other');
});

test('only a bound claim of a class that allows it grows', () => {
  const { request } = startTestServer();
  makeClass(request, 'fixed');
  makeClass(request, 'elastic', { allowVolumeExpansion: true });
  const grow = (name: string) =>
    request('PATCH', `${CLAIMS}/${name}`, { spec: { resources: { requests: { storage: '2Gi' } } } }, MERGE);
  for (const storageClassName of ['fixed', 'elastic'])
    request('POST', CLAIMS, claim(storageClassName, { storageClassName }));
  for (const name of ['fixed', 'elastic']) {
    request('PATCH', `${CLAIMS}/${name}/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }, MERGE);
  }
  expect(grow('fixed')).toMatchObject({
    status: 403,
    body: {
      message:
        'persistentvolumeclaims "fixed" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    },
  });
  expect(grow('elastic').status).toBe(200);
});

test('volumes and claims have a finalizer', () => {
  const { request } = startTestServer();
  expect(request('POST', CLAIMS, claim('a')).body.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
});
