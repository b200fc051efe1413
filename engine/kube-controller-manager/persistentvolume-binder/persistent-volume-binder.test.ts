import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/kinds.ts';
import { persistentVolumeClaims, persistentVolumes, pods } from '../../api/resources.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

function setUp() {
  const controlPlane = new ControlPlane('volumes');
  const { sim, transport, client } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  sim.runFor(1_000);
  const createVolume = (name: string, storage: string, spec: Partial<PersistentVolume['spec']> = {}) =>
    controlPlane.apply<PersistentVolume>({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: `/tmp/${name}` }, ...spec },
    } as never);
  const createClaim = (name: string, storage: string, spec: Partial<PersistentVolumeClaim['spec']> = {}) =>
    controlPlane.apply<PersistentVolumeClaim>({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
    } as never);
  const createClass = (name: string, rest: Partial<StorageClass>, annotations?: Readonly<Record<string, string>>) => {
    controlPlane.apply<StorageClass>({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name, annotations },
      provisioner: 'kubernetes.io/no-provisioner',
      ...rest,
    } as never);
    sim.runFor(500);
  };
  const createPod = (name: string, claimName: string) =>
    controlPlane.apply<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'c', image: 'nginx' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      },
    });
  const volume = (name: string) => client.resource(persistentVolumes).get(name);
  const claim = (name: string) => client.resource(persistentVolumeClaims).get(name, 'default');
  const pod = (name: string) => client.resource(pods).get(name, 'default');
  const deleteClaim = (name: string) => client.resource(persistentVolumeClaims).delete(name, 'default');
  const told = (name: string) => controlPlane.eventsOf('PersistentVolumeClaim', name);
  const wait = (seconds: number) => sim.runFor(seconds * 1_000);
  return {
    controlPlane,
    client,
    createVolume,
    createClaim,
    createClass,
    createPod,
    volume,
    claim,
    pod,
    deleteClaim,
    told,
    wait,
  };
}

test('a claim gets the smallest volume that is large enough, whichever comes first', () => {
  const { createVolume, createClaim, volume, claim, told, wait } = setUp();
  createVolume('small', '1Gi');
  createVolume('large', '10Gi');
  createVolume('medium', '5Gi');
  wait(1);
  expect(volume('small').status?.phase).toBe('Available');
  createClaim('data', '2Gi');
  createClaim('more', '20Gi');
  wait(1);
  expect(claim('data')).toMatchObject({
    metadata: {
      annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' },
      finalizers: ['kubernetes.io/pvc-protection'],
    },
    spec: { volumeName: 'medium' },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } },
  });
  const { name, namespace, uid } = claim('data').metadata;
  expect(volume('medium')).toMatchObject({
    metadata: { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
    spec: { claimRef: { kind: 'PersistentVolumeClaim', name, namespace, uid } },
    status: { phase: 'Bound' },
  });
  expect(claim('more').status).toEqual({ phase: 'Pending' });
  expect(told('more')).toEqual([
    'FailedBinding: no persistent volumes available for this claim and no storage class is set',
  ]);
  createVolume('huge', '20Gi');
  wait(1);
  expect(claim('more').spec.volumeName).toBe('huge');
});

test('a claim waits without a word for a volume that was made in the same breath, and nobody makes another', () => {
  const { createVolume, createClaim, createClass, claim, told, wait } = setUp();
  createClass('made', { provisioner: 'example.com/disks' });
  createVolume('manual', '1Gi', { storageClassName: 'manual' });
  createClaim('manual', '1Gi', { storageClassName: 'manual' });
  createVolume('own', '1Gi', { storageClassName: 'made' });
  createClaim('own', '1Gi', { storageClassName: 'made' });
  wait(1);
  for (const name of ['manual', 'own']) {
    expect(claim(name)).toMatchObject({ spec: { volumeName: name }, status: { phase: 'Bound' } });
    expect(told(name)).toEqual([]);
  }
});

test('modes, labels and classes must agree', () => {
  const { createVolume, createClaim, createClass, claim, told, wait } = setUp();
  createClass('slow', {});
  createVolume('slow', '1Gi', { storageClassName: 'slow' });
  createVolume('shared', '1Gi', { accessModes: ['ReadOnlyMany'] });
  createVolume('block', '1Gi', { volumeMode: 'Block' });
  wait(1);
  createClaim('plain', '1Gi');
  createClaim('slow', '1Gi', { storageClassName: 'slow' });
  createClaim('missing', '1Gi', { storageClassName: 'no-such-class' });
  createClaim('picky', '1Gi', { storageClassName: 'slow', selector: { matchLabels: { disk: 'ssd' } } });
  wait(1);
  expect(claim('plain').status?.phase).toBe('Pending');
  expect(claim('slow').spec.volumeName).toBe('slow');
  expect(told('missing')).toEqual(['ProvisioningFailed: storageclass.storage.k8s.io "no-such-class" not found']);
  expect(told('picky')).toEqual(['ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner']);
});

test('a claim may ask for one volume, and a volume be kept for one claim', () => {
  const { createVolume, createClaim, claim, volume, told, wait } = setUp();
  createVolume('kept', '1Gi', { claimRef: { namespace: 'default', name: 'chosen' } });
  createVolume('asked', '5Gi');
  wait(1);
  createClaim('other', '1Gi', { volumeName: 'kept' });
  createClaim('asking', '1Gi', { volumeName: 'asked' });
  createClaim('greedy', '50Gi', { volumeName: 'asked' });
  createClaim('early', '1Gi', { volumeName: 'later' });
  wait(1);
  expect(claim('other').status?.phase).toBe('Pending');
  expect(told('other')).toEqual(['FailedBinding: volume "kept" already bound to a different claim.']);
  expect(claim('asking').status?.phase).toBe('Bound');
  expect(claim('early').status?.phase).toBe('Pending');
  createClaim('chosen', '1Gi');
  wait(1);
  expect(claim('chosen').spec.volumeName).toBe('kept');
  expect(volume('kept').metadata.annotations?.['pv.kubernetes.io/bound-by-controller']).toBeUndefined();
});

test('what becomes of a volume whose claim is gone is its reclaim policy’s business', () => {
  const { client, createVolume, createClaim, deleteClaim, volume, controlPlane, wait } = setUp();
  createVolume('retained', '1Gi', { persistentVolumeReclaimPolicy: 'Retain' });
  createVolume('deleted', '2Gi', { persistentVolumeReclaimPolicy: 'Delete' });
  createVolume('stuck', '3Gi', { persistentVolumeReclaimPolicy: 'Delete', hostPath: { path: '/srv/data' } });
  wait(1);
  for (const [name, size] of [
    ['a', '1Gi'],
    ['b', '2Gi'],
    ['c', '3Gi'],
  ] as const) {
    createClaim(name, size);
    wait(1);
  }
  for (const name of ['a', 'b', 'c']) deleteClaim(name);
  wait(1);
  expect(volume('retained').status?.phase).toBe('Released');
  expect(
    client
      .resource(persistentVolumes)
      .list()
      .items.map(({ metadata }) => metadata.name),
  ).not.toContain('deleted');
  const message = 'host_path deleter only supports /tmp/.+ but received provided /srv/data';
  expect(volume('stuck').status).toEqual({ phase: 'Failed', message });
  expect(controlPlane.eventsOf('PersistentVolume', 'stuck')).toEqual([`VolumeFailedDelete: ${message}`]);
  // A released volume is not given to a new claim of the old name.
  createClaim('a', '1Gi');
  wait(1);
  expect(volume('retained').status?.phase).toBe('Released');
});

test('a claim in use stays until its Pod is gone, and a volume until its claim is', () => {
  const { client, controlPlane, createVolume, createClaim, createPod, deleteClaim, claim, volume, pod, wait } = setUp();
  controlPlane.createNode('node-1');
  createVolume('v', '1Gi');
  createClaim('data', '1Gi');
  wait(1);
  createPod('web', 'data');
  wait(1);
  expect(pod('web').spec.nodeName).toBe('node-1');
  deleteClaim('data');
  client.resource(persistentVolumes).delete('v');
  wait(5);
  expect(claim('data').metadata.deletionTimestamp).toBeDefined();
  expect(volume('v').metadata.deletionTimestamp).toBeDefined();
  client.resource(pods).delete('web', 'default', { gracePeriodSeconds: 0 });
  wait(1);
  expect(client.resource(persistentVolumeClaims).list().items).toEqual([]);
  expect(client.resource(persistentVolumes).list().items).toEqual([]);
});

test('a claim whose volume is taken away is lost for good', () => {
  const { client, createVolume, createClaim, claim, told, wait } = setUp();
  createVolume('v', '1Gi');
  createClaim('data', '1Gi');
  wait(1);
  client.resource(persistentVolumes).patch('v', undefined, 'merge', { metadata: { finalizers: null } });
  client.resource(persistentVolumes).delete('v');
  wait(1);
  expect(claim('data').status?.phase).toBe('Lost');
  expect(told('data').at(-1)).toBe('ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!');
});

const onNode = (name: string) => ({
  required: {
    nodeSelectorTerms: [
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [name] }] },
    ],
  },
});

test('WaitForFirstConsumer: the scheduler picks node and volume together', () => {
  const { client, controlPlane, createVolume, createClaim, createClass, createPod, claim, pod, told, wait } = setUp();
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name, { cpu: name === 'node-1' ? '0' : '4', memory: '8Gi' });
    client.request({
      method: 'PATCH',
      path: `/api/v1/nodes/${name}`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { labels: { 'kubernetes.io/hostname': name } } },
    });
  }
  createClass('local', { volumeBindingMode: 'WaitForFirstConsumer' });
  createVolume('on-1', '1Gi', { storageClassName: 'local', nodeAffinity: onNode('node-1') });
  createVolume('on-2', '5Gi', { storageClassName: 'local', nodeAffinity: onNode('node-2') });
  createClaim('data', '1Gi', { storageClassName: 'local' });
  wait(1);
  expect(claim('data').status?.phase).toBe('Pending');
  expect(told('data')).toEqual(['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
  client.resource(pods).create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
  wait(5);
  expect(claim('data').spec.volumeName).toBe('on-2');
  expect(pod('web').spec.nodeName).toBe('node-2');
  createClaim('next', '1Gi', { storageClassName: 'local' });
  createVolume('elsewhere', '1Gi', { storageClassName: 'local', nodeAffinity: onNode('node-9') });
  wait(1);
  createPod('waits', 'nope');
  wait(1);
  expect(controlPlane.eventsOf('Pod', 'waits')[0]).toMatch(/persistentvolumeclaim "nope" not found/);
});

test('the scheduler tells a provisioner which node it chose, and waits for the volume', () => {
  const { controlPlane, createVolume, createClaim, createClass, createPod, claim, pod, told, wait } = setUp();
  controlPlane.createNode('node-1');
  createClass('cloud', { provisioner: 'example.com/csi', volumeBindingMode: 'WaitForFirstConsumer' });
  createClaim('data', '1Gi', { storageClassName: 'cloud' });
  wait(1);
  createPod('web', 'data');
  wait(3);
  expect(pod('web').spec.nodeName).toBeUndefined();
  expect(claim('data').metadata.annotations).toMatchObject({
    'volume.kubernetes.io/selected-node': 'node-1',
    'volume.kubernetes.io/storage-provisioner': 'example.com/csi',
  });
  expect(told('data').at(-1)).toMatch(
    /^ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com\/csi'/,
  );
  const { uid } = claim('data').metadata;
  createVolume('pvc-1', '1Gi', { storageClassName: 'cloud', claimRef: { namespace: 'default', name: 'data', uid } });
  wait(3);
  expect(claim('data').status?.phase).toBe('Bound');
  expect(pod('web').spec.nodeName).toBe('node-1');
});

test('a claim made before there was a default class gets it later', () => {
  const { createClaim, createClass, claim, wait } = setUp();
  createClaim('early', '1Gi');
  createClaim('none', '1Gi', { storageClassName: '' });
  wait(1);
  createClass(
    'standard',
    { provisioner: 'example.com/csi' },
    { 'storageclass.kubernetes.io/is-default-class': 'true' },
  );
  wait(1);
  expect(claim('early').spec.storageClassName).toBe('standard');
  expect(claim('none').spec.storageClassName).toBe('');
});
