import { expect, test } from 'vitest';
import {
  type Body,
  CONFIG_MAPS,
  configMapNamed,
  MERGE,
  PODS,
  podNamed,
  startTestServer,
} from '../../kube-apiserver/testing/test-server.ts';
import { liveThrough } from '../lifecycle.ts';

const STORAGE = '/apis/storage.k8s.io/v1';
const apiVersion = 'storage.k8s.io/v1';
const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';

test('CSIDriver, lifecycle', () => {
  liveThrough(startTestServer(), {
    collection: `${STORAGE}/csidrivers`,
    object: { apiVersion, kind: 'CSIDriver', spec: { attachRequired: false, podInfoOnMount: true } },
    change: { spec: { podInfoOnMount: false } },
  });
});

test('CSINode, lifecycle', () => {
  liveThrough(startTestServer(), {
    collection: `${STORAGE}/csinodes`,
    object: {
      apiVersion,
      kind: 'CSINode',
      spec: { drivers: [{ name: 'csi.example.com', nodeID: 'n', topologyKeys: ['topology.csi.example.com/zone'] }] },
    },
  });
});

test('CSIStorageCapacity API', () => {
  liveThrough(startTestServer(), {
    collection: `${STORAGE}/namespaces/default/csistoragecapacities`,
    object: { apiVersion, kind: 'CSIStorageCapacity', storageClassName: 'fast', capacity: '1Gi' },
    change: { capacity: '2Gi' },
  });
});

test('CSIInlineVolumes should support Pods with inline volumes', () => {
  const { request } = startTestServer();
  const csi = { driver: 'e2e.example.com', volumeAttributes: { foo: 'bar' }, readOnly: true };
  const spec = { volumes: [{ name: 'inline', csi }] };
  const { body } = request('POST', PODS, podNamed('p', spec));
  expect(body.spec.volumes[0]).toEqual({ name: 'inline', csi });
  expect(request('GET', PODS).body.items).toHaveLength(1);
  request('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
  expect(request('GET', `${PODS}/p`).status).toBe(404);
});

test('StorageClass, lifecycle', () => {
  liveThrough(startTestServer(), {
    collection: `${STORAGE}/storageclasses`,
    object: { apiVersion, kind: 'StorageClass', provisioner: 'e2e.example.com', reclaimPolicy: 'Delete' },
  });
});

const attachment = {
  apiVersion,
  kind: 'VolumeAttachment',
  spec: { attacher: 'e2e.example.com', nodeName: 'node', source: { persistentVolumeName: 'pv' } },
};

test('VolumeAttachment, lifecycle', () => {
  liveThrough(startTestServer(), { collection: `${STORAGE}/volumeattachments`, object: attachment });
});

test('VolumeAttachment, apply changes to a volumeattachment status', () => {
  const { request } = startTestServer();
  const path = `${STORAGE}/volumeattachments/va`;
  request('POST', `${STORAGE}/volumeattachments`, { ...attachment, metadata: { name: 'va' } });
  const patched = request('PATCH', `${path}/status`, { status: { attached: true } }, MERGE).body;
  expect(patched.status.attached).toBe(true);
  const updated = request('PUT', `${path}/status`, { ...patched, status: { attached: false } }).body;
  expect(updated.status.attached).toBe(false);
  expect(request('GET', `${path}/status`).body.status).toEqual({ attached: false });
});

const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  spec: {
    capacity: { storage: '2Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'manual',
    hostPath: { path: '/tmp/e2e' },
  },
};

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage: '1Gi' } } },
};

test('PersistentVolumes(Claims), lifecycle', () => {
  const server = startTestServer();
  liveThrough(server, { collection: VOLUMES, object: volume });
  liveThrough(server, { collection: CLAIMS, object: claim });
});

test('PersistentVolumes(Claims), apply changes to a pv/pvc status', () => {
  const { request } = startTestServer();
  request('POST', VOLUMES, { ...volume, metadata: { name: 'pv' } });
  request('POST', CLAIMS, { ...claim, metadata: { name: 'pvc' } });
  const condition = { type: 'StatusPatched', status: 'True', reason: 'E2E patchedStatus', message: 'Set by e2e test' };
  const pvc = request('PATCH', `${CLAIMS}/pvc/status`, { status: { conditions: [condition] } }, MERGE).body;
  expect(pvc.status.conditions).toEqual([expect.objectContaining(condition)]);
  const pv = request('PATCH', `${VOLUMES}/pv/status`, { status: { message: 'patched', reason: 'E2E' } }, MERGE).body;
  expect(pv.status).toMatchObject({ message: 'patched', reason: 'E2E' });
  const changed = { ...condition, type: 'StatusUpdated' };
  const pvcAfter = request('PUT', `${CLAIMS}/pvc/status`, { ...pvc, status: { ...pvc.status, conditions: [changed] } });
  expect(pvcAfter.body.status.conditions).toEqual([expect.objectContaining(changed)]);
  const pvAfter = request('PUT', `${VOLUMES}/pv/status`, { ...pv, status: { ...pv.status, message: 'updated' } });
  expect(pvAfter.body.status.message).toBe('updated');
  expect(pvAfter.body.spec).toEqual(pv.spec);
});

/** An immutable object keeps its data and stays immutable; it can still be deleted. */
function expectImmutable(collection: string, object: Body): void {
  const { request } = startTestServer();
  const path = `${collection}/kept`;
  request('POST', collection, { ...object, metadata: { name: 'kept' } });
  request('PATCH', path, { data: { more: 'bW9yZQ==' } }, MERGE);
  const made = request('PATCH', path, { immutable: true }, MERGE).body;
  expect(made.immutable).toBe(true);
  expect(request('PATCH', path, { data: { more: 'bGVzcw==' } }, MERGE).status).toBe(422);
  expect(request('PUT', path, { ...made, immutable: false }).status).toBe(422);
  const labels = { still: 'writable' };
  expect(request('PATCH', path, { metadata: { labels } }, MERGE).body.metadata.labels).toEqual(labels);
  expect(request('DELETE', path).status).toBe(200);
}

test('ConfigMap Volume, immutability', () => {
  expectImmutable(CONFIG_MAPS, configMapNamed('kept'));
});

test('Secrets Volume, immutability', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', data: { key: 'dmFsdWU=' } };
  expectImmutable('/api/v1/namespaces/default/secrets', secret);
});
